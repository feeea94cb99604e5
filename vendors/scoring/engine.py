"""From answers to a result: criterion, category, overall, gate and band, all exact.

Pure: a framework, answers, a tier and an as-of date go in, nothing else is read. The rules are in
docs/scoring.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from vendors.scoring.answers import Answer, AnswerError, check_answer, effective_level, raw_score
from vendors.scoring.criteria import (
    CLAIMED,
    DOCUMENTED,
    REJECTED,
    VERIFIED,
    Category,
    Criterion,
    Framework,
    Scoring,
)
from vendors.scoring.figures import figure, rounded, shown, weighted_sum
from vendors.scoring.gate import gate_of, must_have_result
from vendors.scoring.results import (
    ANSWERED,
    NOT_APPLICABLE,
    UNANSWERED,
    CategoryResult,
    CriterionResult,
    MustHaveResult,
    Result,
)

#: Grows with every change that can move a figure.
ENGINE_VERSION = "1"

_ZERO, _ONE = Fraction(0), Fraction(1)


def score(framework: Framework, answers: Mapping[str, Answer], tier: int, as_of: date) -> Result:
    """The result of these answers for a tier, as of a day.

    Answers outside the tier are left aside. Raises KeyError for an unknown tier, ValueError for an
    answer to an unknown criterion, AnswerError for an answer that `check_answer` refuses.
    """
    unknown = answers.keys() - framework.codes
    if unknown:
        raise ValueError(f"unknown criteria: {', '.join(sorted(unknown))}")
    bases = _bases(framework, answers, tier)
    factors = _factors(bases)
    criteria: dict[str, CriterionResult] = {}
    categories: dict[str, CategoryResult] = {}
    for base in bases:
        factor = factors.get(base.category.code)
        found = [
            _criterion(framework, base, item, answers.get(item.code), as_of, factor=factor)
            for item in base.asked
        ]
        criteria.update((item.code, item) for item in found)
        categories[base.category.code] = _category(base, found)
    must_haves = _must_haves(framework, answers, as_of, criteria)
    return _result(framework, tier, as_of, criteria, categories, must_haves=must_haves)


@dataclass(frozen=True, slots=True)
class _Base:
    """What a category is reckoned over: the criteria asked, and the weight that applies."""

    category: Category
    asked: tuple[Criterion, ...]
    asked_weight: Fraction
    applicable_weight: Fraction
    rated: bool


def _bases(framework: Framework, answers: Mapping[str, Answer], tier: int) -> list[_Base]:
    found: list[_Base] = []
    least = framework.scoring.category_min_applicable_percent / 100
    for category, asked in framework.asked_by_category(tier):
        asked_weight = _weight(asked)
        left_out = [item for item in asked if item.code in answers and _is_na(answers, item)]
        applicable = asked_weight - _weight(left_out) if left_out else asked_weight
        rated = applicable > 0 and applicable >= least * asked_weight
        found.append(_Base(category, asked, asked_weight, applicable, rated))
    return found


def _is_na(answers: Mapping[str, Answer], criterion: Criterion) -> bool:
    return answers[criterion.code].not_applicable


def _weight(items: Iterable[Criterion | CriterionResult]) -> Fraction:
    return weighted_sum((item.weight, _ONE) for item in items)


def _factors(bases: list[_Base]) -> dict[str, Fraction]:
    """Points of the overall score that one unit of criterion weight is worth, by rated category."""
    rated = [base for base in bases if base.rated]
    total = weighted_sum((base.category.weight, _ONE) for base in rated)
    return {
        base.category.code: 100 * base.category.weight / (total * base.applicable_weight)
        for base in rated
    }


def _criterion(
    framework: Framework,
    base: _Base,
    criterion: Criterion,
    answer: Answer | None,
    as_of: date,
    *,
    factor: Fraction | None,
) -> CriterionResult:
    code, category, weight = criterion.code, base.category.code, criterion.weight
    if answer is not None and answer.not_applicable:
        for fault in check_answer(criterion, answer, as_of, framework.scoring.level_values):
            raise AnswerError(fault.field, f"{code}: {fault.message}")
        return CriterionResult(code, category, weight, NOT_APPLICABLE)
    raw = raw_score(criterion, answer, as_of) if answer is not None else None
    level = effective_level(answer, as_of) if answer is not None else CLAIMED
    if raw is None:
        return CriterionResult(code, category, weight, UNANSWERED, level=level, factor=factor)
    coefficient = _coefficient(framework.scoring, criterion, level)
    return CriterionResult(
        code, category, weight, ANSWERED, raw, level, coefficient, raw * coefficient, factor
    )


def _coefficient(scoring: Scoring, criterion: Criterion, level: str) -> Fraction:
    if not criterion.evidence.required and level != REJECTED:
        return _ONE
    return scoring.level(level).coefficient


def _category(base: _Base, found: list[CriterionResult]) -> CategoryResult:
    """The category's figures from those of its criteria; what is unanswered counts as 0."""
    category, weight = base.category, base.applicable_weight
    head = (category.code, category.name, category.weight, base.rated, base.asked_weight, weight)
    if not base.rated:
        return CategoryResult(*head)
    answered = [item for item in found if item.state == ANSWERED]
    open_weight = _weight(item for item in found if item.state == UNANSWERED)

    def mean(value: Callable[[CriterionResult], Fraction | None]) -> Fraction:
        return weighted_sum((item.weight, value(item) or _ZERO) for item in answered) / weight

    def share(level: str) -> Fraction:
        return 100 * _weight(item for item in answered if item.level == level) / weight

    value = mean(lambda item: item.score)
    return CategoryResult(
        *head,
        score=value,
        claimed=mean(lambda item: item.raw),
        confidence=100 * mean(lambda item: item.coefficient),
        high=value + 100 * open_weight / weight,
        verified_share=share(VERIFIED),
        documented_share=share(DOCUMENTED),
        claimed_share=share(CLAIMED),
    )


def _must_haves(
    framework: Framework,
    answers: Mapping[str, Answer],
    as_of: date,
    criteria: Mapping[str, CriterionResult],
) -> tuple[MustHaveResult, ...]:
    return tuple(
        must_have_result(item.must_have, criteria[item.code], answers.get(item.code), as_of)
        for item in framework.must_haves
        if item.must_have is not None
    )


def _result(
    framework: Framework,
    tier: int,
    as_of: date,
    criteria: dict[str, CriterionResult],
    categories: dict[str, CategoryResult],
    *,
    must_haves: tuple[MustHaveResult, ...],
) -> Result:
    weights, scoring = framework.weights, framework.scoring

    def over(value: Callable[[CategoryResult], Fraction | None]) -> Fraction | None:
        return overall_under(((code, value(item)) for code, item in categories.items()), weights)

    overall, claimed = over(lambda item: item.score), over(lambda item: item.claimed)
    below = _below_floor(scoring, categories)
    return Result(
        tier=tier,
        as_of=as_of,
        overall=overall,
        claimed=claimed,
        confidence=over(lambda item: item.confidence),
        range_low=overall,
        range_high=over(lambda item: item.high),
        gate=gate_of(must_haves),
        band=band_of(scoring, overall, below_floor=bool(below)),
        band_uncapped=band_of(scoring, overall, below_floor=False),
        categories_below_floor=below,
        must_haves=must_haves,
        criteria=criteria,
        categories=categories,
        overall_display=None if overall is None else shown(overall),
        verified_share=over(lambda item: item.verified_share),
        documented_share=over(lambda item: item.documented_share),
        claimed_share=over(lambda item: item.claimed_share),
        evidence_gain=None if overall is None or claimed is None else claimed - overall,
        answered=sum(item.state != UNANSWERED for item in criteria.values()),
        asked=len(criteria),
    )


def _below_floor(scoring: Scoring, categories: Mapping[str, CategoryResult]) -> tuple[str, ...]:
    """The rated categories whose unrounded score lies under the floor."""
    return tuple(
        item.code
        for item in categories.values()
        if item.score is not None and item.score < scoring.floor_below
    )


def overall_under(
    categories: Iterable[tuple[str, Fraction | None]], weights: Mapping[str, Fraction]
) -> Fraction | None:
    """The overall score of category scores under weights; None if nothing rated has a weight.

    Categories without a score (not rated) leave the sum, their weight with them.
    """
    pairs = [(weights[code], value) for code, value in categories if value is not None]
    weight = weighted_sum((weight, _ONE) for weight, _ in pairs)
    return weighted_sum(pairs) / weight if weight else None


def band_of(
    scoring: Scoring,
    value: Fraction | None,
    below_floor: bool = False,  # noqa: FBT001, FBT002 - a fact of the result, not a switch
) -> str | None:
    """The band of a score, rounded half up to one decimal; None for None.

    With `below_floor` (a rated category under the floor) it is at best the cap band.
    """
    if value is None:
        return None
    display = rounded(value)
    order = [band.value for band in scoring.bands]
    found = next(band.value for band in scoring.bands if display >= band.min)
    if below_floor:
        return order[max(order.index(found), order.index(scoring.floor_cap_band))]
    return found


__all__ = [
    "ENGINE_VERSION",
    "CategoryResult",
    "CriterionResult",
    "MustHaveResult",
    "Result",
    "band_of",
    "figure",
    "overall_under",
    "score",
    "shown",
]
