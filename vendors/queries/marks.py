"""What one reviewer decided, beside or in place of what the answers hold.

With two reviewers the answers hold nothing until both are done, so each reads their own marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Contains

from vendors.models import Answer, Assessment, AuditEvent, Mark, Review
from vendors.models.states import BLIND_STATES
from vendors.permissions import Actor, Role, is_reviewer

#: Events that say what a reviewer decided.
MARK_ACTIONS = (
    "review.mark",
    "review.accept",
    "answer.decide",
    "answer.accept",
    "answer.return",
    "answer.return_undo",
    "finding.raise",
)
#: Events that say what the first reviewer had decided, whoever asked for the second one.
_PUT_ASIDE = ("answer.withdraw", "answer.restore")
#: Nothing is kept from these roles, for they never review.
NEVER_REVIEW = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
_DECIDED = ("level", "rating", "consented", "remark")


def mark_state(mark: Mark | None) -> dict[str, Any] | None:
    """A mark as the trail records it, what is empty left out; None where there is none."""
    if mark is None:
        return None
    kept = {name: getattr(mark, name) for name in _DECIDED}
    found = {name: value for name, value in kept.items() if value not in {None, "", False}}
    return {"version": mark.version, **found} | (
        {"rating": mark.rating} if mark.rating is not None else {}
    )


def marks_of(review: Review) -> dict[Any, Mark]:
    """A reviewer's marks by the key of the answer. One query."""
    return {mark.answer_id: mark for mark in review.marks.all()}


def with_marks(rows: Iterable[Answer], marks: Mapping[Any, Mark]) -> list[Answer]:
    """Copies of the rows that hold what a reviewer decided; what has no mark is undecided.

    Answers that were carried over keep their decision. The copies are for reading, never saved.
    """
    found = []
    for row in rows:
        shown = copy(row)
        mark = marks.get(row.pk)
        if not row.is_carried:
            shown.level = mark.level if mark else ""
            shown.rating = mark.rating if mark else None
            shown.consented = mark.consented if mark else False
            shown.remark = mark.remark if mark else ""
            shown.decided_at = mark.decided_at if mark else None
            shown.decided_by_id = mark.review.reviewer_id if mark else None
        found.append(shown)
    return found


def may_see_decisions(user: Actor, assessment: Assessment, person_id: Any) -> bool:
    """Whether a reader may see what this reviewer decided: own ones, and all once none is blind.

    Auditors and administrators never review, so nothing is kept from them.
    """
    if not assessment.is_blind or person_id == user.pk:
        return True
    return user.role in {Role.AUDITOR, Role.ADMINISTRATOR} and not is_reviewer(user, assessment)


def open_events(events: QuerySet[AuditEvent], user: Actor) -> QuerySet[AuditEvent]:
    """The events without those that would show a blind reviewer's decisions to somebody else."""
    if user.role in NEVER_REVIEW:
        return events
    blind = Q(assessment__needs_second_review=True, assessment__state__in=BLIND_STATES)
    marked = Q(action__in=MARK_ACTIONS) & ~Q(actor_id=user.pk)
    put_aside = Q(action__in=_PUT_ASIDE) & ~Q(assessment__reviewer_id=user.pk)
    return events.exclude(blind & (marked | put_aside))


def readable_events(events: QuerySet[AuditEvent], user: Actor) -> QuerySet[AuditEvent]:
    """The same where the whole state before and after is shown.

    An answer that was saved again after it was returned names the remark that it came back with.
    """
    if user.role in NEVER_REVIEW:
        return events
    saved = Q(
        assessment__needs_second_review=True,
        assessment__state__in=BLIND_STATES,
        action__startswith="answer.",
    )
    names_return = Q(_has_words("before", "return_remark")) | Q(
        _has_words("after", "return_remark")
    )
    return open_events(events, user).exclude(saved & names_return & ~Q(actor_id=user.pk))


def _has_words(column: str, words: str) -> Contains:
    """Whether a state, as it is stored, holds these words; no where there is no state."""
    return Contains(Coalesce(Cast(column, TextField()), Value("", TextField())), words)
