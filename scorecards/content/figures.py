"""Figures of a frozen result: read exactly, weighed exactly, shown rounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from vendors import scoring

_ZERO = Fraction(0)


class ContentError(ValueError):
    """A snapshot that contradicts itself or its framework: no document is made from it."""


@dataclass(frozen=True, slots=True)
class Points:
    """One asked criterion with its part of the overall score, in points of 100.

    `share` and `lost` are None where the criterion does not count; `raw`, `score` and
    `coefficient` are None while it is unanswered or not applicable.
    """

    criterion: scoring.Criterion
    category: str
    is_not_applicable: bool
    raw: Fraction | None
    score: Fraction | None
    coefficient: Fraction | None
    level: str
    share: Fraction | None
    lost: Fraction | None

    @property
    def earned(self) -> Fraction:
        """Points that it brings."""
        return (self.share or _ZERO) - (self.lost or _ZERO)

    @property
    def cause(self) -> str:
        """What its lost points come from, in two or three words."""
        if self.raw is None or self.coefficient is None:
            return "not answered"
        if self.level == scoring.REJECTED:
            return "evidence contradicts the answer"
        if self.coefficient == 1:
            return "the answer"
        return "evidence" if self.raw == 100 else "answer and evidence"


def exact(figure: Mapping[str, Any] | None) -> Fraction | None:
    """The exact value of a stored figure."""
    return None if figure is None else Fraction(str(figure["exact"]))


def shown(value: Fraction | None, places: int = 1) -> dict[str, str] | None:
    """A figure as content keeps it: exact, and as it is printed."""
    if value is None:
        return None
    return {"exact": str(value), "shown": scoring.shown(value, places)}


def points_of(framework: scoring.Framework, result: Mapping[str, Any], tier: int) -> list[Points]:
    """Every asked criterion, in order. Raises ContentError unless all lost points are 100 - V."""
    rated = {code: entry for code, entry in result["categories"].items() if entry["rated"]}
    total = sum((framework.category(code).weight for code in rated), _ZERO)
    points = [_points(framework, criterion, result, total) for criterion in framework.asked(tier)]
    overall = exact(result["overall"])
    lost = sum((item.lost or _ZERO for item in points), _ZERO)
    if overall is not None and lost != 100 - overall:
        raise ContentError("the criteria of the snapshot do not add up to its overall score")
    return points


def _points(
    framework: scoring.Framework,
    criterion: scoring.Criterion,
    result: Mapping[str, Any],
    total: Fraction,
) -> Points:
    category = framework.category_of(criterion.code)
    frozen, entry = result["categories"][category.code], result["criteria"][criterion.code]
    is_out = entry == "na"
    answered = entry if isinstance(entry, Mapping) else None
    score = exact(answered["verified"]) if answered else None
    share = lost = None
    if frozen["rated"] and not is_out:
        within = criterion.weight / Fraction(str(frozen["applicable_weight"]))
        share = 100 * category.weight / total * within
        lost = share * (100 - (score or _ZERO)) / 100
    return Points(
        criterion=criterion,
        category=category.code,
        is_not_applicable=is_out,
        raw=exact(answered["raw"]) if answered else None,
        score=score,
        coefficient=Fraction(str(answered["coefficient"])) if answered else None,
        level=str(answered["evidence_level"]) if answered else "",
        share=share,
        lost=lost,
    )


def level_shares(points: list[Points]) -> dict[str, Fraction]:
    """Percent of the overall's weight that rests on each evidence level."""
    return {
        level: sum(
            (
                item.share or _ZERO
                for item in points
                if item.raw is not None and item.level == level
            ),
            _ZERO,
        )
        for level in (scoring.VERIFIED, scoring.DOCUMENTED, scoring.CLAIMED)
    }
