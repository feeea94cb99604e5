"""Answers that reviewers sent back: why, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import Answer, Assessment, AuditEvent
from vendors.permissions import Actor
from vendors.queries.marks import open_events
from vendors.queries.review_rows import answer_words

RETURNED, TAKEN_BACK = "answer.return", "answer.return_undo"


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One answer that was sent back, as often as it was; `then` says how it stands now."""

    criterion: scoring.Criterion
    category: scoring.Category
    remark: str
    at: datetime
    by: str
    then: str
    is_open: bool


def returns_of(assessment: Assessment, rows: Iterable[Answer], reader: Actor) -> list[ReturnLine]:
    """Each return on the trail that was not taken back, newest first. One query.

    While reviewers work blind, nobody but who fills in sees what another one returned.
    """
    events = AuditEvent.objects.filter(
        assessment=assessment, action__in=[RETURNED, TAKEN_BACK]
    ).order_by("pk")
    if not assessment.is_in_clarification:
        events = open_events(events, reader)
    by_code = {row.code: row for row in rows}
    standing: dict[str, list[AuditEvent]] = {}
    for event in events:
        if event.action == RETURNED:
            standing.setdefault(event.subject, []).append(event)
        elif standing.get(event.subject):
            standing[event.subject].pop()
    found = [
        _line(assessment, by_code[code], event, is_latest=event is several[-1])
        for code, several in standing.items()
        if code in by_code
        for event in several
    ]
    return sorted(found, key=lambda line: line.at, reverse=True)


def _line(assessment: Assessment, row: Answer, event: AuditEvent, *, is_latest: bool) -> ReturnLine:
    rules = assessment.framework.rules
    criterion = rules.criterion(row.code)
    return ReturnLine(
        criterion=criterion,
        category=rules.category_of(row.code),
        remark=event.reason,
        at=event.at,
        by=event.actor_label,
        then=_then(criterion, row) if is_latest else _("Returned again"),
        is_open=is_latest and row.is_returned,
    )


def _then(criterion: scoring.Criterion, row: Answer) -> str:
    """How the answer stands now."""
    if row.is_returned:
        return _("Not saved again yet")
    if row.returned_at is not None:
        return _("Saved again: %s") % answer_words(criterion, row)
    return _("Settled: %s") % answer_words(criterion, row)
