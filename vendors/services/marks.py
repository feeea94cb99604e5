"""What a reviewer decides on single answers: a mark, and sending an answer back.

With one reviewer the answer takes the mark at once. With two the marks alone are stored until both
are done, so that neither sees the other's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import Answer, Assessment, Mark, Review
from vendors.permissions import can_decide, can_review
from vendors.queries.answer_states import answer_state, recorded_answers
from vendors.queries.marks import mark_state
from vendors.scoring import Fault
from vendors.services.audit import record_event
from vendors.services.moves import hold_assessment
from vendors.services.refusals import FaultyInput, Refused, StaleAnswer

if TYPE_CHECKING:
    from vetting.models import User

#: What an answer holds while nobody decided on it.
UNDECIDED: dict[str, Any] = {
    "level": "",
    "rating": None,
    "consented": False,
    "remark": "",
    "decided_at": None,
    "decided_by_id": None,
}
NOT_RETURNED: dict[str, Any] = {
    "returned_at": None,
    "returned_by_id": None,
    "return_remark": "",
    "corrected_at": None,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decides for one answer; only what fits the answer is used."""

    level: str = ""
    rating: int | None = None
    consented: bool = False
    remark: str = ""


def held_review(assessment: Assessment, by: User) -> Review:
    """Lock the assessment; the reader's part in its review. Raises Refused if it is not theirs."""
    hold_assessment(assessment)
    if not can_review(by, assessment):
        raise Refused(_("You do not review this assessment now. Load the page again."))
    return Review.objects.get(assessment=assessment, reviewer=by)


def unfinished_review(assessment: Assessment, by: User) -> Review:
    """The same, for a change of what was decided. Raises Refused once the reader is done."""
    review = held_review(assessment, by)
    if review.finished_at is not None:
        raise Refused(_("You have finished your review. It opens again only if it is sent back."))
    return review


def recorded_answer(assessment: Assessment, code: str, version: int) -> Answer:
    """The row as it stands, with all that its state needs. Raises StaleAnswer if it moved on."""
    (row,) = recorded_answers(assessment, [code])
    if row.version != version:
        raise StaleAnswer(Answer.objects.select_related("decided_by").get(pk=row.pk))
    return row


@transaction.atomic
def decide_answer(
    *,
    assessment: Assessment,
    answer: Answer,
    decision: Decision,
    version: int,
    mark_version: int | None = None,
    by: User,
) -> Answer:
    """Store a reviewer's decision on one answer, and return the row as it stands.

    `version` is the answer's as it was read, `mark_version` that of the reader's own mark (0 for
    none). Raises FaultyInput by field, Refused for what is not theirs to decide, StaleAnswer when
    somebody, or another window, was there first.
    """
    review = unfinished_review(assessment, by)
    row = recorded_answer(assessment, answer.code, version)
    if not can_decide(by, assessment, row):
        raise Refused(
            _("You gave this answer, or it was carried over, so it is not yours to decide.")
        )
    decision = _fitting(assessment, row, decision)
    faults = decision_faults(assessment, row, decision)
    if faults:
        raise FaultyInput(faults)
    before = Mark.objects.filter(review=review, answer=row).first()
    if mark_version is not None and mark_version != (before.version if before else 0):
        raise StaleAnswer(row)
    old = mark_state(before)
    mark = put_mark(review, row, decision, before)
    if assessment.is_blind:
        record_event(
            action="review.mark",
            by=by,
            assessment=assessment,
            subject=row.code,
            before=old,
            after={"position": review.position, "mark": mark_state(mark)},
        )
    else:
        state = answer_state(row)
        set_columns(row, columns_of(mark, by) | NOT_RETURNED)
        record_answer(assessment, row, "answer.decide", state, by=by)
    return row


def record_answer(
    assessment: Assessment, row: Answer, action: str, before: Any, *, reason: str = "", by: User
) -> None:
    """The event of a change to one answer, with its whole state before and after."""
    record_event(
        action=action,
        by=by,
        assessment=assessment,
        subject=row.code,
        before=before,
        after=answer_state(row),
        reason=reason,
    )


def put_mark(review: Review, row: Answer, decision: Decision, before: Mark | None = None) -> Mark:
    """Store a mark in place of the one before, by compare-and-swap on its version."""
    columns = {
        "level": decision.level,
        "rating": decision.rating,
        "consented": decision.consented,
        "remark": decision.remark,
        "decided_at": timezone.now(),
    }
    if before is None:
        return Mark.objects.create(review=review, answer=row, **columns)
    changed = Mark.objects.filter(pk=before.pk, version=before.version).update(
        version=F("version") + 1, **columns
    )
    if not changed:
        raise StaleAnswer(row)
    for name, value in columns.items():
        setattr(before, name, value)
    before.version += 1
    return before


def columns_of(mark: Mark, by: User) -> dict[str, Any]:
    """What an answer holds once it takes a mark."""
    return {
        "level": mark.level,
        "rating": mark.rating,
        "consented": mark.consented,
        "remark": mark.remark,
        "decided_at": mark.decided_at,
        "decided_by_id": by.pk,
    }


def set_columns(row: Answer, columns: dict[str, Any]) -> None:
    """Store columns of an answer and count its version up. Raises StaleAnswer if it moved on."""
    changed = Answer.objects.filter(pk=row.pk, version=row.version).update(
        version=F("version") + 1, **columns
    )
    if not changed:
        raise StaleAnswer(Answer.objects.select_related("decided_by").get(pk=row.pk))
    for name, value in columns.items():
        setattr(row, name, value)
    row.version += 1


def _fitting(assessment: Assessment, row: Answer, decision: Decision) -> Decision:
    """The decision without what does not belong to this kind of answer."""
    if row.not_applicable:
        return Decision(consented=decision.consented, remark=decision.remark.strip())
    criterion = assessment.framework.rules.criterion(row.code)
    is_text = criterion.answer_type == scoring.AnswerType.TEXT
    return Decision(
        level=decision.level,
        rating=decision.rating if is_text else None,
        remark=decision.remark.strip(),
    )


def decision_faults(assessment: Assessment, row: Answer, decision: Decision) -> list[Fault]:
    """What is wrong with a decision, by field. Raises Refused where there is nothing to decide."""
    if not row.is_done:
        raise Refused(_("There is no answer to decide on."))
    if row.is_returned:
        raise Refused(_("This answer is returned. Take the return back to decide on it."))
    faults = []
    if len(decision.remark) > scoring.TEXT_LIMIT:
        faults.append(Fault("remark", _("Use at most 10,000 characters.")))
    if row.not_applicable:
        if not decision.consented:
            faults.append(Fault("consented", _("Tick your consent, or return the answer.")))
        return faults
    return faults + level_faults(assessment, row, decision)


def level_faults(assessment: Assessment, row: Answer, decision: Decision) -> list[Fault]:
    """What is wrong with level, rating and the remark that they call for."""
    rules = assessment.framework.rules
    faults = []
    if not decision.level:
        faults.append(Fault("level", _("Choose an evidence level.")))
    elif decision.level not in rules.scoring.level_values:
        faults.append(Fault("level", _("This evidence level is not in the framework.")))
    if rules.criterion(row.code).answer_type == scoring.AnswerType.TEXT and (
        decision.rating is None or not 0 <= decision.rating <= 5
    ):
        faults.append(Fault("rating", _("Rate the text from 0 to 5.")))
    missing = "" if decision.remark else missing_remark(row, decision.level)
    return [*faults, Fault("remark", missing)] if missing else faults


def missing_remark(row: Answer, level: str) -> str:
    """Why a level needs a remark here; "" where it stands without."""
    if level == scoring.VERIFIED:
        return _("Verified needs a line on how you checked.")
    if level == scoring.REJECTED:
        return _("Say what the evidence contradicts.")
    if level == scoring.DOCUMENTED and not is_backed(row):
        return _("No document is linked here: say where you saw the proof.")
    return ""


def is_backed(row: Answer) -> bool:
    """Whether a document or an entry of the register stands behind the answer."""
    entries = any(entry.removed_at is None for entry in row.certifications.all())
    return entries or bool(row.evidence_links.all())


def clear_marks(rows: Iterable[Answer]) -> None:
    """Take both reviewers' marks off answers; what they were stands in the trail."""
    Mark.objects.filter(answer__in=rows).delete()
