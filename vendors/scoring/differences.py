"""How far two reviewers' marks on one criterion lie apart, and which of the two stands.

Pure. The rule and its table are in docs/workflow.md, "Two reviewers".
"""

from __future__ import annotations

from fractions import Fraction

from vendors.scoring.results import CriterionResult

#: From so many points of the criterion on, a difference is settled by a person with a reason.
SPREAD_LIMIT = Fraction(20)

_ZERO = Fraction(0)


def points_of(item: CriterionResult) -> Fraction:
    """What a mark is worth: s e of the criterion, 0 to 100; nothing counted is 0."""
    return _ZERO if item.score is None else item.score


def spread_of(first: CriterionResult, second: CriterionResult) -> Fraction:
    """The points between two marks on one criterion, exact, 0 to 100."""
    return abs(points_of(first) - points_of(second))


def needs_moderation(first: CriterionResult, second: CriterionResult) -> bool:
    """Whether two marks lie so far apart that a person settles it."""
    return spread_of(first, second) >= SPREAD_LIMIT


def careful_of(first: CriterionResult, second: CriterionResult) -> int:
    """Which mark stands below the limit: 1 or 2, the one with fewer points.

    Equal points: the one with the lower evidence coefficient; equal again: the first.
    """
    left = (points_of(first), first.coefficient or _ZERO)
    right = (points_of(second), second.coefficient or _ZERO)
    return 2 if right < left else 1
