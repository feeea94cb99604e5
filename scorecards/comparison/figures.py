"""Figures of criteria and categories, as entries carry them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from vendors import scoring
from vendors.scoring.figures import weighted_sum

#: Evidence levels that the bar draws, strongest first.
SHARED_LEVELS = (scoring.VERIFIED, scoring.DOCUMENTED, scoring.CLAIMED)
_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class CriterionFigure:
    """One asked criterion: its raw score, and with evidence counted; None while there is none."""

    state: str
    raw: Fraction | None = None
    level: str = ""
    score: Fraction | None = None

    @property
    def is_answered(self) -> bool:
        """Whether it has a score."""
        return self.state == scoring.ANSWERED

    @property
    def is_not_applicable(self) -> bool:
        """Whether it does not count for this vendor."""
        return self.state == scoring.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class CategoryFigure:
    """One category, 0 to 100; all None where it is not rated. `high` is the top of its range.

    `shares` are percent of the applicable weight by evidence level.
    """

    score: Fraction | None = None
    claimed: Fraction | None = None
    confidence: Fraction | None = None
    high: Fraction | None = None
    shares: Mapping[str, Fraction] = field(default_factory=dict)


NOT_RATED = CategoryFigure()
Weighed = tuple[Fraction, CriterionFigure]


def weight_of(items: Iterable[Weighed]) -> Fraction:
    """The weight of some criteria."""
    return weighted_sum((weight, _ONE) for weight, _figure in items)


def shares_of(counted: Iterable[Weighed]) -> dict[str, Fraction]:
    """Percent of the weight of the applicable criteria by evidence level."""
    applicable = list(counted)
    total = weight_of(applicable)
    return {
        level: 100
        * weight_of((w, item) for w, item in applicable if item.is_answered and item.level == level)
        / total
        for level in SHARED_LEVELS
    }
