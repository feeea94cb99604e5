"""From rows to entries: per vendor the assessment that speaks for it, with its exact figures.

The latest approved assessment is read as it was frozen; without one the open assessment is computed
on read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from vendors import scoring
from vendors.models import (
    Assessment,
    AssessmentResult,
    CategoryScore,
    Certification,
    Framework,
    Vendor,
)
from vendors.queries.documents import snapshot_of
from vendors.queries.scores import engine_answers, score_now
from vendors.queries.waivers import WaiverLine, waived_among

#: Evidence levels that the bar draws, strongest first.
SHARED_LEVELS = (scoring.VERIFIED, scoring.DOCUMENTED, scoring.CLAIMED)


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


@dataclass(frozen=True, slots=True)
class Entry:
    """A vendor with the assessment that speaks for it."""

    vendor: Vendor
    assessment: Assessment
    framework: Framework
    gate: str
    must_haves: dict[str, str]
    criteria: dict[str, CriterionFigure]
    categories: dict[str, CategoryFigure]
    values: dict[str, Any]
    waivers: list[WaiverLine] = field(default_factory=list)

    @property
    def key(self) -> str:
        """What tells it apart from the others."""
        return str(self.vendor.public_id)

    @property
    def rules(self) -> scoring.Framework:
        """Its framework as the engine reads it."""
        return self.framework.rules

    @property
    def is_approved(self) -> bool:
        """Whether the figures are frozen."""
        return self.assessment.is_frozen

    @property
    def scores(self) -> dict[str, Fraction | None]:
        """Category scores by code."""
        return {code: figure.score for code, figure in self.categories.items()}


def entries_of(vendors: Sequence[Vendor]) -> dict[int, Entry]:
    """Entries by the vendor's key; a vendor without assessment has none. Six queries at most.

    The vendors come with `latest_result__assessment` selected.
    """
    frozen = [vendor.latest_result for vendor in vendors if vendor.latest_result is not None]
    current = _open_assessments([vendor for vendor in vendors if vendor.latest_result is None])
    used = {result.assessment.framework_id for result in frozen}
    used |= {assessment.framework_id for assessment in current.values()}
    frameworks = Framework.objects.in_bulk(used) if used else {}
    categories = _category_rows(frozen)
    waived = waived_among(frozen)
    entries = {}
    for vendor in vendors:
        if vendor.latest_result is not None:
            result = vendor.latest_result
            framework = frameworks[result.assessment.framework_id]
            entry = _frozen(vendor, result, framework, categories[result.pk])
            waivers = waived.get(result.assessment_id, [])
            entries[vendor.pk] = replace(entry, waivers=waivers)
        elif (assessment := current.get(vendor.pk)) is not None:
            assessment.framework = frameworks[assessment.framework_id]
            entries[vendor.pk] = _current(vendor, assessment)
    return entries


def certifications_of(vendors: Iterable[Vendor]) -> dict[int, list[Certification]]:
    """What stands in each vendor's register, by the vendor's key. One query."""
    found: dict[int, list[Certification]] = defaultdict(list)
    for entry in Certification.objects.filter(vendor__in=list(vendors), removed_at=None):
        found[entry.vendor_id].append(entry)
    return found


def _open_assessments(vendors: Sequence[Vendor]) -> dict[int, Assessment]:
    """The newest open assessment of each vendor, with its answers. Two queries, or none."""
    if not vendors:
        return {}
    rows = Assessment.objects.open().filter(vendor__in=vendors).order_by("pk")
    return {row.vendor_id: row for row in rows.prefetch_related("answers")}


def _category_rows(frozen: Sequence[AssessmentResult]) -> dict[int, list[CategoryScore]]:
    """The frozen categories of these results. One query, or none."""
    found: dict[int, list[CategoryScore]] = defaultdict(list)
    if frozen:
        for row in CategoryScore.objects.filter(result__in=frozen):
            found[row.result_id].append(row)
    return found


def _frozen(
    vendor: Vendor, result: AssessmentResult, framework: Framework, rows: Iterable[CategoryScore]
) -> Entry:
    """The entry of an approved assessment, nothing of it computed anew but the evidence shares."""
    snapshot = snapshot_of(result)
    criteria = {
        code: _frozen_criterion(item) for code, item in snapshot["result"]["criteria"].items()
    }
    answers = snapshot["document"]["answers"]
    return Entry(
        vendor=vendor,
        assessment=result.assessment,
        framework=framework,
        gate=result.gate,
        must_haves=_in_order(framework.rules, snapshot["result"]["must_haves"]),
        criteria=criteria,
        categories={row.code: _frozen_category(row, framework.rules, criteria) for row in rows},
        values={code: answer.get("value") for code, answer in answers.items()},
    )


def _frozen_criterion(item: Any) -> CriterionFigure:
    """A criterion as a result document writes it: "na", null or its figures."""
    if item == "na":
        return CriterionFigure(scoring.NOT_APPLICABLE)
    if item is None:
        return CriterionFigure(scoring.UNANSWERED)
    return CriterionFigure(
        scoring.ANSWERED,
        raw=Fraction(item["raw"]["exact"]),
        level=item["evidence_level"],
        score=Fraction(item["verified"]["exact"]),
    )


def _frozen_category(
    row: CategoryScore, rules: scoring.Framework, criteria: Mapping[str, CriterionFigure]
) -> CategoryFigure:
    if not row.score:
        return CategoryFigure()
    return CategoryFigure(
        score=Fraction(row.score),
        claimed=Fraction(row.claimed),
        confidence=Fraction(row.confidence),
        high=Fraction(row.score),
        shares=_shares(rules.category(row.code), criteria),
    )


def _shares(
    category: scoring.Category, criteria: Mapping[str, CriterionFigure]
) -> dict[str, Fraction]:
    """Percent of the applicable weight by evidence level (docs/scoring.md)."""
    counted = [
        (criterion.weight, criteria[criterion.code])
        for criterion in category.criteria
        if criterion.code in criteria and not criteria[criterion.code].is_not_applicable
    ]
    total = sum((weight for weight, _figure in counted), Fraction(0))
    shares = {level: Fraction(0) for level in SHARED_LEVELS}
    for weight, figure in counted:
        if figure.is_answered and figure.level in shares:
            shares[figure.level] += 100 * weight / total
    return shares


def _current(vendor: Vendor, assessment: Assessment) -> Entry:
    """The entry of an open assessment, computed now. No query of its own."""
    rules = assessment.framework.rules
    rows = list(assessment.answers.all())
    result = score_now(assessment, rows)
    return Entry(
        vendor=vendor,
        assessment=assessment,
        framework=assessment.framework,
        gate=result.gate,
        must_haves={item.code: item.result for item in result.must_haves},
        criteria={
            code: CriterionFigure(item.state, item.raw, item.level or "", item.score)
            for code, item in result.criteria.items()
        },
        categories={code: _category(item) for code, item in result.categories.items()},
        values={code: answer.value for code, answer in engine_answers(rules, rows).items()},
    )


def _category(item: scoring.CategoryResult) -> CategoryFigure:
    shares = zip(
        SHARED_LEVELS, (item.verified_share, item.documented_share, item.claimed_share), strict=True
    )
    return CategoryFigure(
        score=item.score,
        claimed=item.claimed,
        confidence=item.confidence,
        high=item.high,
        shares={level: share for level, share in shares if share is not None},
    )


def _in_order(rules: scoring.Framework, results: Mapping[str, str]) -> dict[str, str]:
    """Results by code in the order of the framework; stored documents sort their keys."""
    return {item.code: results[item.code] for item in rules.must_haves if item.code in results}
