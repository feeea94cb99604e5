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
    """Vendors by band; those without an approved result apart."""

    rows: tuple[BandCount, ...]
    unrated: int
    total: int


@dataclass(frozen=True, slots=True)
class Failing:
    """An undecided assessment with a must-have that fails as of today."""

    assessment: Assessment
    codes: tuple[str, ...]
    question: str


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


def bands() -> Bands | None:
    """Vendors by band of the framework in force; None before any is published."""
    frameworks = frameworks_in_force()
    if not frameworks:
        return None
    found = dict(
        AssessmentResult.objects.filter(
            pk__in=Vendor.objects.current()
            .filter(latest_result__isnull=False)
            .values("latest_result")
        )
        .values_list("band")
        .annotate(vendors=Count("pk"))
    )
    total = Vendor.objects.current().count()
    rows = []
    offset = 0.0
    defined = frameworks[-1].rules.scoring.bands
    for index, band in enumerate(defined):
        share = 100 * found.get(band.value, 0) / total if total else 0.0
        above = defined[index - 1] if index else None
        rows.append(BandCount(band, above, found.get(band.value, 0), share, offset))
        offset += share
    return Bands(tuple(rows), total - sum(row.vendors for row in rows), total)


def failing_must_haves() -> list[Failing]:
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
    return found[:SHOWN]
