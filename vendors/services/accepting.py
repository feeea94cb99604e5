"""Accepting together what nobody needs to look at again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import Answer, Assessment, Mark, Review
from vendors.queries.answer_states import answer_state, recorded_answers
from vendors.queries.last_answers import Last, is_acceptable, last_of
from vendors.queries.marks import mark_state, marks_of
from vendors.services.audit import record_answers, record_event
from vendors.services.marks import (
    NOT_RETURNED,
    Decision,
    columns_of,
    put_mark,
    set_columns,
    unfinished_review,
)

if TYPE_CHECKING:
    from vetting.models import User


@transaction.atomic
def accept_proposals(*, assessment: Assessment, by: User) -> list[str]:
    """Accept the undecided answers that stand unchanged, or are only proposed as claimed.

    Unchanged means: the same answer as in the vendor's last decided assessment, with the same
    level. Returns their codes. Raises Refused for who does not review, or is done.
    """
    review = unfinished_review(assessment, by)
    last = last_of(assessment)
    marks = marks_of(review)
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for row in _undecided(assessment, marks):
        decision = _decision(assessment, row, last)
        if decision is None:
            continue
        state = answer_state(row)
        mark = put_mark(review, row, decision)
        if assessment.is_blind:
            after[row.code] = mark_state(mark)
        else:
            set_columns(row, columns_of(mark, by) | NOT_RETURNED)
            before[row.code], after[row.code] = state, answer_state(row)
    _record(assessment, review, before, after, by)
    return list(after)


def _undecided(assessment: Assessment, marks: dict[Any, Mark]) -> list[Answer]:
    """The asked rows that this reviewer has not decided on."""
    asked = {criterion.code for criterion in assessment.framework.rules.asked(assessment.tier)}
    rows = [row for row in recorded_answers(assessment) if row.code in asked]
    if assessment.is_blind:
        return [row for row in rows if row.pk not in marks]
    return [row for row in rows if row.decided_at is None and row.pk not in marks]


def _decision(assessment: Assessment, row: Answer, last: Last | None) -> Decision | None:
    criterion = assessment.framework.rules.criterion(row.code)
    found = is_acceptable(row, criterion, last)
    if found is None:
        return None
    level, rating, consented = found
    remark = ""
    if level not in {"", scoring.CLAIMED} or consented:
        title = last.assessment.title if last else ""
        remark = _("Unchanged since assessment %s.") % title
    return Decision(level=level, rating=rating, consented=consented, remark=remark)


def _record(
    assessment: Assessment, review: Review, before: dict[str, Any], after: dict[str, Any], by: User
) -> None:
    """One event for all of them; marks alone while there are two reviewers."""
    if not after:
        return
    if assessment.is_blind:
        marks = {"position": review.position, "marks": after}
        record_event(action="review.accept", by=by, assessment=assessment, after=marks)
    else:
        record_answers(
            action="answer.accept", by=by, assessment=assessment, before=before, after=after
        )
