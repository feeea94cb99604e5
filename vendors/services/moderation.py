"""Two reviewers' marks become one outcome: the careful one, or a settled one where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import Answer, Assessment, Mark, Moderation, Review
from vendors.permissions import can_moderate
from vendors.queries.answer_states import answer_state
from vendors.queries.marks import marks_of, with_marks
from vendors.queries.scores import score_now
from vendors.scoring import Fault
from vendors.services.audit import record_answers
from vendors.services.marks import (
    NOT_RETURNED,
    Decision,
    columns_of,
    level_faults,
    record_answer,
    recorded_answer,
    set_columns,
)
from vendors.services.moves import hold_assessment, move_assessment
from vendors.services.refusals import FaultyInput, Refused

if TYPE_CHECKING:
    from vetting.models import User


def merge_marks(
    *, assessment: Assessment, rows: list[Answer], reviews: list[Review], by: User
) -> None:
    """Write what both marks come to; where they lie too far apart, open a moderation.

    Below the limit the mark with fewer points stands (docs/workflow.md, "Two reviewers"). What was
    settled before, on the same two marks, stays settled. Moves to approval or to moderation.
    """
    firsts, seconds = (marks_of(review) for review in reviews)
    results = [score_now(assessment, with_marks(rows, marks)) for marks in (firsts, seconds)]
    settled = {item.answer_id: item for item in Moderation.objects.filter(answer__in=rows)}
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    careful: list[str] = []
    open_codes: dict[str, str] = {}
    for row in rows:
        if row.is_carried or row.pk not in firsts or row.pk not in seconds:
            continue
        if row.code not in results[0].criteria:
            continue
        pair = (firsts[row.pk], seconds[row.pk])
        first, second = (result.criteria[row.code] for result in results)
        if scoring.needs_moderation(first, second):
            if not _is_still_settled(settled.get(row.pk), pair):
                open_codes[row.code] = str(scoring.spread_of(first, second))
                _open(row, open_codes[row.code])
            continue
        if row.pk in settled:
            settled[row.pk].delete()
        at = scoring.careful_of(first, second) - 1
        before[row.code] = answer_state(row)
        set_columns(row, columns_of(pair[at], reviews[at].reviewer) | NOT_RETURNED)
        after[row.code] = answer_state(row)
        if first != second:
            careful.append(row.code)
    _record(assessment, before, after, careful, by)
    _pass_on(assessment, open_codes, by)


def _record(
    assessment: Assessment,
    before: dict[str, Any],
    after: dict[str, Any],
    careful: list[str],
    by: User,
) -> None:
    reason = ""
    if careful:
        reason = _("The two marks differ; the one with fewer points stands: %s.") % ", ".join(
            careful
        )
    if after:
        record_answers(
            action="answer.merge",
            by=by,
            assessment=assessment,
            before=before,
            after=after,
            reason=reason,
        )


def _is_still_settled(item: Moderation | None, pair: tuple[Mark, Mark]) -> bool:
    """Whether both marks are as old as the settlement."""
    if item is None or item.settled_at is None:
        return False
    return all(mark.decided_at <= item.settled_at for mark in pair)


def _open(row: Answer, spread: str) -> None:
    Moderation.objects.update_or_create(
        answer=row,
        defaults={
            "spread": spread,
            "level": "",
            "rating": None,
            "consented": False,
            "reason": "",
            "settled_at": None,
            "settled_by": None,
        },
    )


def _pass_on(assessment: Assessment, open_codes: dict[str, str], by: User) -> None:
    """To moderation with what is open, else to approval."""
    if open_codes:
        move_assessment(
            assessment=assessment, verb="moderate", after={"spreads": open_codes}, by=by
        )
    else:
        move_assessment(
            assessment=assessment, verb="finish", changes={"reviewed_at": timezone.now()}, by=by
        )


@transaction.atomic
def settle_difference(
    *,
    assessment: Assessment,
    answer: Answer,
    decision: Decision,
    reason: str,
    version: int,
    by: User,
) -> Answer:
    """Settle one difference with a reason; after the last one the assessment goes to approval.

    Raises FaultyInput by field, Refused for anybody but the first reviewer, StaleAnswer when the
    row moved on.
    """
    hold_assessment(assessment)
    if not can_moderate(by, assessment):
        raise Refused(_("The first reviewer settles differences, while it is in moderation."))
    row = recorded_answer(assessment, answer.code, version)
    item = Moderation.objects.filter(answer=row).first()
    if item is None:
        raise Refused(_("The two reviewers do not differ here."))
    faults = _faults(assessment, row, decision, reason)
    if faults:
        raise FaultyInput(faults)
    is_text = assessment.framework.rules.criterion(row.code).answer_type == scoring.AnswerType.TEXT
    item.level = "" if row.not_applicable else decision.level
    item.rating = decision.rating if is_text else None
    item.consented = decision.consented and row.not_applicable
    item.reason, item.settled_at, item.settled_by = reason.strip(), timezone.now(), by
    item.save()
    before = answer_state(row)
    set_columns(row, _columns(item, by) | NOT_RETURNED)
    record_answer(assessment, row, "answer.settle", before, reason=item.reason, by=by)
    if not Moderation.objects.filter(answer__assessment=assessment, settled_at=None).exists():
        move_assessment(
            assessment=assessment, verb="settle", changes={"reviewed_at": timezone.now()}, by=by
        )
    return row


def _columns(item: Moderation, by: User) -> dict[str, Any]:
    return {
        "level": item.level,
        "rating": item.rating,
        "consented": item.consented,
        "remark": item.reason,
        "decided_at": item.settled_at,
        "decided_by_id": by.pk,
    }


def _faults(assessment: Assessment, row: Answer, decision: Decision, reason: str) -> list[Fault]:
    """The reason is the remark; everything else as for a mark."""
    found: list[Fault] = []
    if not row.not_applicable:
        worded = Decision(decision.level, decision.rating, remark=reason.strip())
        found = [item for item in level_faults(assessment, row, worded) if item.path != "remark"]
    if not reason.strip():
        found.append(Fault("remark", _("Say why this level stands.")))
    elif len(reason) > scoring.TEXT_LIMIT:
        found.append(Fault("remark", _("Use at most 10,000 characters.")))
    return found
