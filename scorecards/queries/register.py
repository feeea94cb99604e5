"""What the register and the page of a scorecard show."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    JSONField,
    Prefetch,
    Q,
    QuerySet,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.utils import timezone

from scorecards.builder import STEPS
from scorecards.models import BuildState, Kind, Scorecard
from vendors.models import Assessment, Waiver
from vendors.permissions import Actor

#: How many the dashboard shows.
LATEST = 5
#: Kinds of the register and what they keep.
KINDS = {"all": Q(), "issued": Q(is_draft=False), "drafts": Q(is_draft=True)}


@dataclass(frozen=True, slots=True)
class Searched:
    """What somebody looks for in the register: a text, issued or drafts, a kind of document."""

    text: str = ""
    kind: str = "all"
    about: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Searched:
        """Read `q`, `kind` and `about` of an address; what is unknown there asks for all."""
        about = query.get("about", "")
        return cls(
            text=query.get("q", "").replace("\x00", "").strip()[:200],
            kind=query.get("kind", "all"),
            about=about if about in Kind.values else "",
        )


def register(user: Actor, asked: Searched | None = None) -> QuerySet[Scorecard]:
    """All documents that the user may see, newest first, found by number, vendor or SHA-256.

    Comparisons are found by their purpose as well. Each has `summary`, the part of its content
    that lists show; the content itself is not loaded. Its assessment has `waived`, the waivers
    with whether they are over today.
    """
    asked = asked or Searched()
    found = Scorecard.objects.visible_to(user).filter(KINDS.get(asked.kind, Q()))
    if asked.about:
        found = found.filter(kind=asked.about)
    summary = KeyTransform("summary", Cast("content", JSONField()))
    if asked.text:
        found = found.alias(names=KeyTextTransform("names", summary)).filter(_matches(asked.text))
    return (
        found.select_related("assessment__vendor", "comparison", "requested_by")
        .defer("content", "comparison__document")
        .annotate(summary=summary)
        .prefetch_related(Prefetch("assessment__waivers", _waivers(), to_attr="waived"))
        .order_by("-pk")
    )


def _matches(text: str) -> Q:
    return (
        Q(number__icontains=text)
        | Q(assessment__vendor__name__icontains=text)
        | Q(digest__istartswith=text)
        | Q(file_sha256__istartswith=text)
        # what a comparison prints, whether it was kept or not
        | Q(kind=Kind.COMPARISON, names__icontains=text)
    )


def _waivers() -> QuerySet[Waiver]:
    """Waivers by code, each with `is_over` as of today."""
    over = ExpressionWrapper(Q(ends_on__lt=timezone.localdate()), BooleanField())
    return Waiver.objects.annotate(is_over=over).order_by("code")


def later_than(assessment: Assessment | None) -> Assessment | None:
    """The assessment whose approval superseded this one; None where none did. One query."""
    if assessment is None or assessment.superseded_at is None:
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
    rows = own.select_related("assessment__vendor", "comparison")
    return list(rows.defer("content", "comparison__document").order_by("-pk")[:LATEST])


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
