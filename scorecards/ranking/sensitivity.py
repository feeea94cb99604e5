"""What would turn an order: flip points, the least transfer, and the share of all weightings.

Throughout, `weights` are percent that sum to 100 and `d` is, by category, the first vendor's score
less the second's; the lead is the sum of weight times d over 100. Nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scorecards.ranking.order import Candidate, Ranking


@dataclass(frozen=True, slots=True)
class Flip:
    """Where one weight turns the order while the others keep their proportions.

    `weight` now and `at`, in percent; `relative` is the change as a share of the weight, None for
    a weight of 0.
    """

    code: str
    weight: Fraction
    at: Fraction

    @property
    def change(self) -> Fraction:
        """Points from the weight now to the flip."""
        return self.at - self.weight

    @property
    def relative(self) -> Fraction | None:
        """The change as a share of the weight now."""
        return self.change / self.weight if self.weight else None


@dataclass(frozen=True, slots=True)
class Donor:
    """A category that gives weight away, in points."""

    code: str
    points: Fraction


@dataclass(frozen=True, slots=True)
class Transfer:
    """The least weight that turns the order: from the donors, strongest first, to one category."""

    to: str
    donors: tuple[Donor, ...]

    @property
    def total(self) -> Fraction:
        """Points moved in all."""
        return sum((donor.points for donor in self.donors), Fraction(0))


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows for the first place: the vendor that overtakes, and by which flip."""

    key: str
    flip: Flip


def differences(
    first: Mapping[str, Fraction | None],
    second: Mapping[str, Fraction | None],
    codes: Iterable[str],
) -> dict[str, Fraction]:
    """First less second over those of the categories that are rated for both."""
    return {
        code: one - other
        for code in codes
        if (one := first.get(code)) is not None and (other := second.get(code)) is not None
    }


def lead_of(weights: Mapping[str, Fraction], d: Mapping[str, Fraction]) -> Fraction:
    """The lead in points."""
    return sum((weights[code] * value for code, value in d.items()), Fraction(0)) / 100


def flips(weights: Mapping[str, Fraction], d: Mapping[str, Fraction]) -> tuple[Flip, ...]:
    """The flip of each category that has one, in the order of the weights.

    With lead D it lies at (D - W d) / (D - d), W and the result as parts of 1. A point at 0 or 1 is
    none: nothing lies beyond it, so the order does not turn. Without a lead there is none either.
    """
    lead = lead_of(weights, d)
    if not lead:
        return ()
    found = []
    for code, weight in weights.items():
        slope = lead - d[code]
        if not slope:
            continue
        at = (lead - weight / 100 * d[code]) / slope
        if 0 < at < 1:
            found.append(Flip(code, weight, 100 * at))
    return tuple(found)


def smallest(found: Iterable[Flip]) -> Flip | None:
    """The flip that asks for the fewest points; the first of equals."""
    return min(found, key=lambda flip: abs(flip.change), default=None)


def is_robust(d: Mapping[str, Fraction]) -> bool:
    """Whether no weighting at all puts the second before the first."""
    return all(value >= 0 for value in d.values())


def least_transfer(weights: Mapping[str, Fraction], d: Mapping[str, Fraction]) -> Transfer | None:
    """The fewest points of weight to move so that the lead is gone; None where none suffices.

    All of it goes to the category where the leader is weakest. It comes from the one where the
    leader is strongest; if that has too little weight, the next strongest gives too.
    """
    left = lead_of(weights, d)
    if left <= 0 or is_robust(d):
        return None
    to = min(d, key=lambda code: d[code])
    donors = []
    for code in sorted(d, key=lambda code: d[code], reverse=True):
        gain = d[code] - d[to]
        points = min(weights[code], 100 * left / gain) if gain else Fraction(0)
        if points:
            donors.append(Donor(code, points))
            left -= points * gain / 100
        if not left:
            break
    return Transfer(to, tuple(donors))


def winning_share(values: Iterable[Fraction]) -> Fraction | None:
    """The exact share of all weightings in which the first beats the second; None for a tie.

    Weightings are uniform on the simplex. With x the positive d and y the absolute values of the
    negative ones, G(i, j) = (x_i G(i, j-1) + y_j G(i-1, j)) / (x_i + y_j), G(0, j) = 1 and
    G(i, 0) = 0 is the share in which the first does not win.
    """
    known = list(values)
    positive = [value for value in known if value > 0]
    negative = [-value for value in known if value < 0]
    if not positive and not negative:
        return None
    row = [Fraction(1)] * (len(negative) + 1)
    for x in positive:
        row[0] = Fraction(0)
        for j, y in enumerate(negative, start=1):
            row[j] = (x * row[j - 1] + y * row[j]) / (x + y)
    return 1 - row[-1]


def turns(ranking: Ranking, scores: Mapping[str, Mapping[str, Fraction | None]]) -> dict[str, Turn]:
    """By category the nearest flip of the first place, with the vendor that then overtakes.

    `scores` are category scores by vendor's key. Empty where nobody leads alone.
    """
    first = ranking.at(1)
    weights = ranking.basis.weights
    found: dict[str, Turn] = {}
    if len(first) != 1:
        return found
    for other in ranking.placed[1:]:
        d = differences(scores[first[0].key], scores[other.key], weights)
        for flip in flips(weights, d):
            known = found.get(flip.code)
            if known is None or abs(flip.change) < abs(known.flip.change):
                found[flip.code] = Turn(other.key, flip)
    return {code: found[code] for code in weights if code in found}


def score_lines(
    candidates: Sequence[Candidate], weights: Mapping[str, Fraction], code: str
) -> dict[str, tuple[Fraction, Fraction]]:
    """By vendor the score with this weight at 0 and at 100 percent; between them it is a line.

    The others keep their proportions; where they have none, they count equally. The categories of
    `weights` are rated for all.
    """
    rest = {other: weight for other, weight in weights.items() if other != code}
    if not sum(rest.values(), Fraction(0)):
        rest = dict.fromkeys(rest, Fraction(1))
    total = sum(rest.values(), Fraction(0))
    lines = {}
    for candidate in candidates:
        known = {other: score for other, score in candidate.scores.items() if score is not None}
        at_full = known[code]
        at_none = sum((w * known[other] for other, w in rest.items()), Fraction(0))
        lines[candidate.key] = (at_none / total if total else at_full, at_full)
    return lines
