"""What happened to one answer, as the reader of a review may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from vendors.models import Assessment, AuditEvent
from vendors.permissions import Actor
from vendors.queries.marks import open_events

#: What happened to one answer, in the words of its history.
ACTIONS = {
    "answer.save": _("Answered"),
    "review.mark": _("Decided"),
    "answer.decide": _("Decided"),
    "answer.return": _("Returned"),
    "answer.return_undo": _("Return taken back"),
    "answer.settle": _("Difference settled"),
}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One thing that happened to an answer."""

    what: str
    who: str
    at: datetime
    remark: str = ""
    level: str = ""
    rating: int | None = None


def history_of(assessment: Assessment, code: str, user: Actor) -> list[HistoryLine]:
    """What happened to one answer, newest first, without what the reader must not see. One query."""
    events = AuditEvent.objects.filter(
        assessment=assessment, subject=code, action__in=list(ACTIONS)
    ).order_by("-pk")
    return [_history_line(event) for event in open_events(events, user)[:20]]


def _history_line(event: AuditEvent) -> HistoryLine:
    after = event.after or {}
    decided = after.get("mark") or after
    is_decision = event.action in {"review.mark", "answer.decide", "answer.settle"}
    return HistoryLine(
        what=str(ACTIONS[event.action]),
        who=event.actor_label,
        at=event.at,
        remark=event.reason,
        level=decided.get("level", "") if is_decision else "",
        rating=decided.get("rating") if is_decision else None,
    )
