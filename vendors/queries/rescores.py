"""What asking one criterion again could change: where it stands now, and the most it could reach."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from vendors import scoring
from vendors.models import APPROVED_STATES, Assessment, Finding
from vendors.queries.frozen import frozen_of


@dataclass(frozen=True, slots=True)
class Reach:
    """One figure now, and the most that it could become. None where it does not count."""

    name: str
    now: Fraction | None
    most: Fraction | None


@dataclass(frozen=True, slots=True)
class Rescore:
    """What a new answer to one criterion could move, from nothing to `most` of each figure.

    `lost` are the points of the overall score that the criterion loses now; `blocked_by` is an
    open assessment on the same framework, `asked_again` one that asks the criterion already.
    `is_done` where what is in force was asked since the finding was closed.
    """

    assessment: Assessment
    code: str
    question: str
    level: str
    criterion: Reach
    category: Reach
    overall: Reach
    lost: Fraction
    must_have: str
    blocked_by: Assessment | None
    asked_again: Assessment | None
    is_done: bool


def in_force(finding: Finding) -> Assessment | None:
    """The approved assessment that a finding weighs on: its own, or what replaced it. One query."""
    found = Assessment.objects.filter(vendor=finding.vendor_id, state__in=APPROVED_STATES)
    if finding.assessment is not None:
        found = found.filter(framework_slug=finding.assessment.framework_slug)
    return found.select_related("framework", "vendor", "result").order_by("-approved_at").first()


def blocking(assessment: Assessment) -> Assessment | None:
    """The vendor's open assessment on the same framework, which keeps another from opening."""
    return (
        Assessment.objects.filter(
            vendor=assessment.vendor_id, framework_slug=assessment.framework_slug
        )
        .open()
        .first()
    )


def rescore_of(finding: Finding) -> Rescore | None:
    """What asking the finding's criterion again could change; None where nothing is in force.

    Read from the frozen result in force, so that its figures are those shown elsewhere. Two
    queries.
    """
    assessment = in_force(finding) if finding.code else None
    if assessment is None:
        return None
    result = frozen_of(assessment).result
    item = result.criteria.get(finding.code)
    if item is None:
        return None
    rules = assessment.framework.rules
    later = blocking(assessment)
    verdicts = {entry.code: entry.result for entry in result.must_haves}
    return Rescore(
        assessment=assessment,
        code=finding.code,
        question=rules.criterion(finding.code).question,
        level=item.level or "",
        criterion=Reach(finding.code, item.score, None if item.share is None else Fraction(100)),
        category=_category(result, item),
        overall=Reach("", result.overall, _overall(result, item)),
        lost=item.lost or Fraction(0),
        must_have=verdicts.get(finding.code, ""),
        blocked_by=later,
        asked_again=later if later and finding.code in later.targets else None,
        is_done=finding.code in assessment.targets and _is_after(assessment, finding),
    )


def _is_after(assessment: Assessment, finding: Finding) -> bool:
    """Whether an assessment began since the finding was closed."""
    closed_at = finding.action.closed_at
    return closed_at is not None and assessment.created_at >= closed_at


def _category(result: scoring.Result, item: scoring.CriterionResult) -> Reach:
    """The category of a criterion, and what it becomes if this answer were full and verified."""
    category = result.categories[item.category]
    if category.score is None or item.share is None:
        return Reach(category.name, category.score, None)
    gain = item.weight * (100 - (item.score or Fraction(0))) / category.applicable_weight
    return Reach(category.name, category.score, category.score + gain)


def _overall(result: scoring.Result, item: scoring.CriterionResult) -> Fraction | None:
    if result.overall is None or item.lost is None:
        return None
    return result.overall + item.lost
