"""Which assessment speaks for a vendor: the one in force, its open one, or that of a past day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Q, prefetch_related_objects
from django.utils import timezone

from vendors.models import Assessment, AssessmentResult, Vendor


@dataclass(frozen=True, slots=True)
class Voice:
    """A frozen result or an open assessment, one of both.

    `has_open` where an open assessment stands beside a result in force, whichever of them speaks.
    """

    result: AssessmentResult | None
    current: Assessment | None
    has_open: bool


def voices_of(
    vendors: Sequence[Vendor], drafts: Collection[UUID] = frozenset()
) -> dict[int, Voice]:
    """Today's voices by the vendor's key; none for a vendor without any assessment.

    The result in force speaks, else the newest open assessment; it goes first for those vendors
    whose ids are among `drafts`. Two queries at most. The vendors come with
    `latest_result__assessment` selected.
    """
    voices = {}
    opened = _open_assessments(vendors)
    for vendor in vendors:
        result, rows = vendor.latest_result, opened.get(vendor.pk, [])
        if result is None:
            found = Voice(None, rows[-1], has_open=False) if rows else None
        else:
            begun = _beside(result, rows)
            is_draft = begun is not None and vendor.public_id in drafts
            has_open = begun is not None
            found = Voice(None if is_draft else result, begun if is_draft else None, has_open)
        if found is not None:
            voices[vendor.pk] = found
    spoken = [voice.current for voice in voices.values() if voice.current is not None]
    prefetch_related_objects(spoken, "answers")
    return voices


def voices_on(vendors: Sequence[Vendor], day: date) -> dict[int, Voice]:
    """What was in force at the end of a past day, by the vendor's key. Two queries at most.

    That is the latest approved result whose as-of date had come and whose assessment was neither superseded
    nor closed by then. An approval is as of its day; imported history counts on its own days.
    """
    end = end_of(day)
    rows = AssessmentResult.objects.filter(
        Q(assessment__superseded_at=None) | Q(assessment__superseded_at__gte=end),
        Q(assessment__closed_at=None) | Q(assessment__closed_at__gte=end),
        assessment__vendor__in=vendors,
        assessment__approved_at__isnull=False,
        as_of__lte=day,
    )
    ordered = rows.order_by("as_of", "pk")
    newest = dict(ordered.values_list("assessment__vendor", "pk"))
    found = AssessmentResult.objects.filter(pk__in=newest.values()).select_related("assessment")
    return {row.assessment.vendor_id: Voice(row, None, has_open=False) for row in found}


def end_of(day: date) -> datetime:
    """The midnight after a day, in the organisation's zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _open_assessments(vendors: Sequence[Vendor]) -> dict[int, list[Assessment]]:
    """The open assessments of each vendor, the newest last. One query, or none."""
    found: dict[int, list[Assessment]] = defaultdict(list)
    if vendors:
        for row in Assessment.objects.open().filter(vendor__in=vendors).order_by("pk"):
            found[row.vendor_id].append(row)
    return found


def _beside(result: AssessmentResult, rows: Sequence[Assessment]) -> Assessment | None:
    """The open assessment to set against a result: the newest, of its own framework if possible.

    An intake asks nothing yet, so there is nothing to set against it.
    """
    begun = [row for row in rows if not row.is_intake]
    slug = result.assessment.framework_slug
    same = [row for row in begun if row.framework_slug == slug]
    return next(reversed(same or begun), None)
