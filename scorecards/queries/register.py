"""What the register and the page of a scorecard show."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import (
    BooleanField,
    Count,
    ExpressionWrapper,
    JSONField,
    Prefetch,
    Q,
    QuerySet,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy

from scorecards.models import STEPS, BuildState, Kind, Scorecard
from scorecards.queries.standing import with_standing
from vendors.models import Assessment, Waiver
from vendors.permissions import Actor

#: How many the dashboard shows.
LATEST = 5
#: What ends within so long has a list of its own.
SOON = timedelta(days=90)
#: The lists of the register in their order, with their words.
LISTS = {
    "all": gettext_lazy("All"),
    "in_force": gettext_lazy("In force"),
    "ending": gettext_lazy("Ends within 90 days"),
    "superseded": gettext_lazy("Superseded"),
    "ended": gettext_lazy("Ended"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "drafts": gettext_lazy("Drafts"),
}


@dataclass(frozen=True, slots=True)
class Searched:
    """What somebody looks for in the register: a text, one of its lists, a kind of document."""

    text: str = ""
    kind: str = "all"
    about: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Searched:
        """Read `q`, `kind` and `about` of an address; what is unknown there asks for all."""
        about, kind = query.get("about", ""), query.get("kind", "")
        return cls(
            text=query.get("q", "").replace("\x00", "").strip()[:200],
            kind=kind if kind in LISTS else "all",
            about=about if about in Kind.values else "",
        )


def register(user: Actor, asked: Searched | None = None) -> QuerySet[Scorecard]:
    """All documents that the user may see, newest first, found by number, vendor, issuer or SHA-256.

    Comparisons are found by their purpose as well. Each has `summary`, the part of its content
    that lists show; the content itself is not loaded. Its assessment has `waived`, the waivers
    with whether they are over today. `standing_of` asks the database nothing more of them.
    """
    asked = asked or Searched()
    rows = _found(user, asked).filter(_lists(timezone.localdate())[asked.kind])
    rows = rows.select_related("assessment__vendor", "comparison", "requested_by", "replaces")
    return (
        with_standing(rows.defer("content", "comparison__document", "replaces__content"))
        .annotate(summary=_summary())
        .prefetch_related(Prefetch("assessment__waivers", _waivers(), to_attr="waived"))
        .order_by("-pk")
    )


def counts_of(user: Actor, asked: Searched) -> dict[str, int]:
    """How many documents each list of the register holds, under the same search. One query."""
    lists = _lists(timezone.localdate())
    counted = {name: Count("pk", filter=kept) for name, kept in lists.items() if name != "all"}
    return _found(user, asked).aggregate(all=Count("pk"), **counted)


def _found(user: Actor, asked: Searched) -> QuerySet[Scorecard]:
    """What the search finds, whichever list is open."""
    found = Scorecard.objects.visible_to(user)
    if asked.about:
        found = found.filter(kind=asked.about)
    if asked.text:
        names = KeyTextTransform("names", _summary())
        found = found.alias(names=names).filter(_matches(asked.text))
    return found


def _summary() -> KeyTransform:
    return KeyTransform("summary", Cast("content", JSONField()))


def _lists(today: date) -> dict[str, Q]:
    """What each list keeps: the conditions of `standing_of`, for the database."""
    issued = Q(is_draft=False, ready_at__isnull=False)
    stands = issued & Q(withdrawn_at=None, replaced_by=None)
    superseded = Q(assessment__superseded_at__isnull=False)
    closed = ~superseded & Q(assessment__closed_at__isnull=False)
    current = stands & ~superseded & ~closed
    # what was rejected is valid until no day
    dated = Q(assessment__rejected_at=None, assessment__result__isnull=False)
    over = dated & Q(assessment__result__valid_until__lt=today)
    soon = dated & Q(assessment__result__valid_until__range=(today, today + SOON))
    return {
        "all": Q(),
        "in_force": current & ~over,
        "ending": current & soon,
        "superseded": issued & Q(withdrawn_at=None) & (Q(replaced_by__isnull=False) | superseded),
        "ended": stands & (closed | (~superseded & over)),
        "withdrawn": issued & Q(withdrawn_at__isnull=False),
        "drafts": Q(is_draft=True),
    }


def _matches(text: str) -> Q:
    return (
        Q(number__icontains=text)
        | Q(assessment__vendor__name__icontains=text)
        | Q(assessment__vendor__legal_name__icontains=text)
        | Q(requested_by__name__icontains=text)
        | Q(digest__istartswith=text)
        | Q(file_sha256__istartswith=text)
        | Q(unsigned_sha256__istartswith=text)
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
    return rows.select_related(
        "assessment__framework", "assessment__closed_by", "certificate", "withdrawn_by"
    )


def issues_of(scorecard: Scorecard) -> list[Scorecard]:
    """The numbered issues of its assessment with their standing, the first one first. One query.

    None for a draft, and for documents that are not about one assessment.
    """
    if scorecard.is_draft or scorecard.kind != Kind.VENDOR:
        return []
    chain = Scorecard.objects.filter(
        assessment=scorecard.assessment_id, kind=Kind.VENDOR, is_draft=False
    )
    rows = chain.select_related("requested_by").defer("content").annotate(summary=_summary())
    return list(with_standing(rows).order_by("issue"))


def is_last_issue(scorecard: Scorecard) -> bool:
    """Whether it is a numbered scorecard that no correction replaced. No query after `register`."""
    # No correction raises an AttributeError.
    return bool(
        scorecard.kind == Kind.VENDOR
        and not scorecard.is_draft
        and getattr(scorecard, "replaced_by", None) is None
    )


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
