"""What the dashboard answers: what waits for me, what is late, who fails, what ends soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from vendors import scoring
from vendors.models import (
    REVIEW_STATES,
    Answer,
    Assessment,
    AssessmentResult,
    Certification,
    State,
    Vendor,
)
from vendors.queries.assessments import frameworks_in_force
from vendors.queries.scores import score_now
from vendors.queries.vendor_filters import REVIEWING_STATES
from vendors.queries.waivers import WaiverLine, waived_among
from vendors.queries.work import SHOWN, open_assessments

#: Assessments that are computed for the page, at most.
MOST_COMPUTED = 20
SOON = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures on top."""

    vendors: int
    rated: int
    running: int
    reviewing: int
    waiting: int
    late: int
    ending: int


@dataclass(frozen=True, slots=True)
class BandCount:
    """How many vendors stand in a band, and the scores that it spans."""

    band: scoring.Band
    below: scoring.Band | None
    vendors: int
    share: float
    offset: float


@dataclass(frozen=True, slots=True)
class Bands:
    """Vendors by band; apart those whose gate is not passed, and those without a result."""

    rows: tuple[BandCount, ...]
    ineligible: int
    unrated: int
    total: int


@dataclass(frozen=True, slots=True)
class Failing:
    """An assessment with a failed must-have: in force with a waiver, or undecided, as of today."""

    assessment: Assessment
    codes: tuple[str, ...]
    question: str
    waivers: tuple[WaiverLine, ...] = ()


def counts() -> Counts:
    """The figures on top. Three queries."""
    today = timezone.localdate()
    vendors = Vendor.objects.current().aggregate(
        all=Count("pk"), rated=Count("pk", filter=Q(latest_result__isnull=False))
    )
    assessments = (
        Assessment.objects.open()
        .filter(vendor__archived_at=None)
        .aggregate(
            running=Count("pk"),
            reviewing=Count("pk", filter=Q(state__in=REVIEWING_STATES)),
            waiting=Count("pk", filter=Q(state=State.PENDING_APPROVAL)),
            late=Count("pk", filter=Q(due_on__lt=today)),
        )
    )
    return Counts(
        vendors=vendors["all"],
        rated=vendors["rated"],
        running=assessments["running"],
        reviewing=assessments["reviewing"],
        waiting=assessments["waiting"],
        late=assessments["late"],
        ending=_ending(today).count(),
    )


def _ending(today: date) -> QuerySet[Certification]:
    """Register entries of current vendors that ended, or end within 90 days; renewed ones not."""
    return Certification.objects.standing().filter(
        vendor__archived_at=None, expires_on__lte=today + SOON
    )


def ending_certifications() -> list[Certification]:
    """The next to end, soonest first."""
    ending = _ending(timezone.localdate()).select_related("vendor")
    return list(ending.order_by("expires_on", "pk")[:SHOWN])


def bands(total: int) -> Bands | None:
    """The `total` current vendors by band of the framework in force; None before any is published."""
    frameworks = frameworks_in_force()
    if not frameworks:
        return None
    found: dict[str, int] = {}
    ineligible = 0
    for gate, band, vendors in (
        _in_force().values_list("gate", "band").annotate(vendors=Count("pk")).order_by()
    ):
        if gate == scoring.PASS:
            found[band] = vendors
        else:
            ineligible += vendors
    rows = []
    offset = 0.0
    defined = frameworks[-1].rules.scoring.bands
    for index, band in enumerate(defined):
        share = 100 * found.get(band.value, 0) / total if total else 0.0
        above = defined[index - 1] if index else None
        rows.append(BandCount(band, above, found.get(band.value, 0), share, offset))
        offset += share
    unrated = total - ineligible - sum(row.vendors for row in rows)
    return Bands(tuple(rows), ineligible, unrated, total)


def _in_force() -> QuerySet[AssessmentResult]:
    """The results that current vendors are rated by."""
    rated = Vendor.objects.current().filter(latest_result__isnull=False)
    return AssessmentResult.objects.filter(pk__in=rated.values("latest_result"))


def failing_must_haves() -> list[Failing]:
    """Who fails a must-have: first what is in force with a waiver, then what is undecided."""
    return [*_waived(), *_undecided()][:SHOWN]


def _waived() -> list[Failing]:
    """Results in force whose gate failed, with their waivers. At most two queries."""
    failed = _in_force().filter(gate=scoring.FAIL).defer("snapshot")
    results = list(
        failed.select_related("assessment__vendor", "assessment__framework").order_by("-pk")[:SHOWN]
    )
    waived = waived_among(results)
    found = []
    for one in (result.assessment for result in results):
        lines = tuple(waived.get(one.pk, ()))
        codes = tuple(line.code for line in lines)
        question = one.framework.rules.criterion(codes[0]).question if codes else ""
        found.append(Failing(one, codes, question, lines))
    return found


def _undecided() -> list[Failing]:
    """Undecided assessments whose gate fails as of today, computed on read. Two queries."""
    undecided = [*REVIEW_STATES, State.PENDING_APPROVAL]
    waiting = list(open_assessments().filter(state__in=undecided)[:MOST_COMPUTED])
    rows: dict[int, list[Answer]] = {}
    for row in Answer.objects.filter(assessment__in=waiting):
        rows.setdefault(row.assessment_id, []).append(row)
    found = []
    for assessment in waiting:
        result = score_now(assessment, rows.get(assessment.pk, []))
        codes = tuple(m.code for m in result.must_haves if m.result == "fail")
        if codes:
            question = assessment.framework.rules.criterion(codes[0]).question
            found.append(Failing(assessment, codes, question))
    return found
