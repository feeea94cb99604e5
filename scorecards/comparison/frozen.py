"""What approval froze, read once: figures by criterion and category, exact.

Nothing is computed anew but the evidence shares and, by addition, what the document leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scorecards.comparison.figures import NOT_RATED, CategoryFigure, CriterionFigure, shares_of
from vendors import scoring
from vendors.models import AssessmentResult
from vendors.queries.documents import snapshot_of

#: Results kept in memory; when there are more, all make room.
KEPT = 200


@dataclass(frozen=True, slots=True)
class FrozenFigures:
    """A frozen result. Shared between requests: read it, never change it."""

    overall: Fraction | None
    must_haves: Mapping[str, str]
    criteria: Mapping[str, CriterionFigure]
    categories: Mapping[str, CategoryFigure]
    values: Mapping[str, Any]
    reasons: Mapping[str, str]


_READ: dict[tuple[str, int], FrozenFigures] = {}


def frozen_figures(result: AssessmentResult, rules: scoring.Framework) -> FrozenFigures:
    """The figures of a result under the framework it was frozen with; parsed once a process.

    The text itself is asked as well as its digest, so that a changed row is never covered up by
    what was read before.
    """
    key = (result.digest, hash(result.snapshot))
    found = _READ.get(key)
    if found is None:
        if len(_READ) >= KEPT:
            _READ.clear()
        found = _READ[key] = _read(result, rules)
    return found


def _read(result: AssessmentResult, rules: scoring.Framework) -> FrozenFigures:
    snapshot = snapshot_of(result)
    document, answers = snapshot["result"], snapshot["document"]["answers"]
    criteria = {code: _criterion(item) for code, item in document["criteria"].items()}
    must_haves = document["must_haves"]
    return FrozenFigures(
        overall=_exact(document["overall"]),
        # stored documents sort their keys; these go by the order of the framework
        must_haves={c.code: must_haves[c.code] for c in rules.must_haves if c.code in must_haves},
        criteria=criteria,
        categories={
            category.code: _category(document["categories"][category.code], category, criteria)
            for category in rules.categories
            if category.code in document["categories"]
        },
        values={code: answer.get("value") for code, answer in answers.items()},
        reasons={code: answer["reason"] for code, answer in answers.items() if "reason" in answer},
    )


def _exact(item: Mapping[str, Any] | None) -> Fraction | None:
    """A figure as documents write it, such as 3829/48. Fraction reads texts slowly."""
    if item is None:
        return None
    above, _, below = str(item["exact"]).partition("/")
    return Fraction(int(above), int(below or 1))


def _criterion(item: Any) -> CriterionFigure:
    """A criterion as a result document writes it: "na", null or its figures."""
    if item == "na":
        return CriterionFigure(scoring.NOT_APPLICABLE)
    if item is None:
        return CriterionFigure(scoring.UNANSWERED)
    return CriterionFigure(
        scoring.ANSWERED,
        raw=_exact(item["raw"]),
        level=item["evidence_level"],
        score=_exact(item["verified"]),
    )


def _category(
    item: Mapping[str, Any], category: scoring.Category, criteria: Mapping[str, CriterionFigure]
) -> CategoryFigure:
    score = _exact(item["score"])
    if score is None:
        return NOT_RATED
    asked = (
        (criterion.weight, criteria[criterion.code])
        for criterion in category.criteria
        if criterion.code in criteria
    )
    return CategoryFigure(
        score=score,
        claimed=_exact(item["claimed"]),
        confidence=_exact(item["confidence"]),
        high=score,
        shares=shares_of(pair for pair in asked if not pair[1].is_not_applicable),
    )
