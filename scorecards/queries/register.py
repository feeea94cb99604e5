"""What the register and the page of a scorecard show."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    JSONField,
    Prefetch,
    Q,
    QuerySet,
)
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast
from django.utils import timezone

from scorecards.builder import STEPS
from scorecards.models import BuildState, Scorecard
from vendors.models import Assessment, Waiver
from vendors.permissions import Actor

#: How many the dashboard shows.
LATEST = 5
#: Kinds of the register and what they keep.
KINDS = {"all": Q(), "issued": Q(is_draft=False), "drafts": Q(is_draft=True)}


def register(user: Actor, *, text: str = "", kind: str = "all") -> QuerySet[Scorecard]:
    """All scorecards that the user may see, newest first, found by number, vendor or SHA-256.

    Each has `summary`, the part of its content that lists show; the content itself is not loaded.
    Its assessment has `waived`, the waivers with whether they are over today.
    """
    found = Scorecard.objects.visible_to(user).filter(KINDS.get(kind, Q()))
    if text:
        found = found.filter(
            Q(number__icontains=text)
            | Q(assessment__vendor__name__icontains=text)
            | Q(digest__istartswith=text)
            | Q(file_sha256__istartswith=text)
        )
    return (
        found.select_related("assessment__vendor", "requested_by")
        .defer("content")
        .annotate(summary=KeyTransform("summary", Cast("content", JSONField())))
        .prefetch_related(Prefetch("assessment__waivers", _waivers(), to_attr="waived"))
        .order_by("-pk")
    )


def _waivers() -> QuerySet[Waiver]:
    """Waivers by code, each with `is_over` as of today."""
    over = ExpressionWrapper(Q(ends_on__lt=timezone.localdate()), BooleanField())
    return Waiver.objects.annotate(is_over=over).order_by("code")


def later_than(assessment: Assessment) -> Assessment | None:
    """The assessment whose approval superseded this one; None where none did. One query."""
    if assessment.superseded_at is None:
        return None
    later = Assessment.objects.filter(
        vendor=assessment.vendor_id,
        framework_slug=assessment.framework_slug,
        approved_at__gte=assessment.superseded_at,
    )
    return later.exclude(pk=assessment.pk).order_by("approved_at").first()


def scorecards_of(user: Actor) -> list[Scorecard]:
    """The latest scorecards that the user asked for. One query."""
    own = Scorecard.objects.visible_to(user).filter(requested_by=user.pk)
    return list(own.select_related("assessment__vendor").defer("content").order_by("-pk")[:LATEST])


def scorecard_for(user: Actor, public_id: uuid.UUID) -> QuerySet[Scorecard]:
    """The scorecard with this id, with what its page shows."""
    rows = register(user).filter(public_id=public_id)
    return rows.select_related("assessment__framework", "assessment__closed_by")


@dataclass(frozen=True, slots=True)
class BuildProgress:
    """How far building is: the step and a share that grows with it."""

    step: int
    steps: int
    code: str

    @property
    def percent(self) -> int:
        """The share done when the step begins, and half of it."""
        return 100 * (2 * self.step - 1) // (2 * self.steps)


def progress_of(scorecard: Scorecard) -> BuildProgress | None:
    """The step at hand, while it is being built."""
    if scorecard.state != BuildState.BUILDING or scorecard.step not in STEPS:
        return None
    return BuildProgress(STEPS.index(scorecard.step) + 1, len(STEPS), scorecard.step)
