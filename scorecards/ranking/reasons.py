"""Where a lead comes from, and what would close it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class CriterionFigure:
    """One criterion of one vendor, as far as its score goes.

    `share` is what the criterion counts for, in points of 100 of the overall score on the basis;
    None where it does not count (not asked, not applicable, category outside the basis). `raw` and
    `score` (with evidence) are 0 to 100, None while unanswered; `best` is what `raw` would count
    with the best evidence.
    """

    code: str
    category: str
    share: Fraction | None
    raw: Fraction | None = None
    score: Fraction | None = None
    best: Fraction | None = None

    @property
    def earned(self) -> Fraction:
        """Points of the overall score that it brings."""
        return (self.share or _NONE) * (self.score or _NONE) / 100

    @property
    def by_proof(self) -> Fraction:
        """Points that the best evidence for the same answer would add."""
        if self.share is None or self.best is None or self.score is None:
            return _NONE
        return self.share * (self.best - self.score) / 100

    @property
    def by_answer(self) -> Fraction:
        """Points that the best answer with the best evidence would add."""
        return _NONE if self.share is None else self.share - self.earned


@dataclass(frozen=True, slots=True)
class CategoryLead:
    """A category's part in the lead: weight in percent, both scores, and points; they sum up to it.

    `before` and `after` are the sums up to this category, for a waterfall.
    """

    code: str
    weight: Fraction
    first: Fraction
    second: Fraction
    points: Fraction
    before: Fraction
    after: Fraction


@dataclass(frozen=True, slots=True)
class CriterionLead:
    """A criterion's part in the lead, in points; over all criteria they sum up to it."""

    code: str
    category: str
    points: Fraction


@dataclass(frozen=True, slots=True)
class Need:
    """One criterion that would be improved, and the points that brings."""

    code: str
    category: str
    points: Fraction


@dataclass(frozen=True, slots=True)
class Plan:
    """The fewest improvements that close a gap; `reaches` is False where all of them do not."""

    needs: tuple[Need, ...]
    reaches: bool

    @property
    def total(self) -> Fraction:
        """Points that they bring together."""
        return sum((need.points for need in self.needs), Fraction(0))


def category_leads(
    first: Mapping[str, Fraction | None],
    second: Mapping[str, Fraction | None],
    weights: Mapping[str, Fraction],
) -> tuple[CategoryLead, ...]:
    """The lead by category, most in favour of the first one first.

    `weights` are percent of the basis, on which both are rated.
    """
    parts = []
    for code, weight in weights.items():
        one, other = first[code], second[code]
        if one is None or other is None:
            raise ValueError(f"{code} is not rated for both")
        parts.append((code, weight, one, other, weight * (one - other) / 100))
    parts.sort(key=lambda part: part[-1], reverse=True)
    found, before = [], _NONE
    for code, weight, one, other, points in parts:
        found.append(CategoryLead(code, weight, one, other, points, before, before + points))
        before += points
    return tuple(found)


def criterion_leads(
    first: Iterable[CriterionFigure], second: Iterable[CriterionFigure]
) -> tuple[CriterionLead, ...]:
    """The lead by criterion, the largest parts first, whichever vendor they favour."""
    one = {figure.code: figure for figure in first}
    other = {figure.code: figure for figure in second}
    found = []
    for code in dict.fromkeys([*one, *other]):
        known = one.get(code) or other[code]
        points = sum((one[code].earned if code in one else _NONE, _NONE), _NONE)
        points -= other[code].earned if code in other else _NONE
        if points:
            found.append(CriterionLead(code, known.category, points))
    return tuple(sorted(found, key=lambda lead: abs(lead.points), reverse=True))


def least_effort(figures: Sequence[CriterionFigure], gap: Fraction, *, proof_only: bool) -> Plan:
    """The fewest criteria to improve so that a vendor gains at least the gap.

    With `proof_only` answers stay and evidence becomes the best one; otherwise the answer becomes
    the best one too. Points of criteria add up, so the largest gains need the fewest criteria. The
    last one taken is the smallest that still suffices. Where everything together does not close the
    gap, all of it is named.
    """
    gains = [
        Need(item.code, item.category, item.by_proof if proof_only else item.by_answer)
        for item in figures
    ]
    gains = sorted((need for need in gains if need.points > 0), key=_largest_first)
    taken: list[Need] = []
    for place, need in enumerate(gains):
        left = gap - sum((item.points for item in taken), _NONE)
        if left <= 0:
            break
        if need.points >= left:
            enough = [item for item in gains[place:] if item.points >= left]
            taken.append(enough[-1])
            break
        taken.append(need)
    plan = Plan(tuple(taken), reaches=False)
    return Plan(plan.needs, reaches=plan.total >= gap)


def _largest_first(need: Need) -> Fraction:
    return -need.points
