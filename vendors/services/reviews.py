"""The course of a review: who takes it, a second reviewer, and when it is done.

Deciding on answers, sending them back and settling differences have modules of their own; pages
and commands import all of it from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vendors.models import Answer, Assessment, Review
from vendors.permissions import can_ask_second_review, can_drop_second_review, can_take_review
from vendors.queries.answer_states import answer_state, recorded_answers
from vendors.queries.marks import marks_of, with_marks
from vendors.queries.review_rows import is_settled
from vendors.services.accepting import accept_proposals
from vendors.services.audit import record_answers, record_event
from vendors.services.marks import (
    NOT_RETURNED,
    UNDECIDED,
    Decision,
    columns_of,
    decide_answer,
    set_columns,
    unfinished_review,
)
from vendors.services.moderation import merge_marks, settle_difference
from vendors.services.moves import hold_assessment, move_assessment
from vendors.services.refusals import Refused
from vendors.services.returns import return_answer, send_returns, undo_return

if TYPE_CHECKING:
    from vetting.models import User

__all__ = [
    "Decision",
    "accept_proposals",
    "ask_second_review",
    "decide_answer",
    "drop_second_review",
    "finish_review",
    "reopen_reviews",
    "return_answer",
    "send_returns",
    "settle_difference",
    "take_review",
    "undo_return",
]

#: How many codes a refusal names before it only counts.
NAMED = 8


@transaction.atomic
def take_review(*, assessment: Assessment, by: User) -> Review:
    """Become the reviewer, or the second one, declaring no conflict of interest.

    Raises Refused when somebody else took it meanwhile.
    """
    hold_assessment(assessment)
    now = timezone.now()
    if not can_take_review(by, assessment):
        raise Refused(_("Somebody took this review meanwhile. Load the page again."))
    position = 2 if assessment.reviewer_id else 1
    name = "second_reviewer" if position == 2 else "reviewer"
    declared = {"position": position, "declared": "no conflict of interest"}
    if assessment.is_submitted:
        move_assessment(
            assessment=assessment, verb="review", changes={name: by}, after=declared, by=by
        )
    else:
        Assessment.objects.filter(pk=assessment.pk).update(**{name: by})
        assessment.refresh_from_db()
        record_event(action="review.take", by=by, assessment=assessment, after=declared)
    return Review.objects.create(
        assessment=assessment, reviewer=by, position=position, declared_at=now
    )


@transaction.atomic
def ask_second_review(*, assessment: Assessment, by: User) -> None:
    """Ask for a second reviewer, who decides without seeing what the first decided.

    What the first has decided goes off the answers until both are done; their marks stay. Raises
    Refused when one is asked for already, or the review is over.
    """
    hold_assessment(assessment)
    if not can_ask_second_review(by, assessment) or assessment.needs_second_review:
        raise Refused(_("A second reviewer is asked for already, or the review has moved on."))
    Assessment.objects.filter(pk=assessment.pk).update(needs_second_review=True)
    assessment.refresh_from_db()
    record_event(action="review.ask_second", by=by, assessment=assessment)
    first = assessment.reviews.filter(position=1).first()
    if first:
        marked = set(marks_of(first))
        rows = [row for row in recorded_answers(assessment) if row.pk in marked and row.decided_at]
        columns = {row.code: UNDECIDED for row in rows}
        _rewrite(assessment, rows, columns, "answer.withdraw", by)


@transaction.atomic
def drop_second_review(*, assessment: Assessment, by: User) -> None:
    """Do without the second reviewer while nobody took it; the first one's marks count again.

    Raises Refused once somebody took it. A first reviewer who is done has finished with it.
    """
    hold_assessment(assessment)
    if not can_drop_second_review(by, assessment):
        raise Refused(_("The second review was taken meanwhile, so it stays."))
    Assessment.objects.filter(pk=assessment.pk).update(needs_second_review=False)
    assessment.refresh_from_db()
    record_event(action="review.drop_second", by=by, assessment=assessment)
    first = assessment.reviews.select_related("reviewer").filter(position=1).first()
    if first is None:
        return
    marks = marks_of(first)
    rows = [row for row in recorded_answers(assessment) if row.pk in marks]
    columns = {row.code: columns_of(marks[row.pk], first.reviewer) | NOT_RETURNED for row in rows}
    _rewrite(assessment, rows, columns, "answer.restore", by)
    if first.finished_at is not None:
        _finish(assessment, by)


def _rewrite(
    assessment: Assessment,
    rows: list[Answer],
    columns: dict[str, dict[str, Any]],
    action: str,
    by: User,
) -> None:
    """Store columns of several answers with one event."""
    before = {row.code: answer_state(row) for row in rows}
    for row in rows:
        set_columns(row, columns[row.code])
    if rows:
        after = {row.code: answer_state(row) for row in rows}
        record_answers(action=action, by=by, assessment=assessment, before=before, after=after)


@transaction.atomic
def finish_review(*, assessment: Assessment, by: User) -> None:
    """Be done with one's part; when all are, pass the assessment to approval or to moderation.

    Raises Refused while an answer is undecided or a returned one is open.
    """
    review = unfinished_review(assessment, by)
    rows = recorded_answers(assessment)
    _require_decided(assessment, review, rows)
    review.finished_at = timezone.now()
    review.save(update_fields=["finished_at"])
    if not assessment.needs_second_review:
        _finish(assessment, by)
        return
    record_event(
        action="review.finish", by=by, assessment=assessment, after={"position": review.position}
    )
    reviews = list(assessment.reviews.select_related("reviewer").order_by("position"))
    if len(reviews) == 2 and all(part.finished_at for part in reviews):
        merge_marks(assessment=assessment, rows=rows, reviews=reviews, by=by)


def _finish(assessment: Assessment, by: User) -> None:
    move_assessment(
        assessment=assessment, verb="finish", changes={"reviewed_at": timezone.now()}, by=by
    )


def _require_decided(assessment: Assessment, review: Review, rows: list[Answer]) -> None:
    """Raise Refused with the codes that are still undecided, or returned and not sent."""
    asked = {item.code: item for item in assessment.framework.rules.asked(assessment.tier)}
    returned = [row.code for row in rows if row.code in asked and row.is_returned]
    if returned:
        raise Refused(
            _("Send the returned answers back, or take their return back: %s.") % _named(returned)
        )
    shown = with_marks(rows, marks_of(review)) if assessment.is_blind else rows
    left = [
        row.code
        for row in shown
        if row.code in asked
        and row.is_done
        and not row.is_carried
        and not is_settled(row, asked[row.code])
    ]
    if left:
        words = ngettext("%d answer is undecided:", "%d answers are undecided:", len(left))
        raise Refused(f"{words % len(left)} {_named(left)}.")


def _named(codes: list[str]) -> str:
    return ", ".join(codes[:NAMED]) + (", ..." if len(codes) > NAMED else "")


def reopen_reviews(assessment: Assessment) -> int:
    """Let each reviewer go on after it was sent back; return how many. Marks stay as they are.

    Writes no event: whoever sends back records that.
    """
    return Review.objects.filter(assessment=assessment).update(finished_at=None)
