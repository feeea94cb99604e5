"""Whether a document is in force, and what took its place: one answer for every page and command."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from scorecards.models import Kind, Scorecard


class Standing(models.TextChoices):
    """How a document stands today."""

    IN_FORCE = "in_force", _("In force")
    EXPIRED = "expired", _("No longer valid")
    SUPERSEDED = "superseded", _("Superseded")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DRAFT = "draft", _("Draft")
    NOT_READY = "not_ready", _("Not ready")


@dataclass(frozen=True, slots=True)
class Later:
    """The document that took the place of another; `is_ready` once its file was there."""

    number: str
    public_id: uuid.UUID
    is_ready: bool

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Its own page, for staff."""
        return reverse("scorecards:scorecard-detail", args=[self.public_id])


@dataclass(frozen=True, slots=True)
class Standed:
    """How a document stands, since which day and why, and which document took its place.

    `on` is the last day of what expired, else the day of the change; `reason` is what somebody
    typed, and may be confidential. Both are empty where nothing changed. A withdrawn document may
    have a correction in its place.
    """

    standing: Standing
    by: Later | None = None
    on: date | None = None
    reason: str = ""

    @property
    def is_in_force(self) -> bool:
        """Whether it may be relied on today, if only as a rejection."""
        return self.standing is Standing.IN_FORCE


def with_standing(rows: QuerySet[Scorecard]) -> QuerySet[Scorecard]:
    """The documents with what `standing_of` reads, so that it asks the database nothing.

    Their `content` must be loaded, or its part `summary` annotated as the register does.
    """
    later = Scorecard.objects.filter(
        kind=Kind.VENDOR,
        is_draft=False,
        ready_at__isnull=False,
        assessment__vendor=OuterRef("assessment__vendor"),
        assessment__framework_slug=OuterRef("assessment__framework_slug"),
        assessment__approved_at__gte=OuterRef("assessment__superseded_at"),
    )
    later = later.exclude(assessment=OuterRef("assessment"))
    later = later.order_by("assessment__approved_at", "-issue")
    return (
        rows.select_related("assessment", "replaced_by")
        .defer("replaced_by__content")
        .annotate(
            later_number=Subquery(later.values("number")[:1]),
            later_id=Subquery(later.values("public_id")[:1]),
        )
    )


def standing_of(row: Scorecard, today: date) -> Standed:
    """How a document of `with_standing` stands on a day. No query.

    What was rejected is in force as a rejection; comparisons and portfolios are until they are
    withdrawn or replaced. A document whose file was there once is ready, whatever became of it.
    """
    if row.ready_at is None:
        return Standed(Standing.NOT_READY)
    if row.is_draft:
        return Standed(Standing.DRAFT)
    issue = _next_issue(row)
    if row.withdrawn_at is not None:
        return Standed(
            Standing.WITHDRAWN, issue, timezone.localdate(row.withdrawn_at), row.withdrawal
        )
    if issue is not None:
        asked_at = row.replaced_by.requested_at
        return Standed(
            Standing.SUPERSEDED, issue, timezone.localdate(asked_at), row.replaced_by.reason
        )
    return _by_assessment(row) or _by_day(row, today)


def _next_issue(row: Scorecard) -> Later | None:
    # No correction raises an AttributeError.
    issue: Scorecard | None = getattr(row, "replaced_by", None)
    if issue is None:
        return None
    return Later(issue.number, issue.public_id, issue.ready_at is not None)


def _by_assessment(row: Scorecard) -> Standed | None:
    """How it stands for what happened to its assessment; None where nothing did."""
    assessment = row.assessment
    if assessment is None:
        return None
    if assessment.superseded_at is not None:
        number, public_id = getattr(row, "later_number", None), getattr(row, "later_id", None)
        later = Later(number, public_id, is_ready=True) if number and public_id else None
        return Standed(Standing.SUPERSEDED, later, timezone.localdate(assessment.superseded_at))
    if assessment.closed_at is not None:
        on = timezone.localdate(assessment.closed_at)
        return Standed(Standing.CLOSED, None, on, assessment.close_reason)
    return None


def _by_day(row: Scorecard, today: date) -> Standed:
    until = summary_of(row).get("valid_until")
    last = date.fromisoformat(until) if until else None
    if last is not None and last < today:
        return Standed(Standing.EXPIRED, None, last)
    return Standed(Standing.IN_FORCE)


def summary_of(row: Scorecard) -> Mapping[str, Any]:
    """The summary of the record: the annotated one, else that of the loaded content."""
    found = getattr(row, "summary", None)
    summary: Mapping[str, Any] = json.loads(row.content)["summary"] if found is None else found
    return summary
