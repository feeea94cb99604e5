"""Sending answers back to whoever filled them in: these alone open again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vendors import scoring
from vendors.models import Answer, Assessment, Review
from vendors.permissions import can_decide
from vendors.queries.answer_states import answer_state
from vendors.scoring import Fault
from vendors.services.marks import (
    NOT_RETURNED,
    UNDECIDED,
    clear_marks,
    held_review,
    record_answer,
    recorded_answer,
    set_columns,
    unfinished_review,
)
from vendors.services.moves import move_assessment
from vendors.services.refusals import FaultyInput, Refused

if TYPE_CHECKING:
    from vetting.models import User

#: How many codes the reason of a return names before it only counts.
NAMED = 12


@transaction.atomic
def return_answer(
    *, assessment: Assessment, answer: Answer, remark: str, version: int, by: User
) -> Answer:
    """Send one answer back with a remark; what was decided on it, by anybody, is void.

    It leaves with `send_returns`. A second reviewer who was done has it to decide again. Raises
    FaultyInput without a remark, Refused for what was carried over, StaleAnswer if it moved on.
    """
    unfinished_review(assessment, by)
    row = recorded_answer(assessment, answer.code, version)
    if not can_decide(by, assessment, row):
        raise Refused(_("This answer was carried over, so it is not asked again here."))
    remark = remark.strip()
    if not remark:
        raise FaultyInput([Fault("remark", _("Say what is missing, so that it can be mended."))])
    if len(remark) > scoring.TEXT_LIMIT:
        raise FaultyInput([Fault("remark", _("Use at most 10,000 characters."))])
    before = answer_state(row)
    returned = {"returned_at": timezone.now(), "returned_by_id": by.pk, "return_remark": remark}
    set_columns(row, UNDECIDED | returned | {"corrected_at": None})
    clear_marks([row])
    Review.objects.filter(assessment=assessment).update(finished_at=None)
    record_answer(assessment, row, "answer.return", before, reason=remark, by=by)
    return row


@transaction.atomic
def undo_return(*, assessment: Assessment, answer: Answer, version: int, by: User) -> Answer:
    """Take a return back before it is sent. Raises Refused where there is none of one's own."""
    unfinished_review(assessment, by)
    row = recorded_answer(assessment, answer.code, version)
    if not row.is_returned or row.returned_by_id != by.pk:
        raise Refused(_("You have not returned this answer."))
    before = answer_state(row)
    set_columns(row, NOT_RETURNED)
    record_answer(assessment, row, "answer.return_undo", before, by=by)
    return row


@transaction.atomic
def send_returns(*, assessment: Assessment, by: User) -> int:
    """Open the returned answers, and these alone, to whoever fills in; return how many.

    Raises Refused when none is returned.
    """
    held_review(assessment, by)
    codes = [
        row.code for row in assessment.answers.order_by("criterion__position") if row.is_returned
    ]
    if not codes:
        raise Refused(_("No answer is returned. Return one with a remark first."))
    named = ", ".join(codes[:NAMED]) + (", ..." if len(codes) > NAMED else "")
    words = ngettext("%d answer is returned:", "%d answers are returned:", len(codes)) % len(codes)
    move_assessment(
        assessment=assessment,
        verb="return",
        changes={
            "returned_at": timezone.now(),
            "returned_by": by,
            "return_reason": f"{words} {named}",
        },
        after={"returned": codes},
        by=by,
    )
    return len(codes)
