"""Events as the page of the trail asks for them: filters, kinds, and what to choose from."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vendors.models import Assessment, AuditEvent, Vendor
from vendors.permissions import Actor
from vendors.queries.marks import NEVER_REVIEW, readable_events

PAGE_SIZE = 50
#: The person of events that a command or a task wrote.
SYSTEM = "system"


def _begins(*prefixes: str) -> Q:
    return reduce(or_, (Q(action__startswith=prefix) for prefix in prefixes))


def _is(*actions: str) -> Q:
    return Q(action__in=actions)


_LINKS = ("answer.evidence",)
_DECIDED = (
    "answer.decide",
    "answer.accept",
    "answer.accept_proposals",
    "answer.merge",
    "answer.settle",
    "answer.withdraw",
    "answer.restore",
)
_RETURNED = ("answer.return", "answer.return_undo")
#: Kinds of events, by the code in the address.
KINDS: dict[str, tuple[str | Promise, Q]] = {
    "states": (_("State changes"), _begins("assessment.")),
    "answers": (
        _("Answers"),
        (_begins("answer.") | _is("assessment.import", "assessment.baseline"))
        & ~_is(*_LINKS, *_DECIDED, *_RETURNED),
    ),
    "evidence": (
        _("Evidence and certifications"),
        _begins("evidence.", "certification.") | _is(*_LINKS),
    ),
    "decisions": (
        _("Decisions and waivers"),
        _begins("review.", "waiver.", "moderation.")
        | _is(*_DECIDED, *_RETURNED)
        | _is("assessment.approve", "assessment.approve_with_conditions", "assessment.reject")
        | _is("assessment.send_back", "assessment.freeze", "comparison.save", "comparison.choose")
        | _is("scorecard.correct", "scorecard.withdraw"),
    ),
    "findings": (_("Findings and actions"), _begins("finding.", "action.")),
    "vendors": (_("Vendors"), _begins("vendor.")),
    "access": (_("Roles and access"), _begins("user.")),
    "framework": (_("Framework and weights"), _begins("framework.", "profile.")),
    "downloads": (
        _("Downloads"),
        Q(action__endswith=".download")
        | Q(action__endswith=".export")
        | _begins("scorecard.", "bundle.", "trail."),
    ),
}


@dataclass(frozen=True, slots=True)
class EventFilters:
    """What somebody asks the trail for; "" and None mean any. Both days are included."""

    q: str = ""
    kind: str = ""
    person: str = ""
    vendor: uuid.UUID | None = None
    assessment: uuid.UUID | None = None
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class EventOptions:
    """What each filter offers, as value and label."""

    kinds: list[tuple[str, str]]
    people: list[tuple[str, str]]
    vendors: list[tuple[str, str]]


def matching_events(filters: EventFilters, user: Actor) -> QuerySet[AuditEvent]:
    """The events asked for that the reader may see, newest first."""
    found = readable_events(AuditEvent.objects.order_by("-pk"), user)
    if filters.kind in KINDS:
        found = found.filter(KINDS[filters.kind][1])
    if filters.person:
        is_system = filters.person == SYSTEM
        found = found.filter(actor=None if is_system else int(filters.person))
    if filters.vendor:
        found = found.filter(vendor__public_id=filters.vendor)
    if filters.assessment:
        found = found.filter(assessment__public_id=filters.assessment)
    if filters.from_on:
        found = found.filter(at__gte=_start_of(filters.from_on))
    if filters.to_on:
        found = found.filter(at__lt=_start_of(filters.to_on + timedelta(days=1)))
    return found.filter(_saying(filters.q)) if filters.q else found


def _start_of(day: date) -> datetime:
    """Midnight in the site's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _saying(text: str) -> Q:
    """A number, a criterion, a hash, or words of subject, reason or name."""
    found = (
        Q(subject__icontains=text)
        | Q(reason__icontains=text)
        | Q(actor_label__icontains=text)
        | Q(digest__startswith=text.casefold())
    )
    if any(letter.isdigit() for letter in text):
        # findings and waivers name their criterion inside; the field compares it as JSON, in quotes
        found |= Q(after__icontains=text.upper())
    digits = text.replace(",", "")
    if digits.isascii() and digits.isdigit() and len(digits) <= 18:
        found |= Q(pk=int(digits))
    return found


def all_events() -> int:
    """How many events there are. One query."""
    return AuditEvent.objects.count()


def withheld_events(user: Actor) -> int:
    """How many events of blind reviews are kept from the reader. Two queries.

    Whatever the filters: a count by words would tell what the events hold.
    """
    if user.role in NEVER_REVIEW:
        return 0
    return all_events() - readable_events(AuditEvent.objects.all(), user).count()


def stored_events(filters: EventFilters, last: int, user: Actor) -> QuerySet[AuditEvent]:
    """The events asked for up to number `last`, oldest first, with their stored texts."""
    return (
        matching_events(filters, user)
        .filter(pk__lte=last)
        .order_by("pk")
        .select_related("vendor", "assessment")
        .annotate(before_text=Cast("before", TextField()), after_text=Cast("after", TextField()))
    )


def event_options() -> EventOptions:
    """What there is to choose from. Two queries."""
    rows = AuditEvent.objects.exclude(actor=None).order_by()
    names = dict(rows.values_list("actor", "actor_label").distinct())
    people = sorted(((str(key), label) for key, label in names.items()), key=lambda row: row[1])
    return EventOptions(
        kinds=[(code, str(label)) for code, (label, _held) in KINDS.items()],
        people=[*people, (SYSTEM, str(_("System")))],
        vendors=[
            (str(public_id), name)
            for public_id, name in Vendor.objects.order_by("name_key").values_list(
                "public_id", "name"
            )
        ],
    )


def assessment_title(public_id: uuid.UUID | None) -> str:
    """The vendor and title of an assessment, "" where there is none. One query."""
    if public_id is None:
        return ""
    found = Assessment.objects.filter(public_id=public_id).select_related("vendor").first()
    return f"{found.vendor.name}, {found.title}" if found else ""
