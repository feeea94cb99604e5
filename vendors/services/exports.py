"""The trail as a table to take away, with all that a reader needs to check its chains."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from vendors.models import AuditEvent
from vendors.queries.events import EventFilters, matching_events, stored_events
from vendors.services.audit import record_event
from vendors.spreadsheets import safe_cell
from vendors.trail import moment_text

if TYPE_CHECKING:
    from vetting.models import User

#: The columns of the file; those from `chain` to `reason` are what the hash covers.
HEADER = (
    "number",
    "vendor name",
    "assessment title",
    "chain",
    "sequence",
    "previous",
    "at",
    "actor",
    "actor_label",
    "actor_role",
    "origin",
    "action",
    "vendor",
    "assessment",
    "subject",
    "before",
    "after",
    "reason",
    "hash",
)


@transaction.atomic
def record_export(*, action: str, subject: str = "", count: int | None = None, by: User) -> None:
    """Write who took a table or a file away, such as "finding.export", and how many rows it has."""
    after = None if count is None else {"rows": count}
    record_event(action=action, by=by, subject=subject, after=after)


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        """The text."""
        return text


@transaction.atomic
def export_events(*, filters: EventFilters, by: User) -> Iterator[str]:
    """The lines of a CSV file of the events asked for, oldest first; the export is an event itself.

    What a blind review keeps from the reader is left out.

    `before` and `after` stand as they are stored, so that the hash can be computed from a line. A
    cell that a spreadsheet would compute has an apostrophe before it.
    """
    last = AuditEvent.objects.aggregate(last=Max("pk"))["last"] or 0
    asked = {
        "q": filters.q,
        "kind": filters.kind,
        "person": filters.person,
        "vendor": str(filters.vendor or ""),
        "assessment": str(filters.assessment or ""),
        "from": str(filters.from_on or ""),
        "to": str(filters.to_on or ""),
    }
    record_event(
        action="trail.export",
        by=by,
        after={
            "events": matching_events(filters, by).filter(pk__lte=last).count(),
            "filters": {name: value for name, value in asked.items() if value},
        },
    )
    return _lines(filters, last, by)


def _lines(filters: EventFilters, last: int, by: User) -> Iterator[str]:
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff" + writer.writerow(HEADER)
    for event in stored_events(filters, last, by).iterator(chunk_size=500):
        yield writer.writerow([safe_cell(cell) for cell in _cells(event)])


def _cells(event: Any) -> list[object]:
    return [
        event.pk,
        event.vendor.name if event.vendor else "",
        event.assessment.title if event.assessment else "",
        event.chain,
        event.sequence,
        event.previous,
        moment_text(event.at),
        event.actor_id,
        event.actor_label,
        event.actor_role,
        event.origin,
        event.action,
        event.vendor_id,
        event.assessment_id,
        event.subject,
        event.before_text,
        event.after_text,
        event.reason,
        event.digest,
    ]
