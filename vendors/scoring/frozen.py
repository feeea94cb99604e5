"""A result read back from its document, exactly as it was written.

Nothing is judged again: scores, levels, coefficients, must-haves, gate and bands are those of the
document, whatever the engine would make of the answers now. Only what follows from them by
addition (shares, the top of a range, points of the overall score) is added up again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from vendors.scoring.answers import Answer
from vendors.scoring.criteria import (
    CLAIMED,
    DOCUMENTED,
    VERIFIED,
    Category,
    Criterion,
    Framework,
)
from vendors.scoring.figures import exact, weighted_sum
from vendors.scoring.gate import reason_of
from vendors.scoring.results import (
    ANSWERED,
    NOT_APPLICABLE,
    UNANSWERED,
    CategoryResult,
    CriterionResult,
    MustHaveResult,
    Result,
)

_ONE = Fraction(1)


def result_from_document(
    document: Mapping[str, Any],
    framework: Framework,
    answers: Mapping[str, Answer],
    tier: int,
    as_of: date,
) -> Result:
    """The result that `Result.document` wrote, for the framework and tier it was written under.

    The answers of then only word the reasons of must-haves. Unanswered criteria have no level:
    the document holds none. Raises KeyError where the document is of another framework or tier.
    """
    factors = _factors(document, framework)
    criteria: dict[str, CriterionResult] = {}
    categories: dict[str, CategoryResult] = {}
    for category, asked in framework.asked_by_category(tier):
        factor = factors.get(category.code)
        found = [_criterion(document, category, item, factor) for item in asked]
        criteria.update((item.code, item) for item in found)
        categories[category.code] = _category(document, category, found)
    overall, claimed = exact(document["overall"]), exact(document["claimed"])
    return Result(
        tier=tier,
        as_of=as_of,
        overall=overall,
        claimed=claimed,
        confidence=exact(document["confidence"]),
        range_low=exact(document["range_low"]),
        range_high=exact(document["range_high"]),
        gate=document["gate"],
        band=document["band"],
        band_uncapped=document["band_uncapped"],
        categories_below_floor=tuple(document["categories_below_floor"]),
        must_haves=_must_haves(document, framework, criteria, answers, as_of),
        criteria=criteria,
        categories=categories,
        overall_display=document["overall_display"],
        verified_share=_share(criteria.values(), VERIFIED, overall),
        documented_share=_share(criteria.values(), DOCUMENTED, overall),
        claimed_share=_share(criteria.values(), CLAIMED, overall),
        evidence_gain=None if overall is None or claimed is None else claimed - overall,
        answered=sum(item.state != UNANSWERED for item in criteria.values()),
        asked=len(criteria),
    )


def _factors(document: Mapping[str, Any], framework: Framework) -> dict[str, Fraction]:
    """Points of the overall score that one unit of criterion weight is worth, by rated category."""
    rated = {code: entry for code, entry in document["categories"].items() if entry["rated"]}
    weights = {code: framework.category(code).weight for code in rated}
    total = sum(weights.values(), Fraction(0))
    return {
        code: 100 * weights[code] / (total * Fraction(str(entry["applicable_weight"])))
        for code, entry in rated.items()
    }


def _criterion(
    document: Mapping[str, Any],
    category: Category,
    criterion: Criterion,
    factor: Fraction | None,
) -> CriterionResult:
    entry = document["criteria"][criterion.code]
    head = (criterion.code, category.code, criterion.weight)
    if entry == "na":
        return CriterionResult(*head, NOT_APPLICABLE)
    if entry is None:
        return CriterionResult(*head, UNANSWERED, factor=factor)
    return CriterionResult(
        *head,
        ANSWERED,
        raw=exact(entry["raw"]),
        level=entry["evidence_level"],
        coefficient=Fraction(str(entry["coefficient"])),
        score=exact(entry["verified"]),
        factor=factor,
    )


def _category(
    document: Mapping[str, Any], category: Category, found: list[CriterionResult]
) -> CategoryResult:
    entry = document["categories"][category.code]
    asked, weight = _weight(found), Fraction(str(entry["applicable_weight"]))
    score = exact(entry["score"])
    head = (category.code, category.name, category.weight, entry["rated"], asked, weight)
    if score is None:
        return CategoryResult(*head)

    def share(level: str) -> Fraction:
        return 100 * _weight(item for item in found if item.level == level) / weight

    left = _weight(item for item in found if item.state == UNANSWERED)
    return CategoryResult(
        *head,
        score=score,
        claimed=exact(entry["claimed"]),
        confidence=exact(entry["confidence"]),
        high=score + 100 * left / weight,
        verified_share=share(VERIFIED),
        documented_share=share(DOCUMENTED),
        claimed_share=share(CLAIMED),
    )


def _weight(items: Iterable[CriterionResult]) -> Fraction:
    return weighted_sum((item.weight, _ONE) for item in items)


def _share(
    criteria: Iterable[CriterionResult], level: str, overall: Fraction | None
) -> Fraction | None:
    """Percent of the weight of the overall score that rests on a level; None if nothing is rated."""
    if overall is None:
        return None
    return weighted_sum(
        (item.weight, item.factor)
        for item in criteria
        if item.level == level and item.factor is not None
    )


def _must_haves(
    document: Mapping[str, Any],
    framework: Framework,
    criteria: Mapping[str, CriterionResult],
    answers: Mapping[str, Answer],
    as_of: date,
) -> tuple[MustHaveResult, ...]:
    """In the order of the framework; a stored document sorts its keys."""
    found = []
    for item in framework.must_haves:
        if item.must_have is None:
            continue
        outcome, result = document["must_haves"][item.code], criteria[item.code]
        reason = reason_of(outcome, item.must_have, result, answers.get(item.code), as_of)
        found.append(MustHaveResult(item.code, outcome, reason))
    return tuple(found)
