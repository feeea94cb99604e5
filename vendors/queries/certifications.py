"""Entries of the certification register, as its pages read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendors.models import Answer, AuditEvent, Certification, Evidence, Standing, State, Vendor
from vendors.permissions import Actor
from vendors.queries.certification_warnings import CertificationWarning, warnings_at
from vendors.queries.vendor_filters import standards_of
from vendors.queries.vendors import all_frameworks, newest_of

#: What an event of the register did, as its history says it.
VERBS = {
    "add": gettext_lazy("Added"),
    "import": gettext_lazy("Imported"),
    "edit": gettext_lazy("Changed"),
    "verify": gettext_lazy("Verified"),
    "suspend": gettext_lazy("Suspended"),
    "withdraw": gettext_lazy("Withdrawn"),
    "restore": gettext_lazy("Back in force"),
    "remove": gettext_lazy("Removed"),
}
#: The fields that a history names, with the words of the form.
FIELDS = {
    "standard": gettext_lazy("Standard"),
    "level": gettext_lazy("Level"),
    "issuer": gettext_lazy("Issued by"),
    "number": gettext_lazy("Number"),
    "issued_on": gettext_lazy("Issued on"),
    "expires_on": gettext_lazy("Ends on"),
    "status": gettext_lazy("Status"),
    "status_on": gettext_lazy("Since"),
    "verified_where": gettext_lazy("Checked at"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field that an event changed, both values in words, "" for none."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class EntryEvent:
    """One line of an entry's history."""

    event: AuditEvent
    verb: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Everything on the page of an entry."""

    entry: Certification
    documents: list[Evidence]
    answers: list[Answer]
    warnings: list[CertificationWarning]
    history: list[EntryEvent]


def entry_for(user: Actor, public_id: UUID) -> QuerySet[Certification]:
    """The entry with this id as the user may see it, unless it was removed."""
    return any_entry_for(user, public_id).filter(removed_at=None)


def any_entry_for(user: Actor, public_id: UUID) -> QuerySet[Certification]:
    """The entry with this id as the user may see it, a removed one too."""
    visible = Vendor.objects.visible_to(user)
    return Certification.objects.filter(public_id=public_id, vendor__in=visible).select_related(
        "vendor", "added_by", "verified_by", "status_by"
    )


def suggested_standards() -> list[str]:
    """The standards that the framework in force asks about. One query."""
    return standards_of(newest_of(all_frameworks().values()))


def answers_behind(entry: Certification) -> list[Answer]:
    """The answers that an entry backs, cancelled assessments aside. One query."""
    return list(
        entry.answers.exclude(assessment__state=State.CANCELLED)
        .select_related("assessment__framework", "criterion")
        .order_by("assessment", "criterion__position")
    )


def entry_page(entry: Certification) -> EntryPage:
    """Read everything that the page of an entry shows. At most five queries."""
    answers = answers_behind(entry)
    for answer in answers:
        answer.assessment.vendor = entry.vendor
    return EntryPage(
        entry=entry,
        documents=list(entry.evidence.kept()),
        answers=answers,
        warnings=warnings_at([(answer, entry) for answer in answers]),
        history=list(_history(entry)),
    )


def _history(entry: Certification) -> Iterator[EntryEvent]:
    """What was done with an entry, newest first. One query."""
    events = AuditEvent.objects.filter(
        vendor=entry.vendor_id, action__startswith="certification."
    ).order_by("-pk")
    wanted = str(entry.public_id)
    for event in events:
        before, after = _kept(event.before), _kept(event.after)
        named = event.action == "certification.import" and str(entry) in (event.after or ())
        if named or wanted in {before.get("entry"), after.get("entry")}:
            verb = event.action.partition(".")[2]
            changes = () if verb in {"add", "remove"} else tuple(_changes(before, after))
            yield EntryEvent(event, str(VERBS.get(verb, verb)), changes)


def _kept(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    """The fields that differ, in words."""
    for name, label in FIELDS.items():
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            yield Change(str(label), _words(name, old), _words(name, new))


def _words(name: str, value: str) -> str:
    """A kept value as people read it."""
    if not value:
        return _("nothing")
    if name == "status":
        return str(Standing(value).label)
    if name.endswith("_on"):
        return date_format(date.fromisoformat(value), "j M Y")
    return value
