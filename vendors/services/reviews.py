"""Deciding on submitted answers: levels, ratings of texts, consent to not applicable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import Answer, Assessment
from vendors.services.audit import record_event
from vendors.services.refusals import Refused, StaleAnswer

if TYPE_CHECKING:
    from vetting.models import User


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decides for one answer; only what fits the answer is used."""

    level: str = ""
    rating: int | None = None
    consented: bool = False


def _held(assessment: Assessment) -> Assessment:
    """The assessment, locked. Raises Refused unless it waits for a decision."""
    held = Assessment.objects.select_for_update(no_key=True).only("state").get(pk=assessment.pk)
    if not held.is_submitted:
        raise Refused(
            _("The assessment does not wait for a decision any more. Load the page again.")
        )
    return held


def _check(assessment: Assessment, answer: Answer, decision: Decision, by: User) -> None:
    """Refuse what a reviewer may not decide."""
    rules = assessment.framework.rules
    criterion = rules.criterion(answer.code)
    if answer.answered_by_id == by.pk:
        raise Refused(_("You gave this answer, so somebody else decides its level."))
    if not answer.is_done:
        raise Refused(_("There is no answer to decide on."))
    if decision.level:
        _check_level(rules, answer, decision.level)
    if decision.rating is not None:
        if criterion.answer_type != scoring.AnswerType.TEXT:
            raise Refused(_("Only a text is rated."))
        if not 0 <= decision.rating <= 5:
            raise Refused(_("Enter a whole number from 0 to 5."))
    if decision.consented and not answer.not_applicable:
        raise Refused(_("This answer applies; there is nothing to consent to."))


def _check_level(rules: scoring.Framework, answer: Answer, level: str) -> None:
    """A level is confirmed or lowered, never raised above what was proposed."""
    known = {entry.value: entry.coefficient for entry in rules.scoring.evidence_levels}
    if level not in known:
        raise Refused(_("This evidence level is not in the framework."))
    proposed = answer.proposed_level or answer.level or scoring.CLAIMED
    if known[level] > max(known[proposed], known[scoring.CLAIMED]):
        raise Refused(_("A level is confirmed or lowered, not raised. Return the answer instead."))


@transaction.atomic
def decide_answer(
    *,
    assessment: Assessment,
    answer: Answer,
    decision: Decision,
    version: int,
    by: User,
) -> Answer:
    """Store a decision on one answer.

    Raises Refused for an own answer, a raised level or a wrong rating, StaleAnswer when the row
    was changed after `version` was read.
    """
    _held(assessment)
    _check(assessment, answer, decision, by)
    before = {"level": answer.level, "rating": answer.rating, "consented": answer.consented}
    columns: dict[str, Any] = {
        "level": decision.level or answer.level,
        "rating": decision.rating if decision.rating is not None else answer.rating,
        "consented": decision.consented if answer.not_applicable else False,
        "decided_at": timezone.now(),
        "decided_by": by,
    }
    changed = Answer.objects.filter(pk=answer.pk, version=version).update(
        version=F("version") + 1, **columns
    )
    if not changed:
        raise StaleAnswer(Answer.objects.select_related("decided_by").get(pk=answer.pk))
    for name, value in columns.items():
        setattr(answer, name, value)
    answer.version = version + 1
    record_event(
        action="answer.decide",
        by=by,
        assessment=assessment,
        subject=answer.code,
        before=before,
        after={"level": answer.level, "rating": answer.rating, "consented": answer.consented},
    )
    return answer


@transaction.atomic
def accept_proposals(*, assessment: Assessment, by: User) -> int:
    """Confirm each undecided proposed level, and consent to each not applicable; return how many.

    Answers that the same person gave, and those outside the tier, are left out. Texts still need a
    rating.
    """
    _held(assessment)
    asked = [item.code for item in assessment.framework.rules.asked(assessment.tier)]
    undecided = (
        assessment.answers.filter(code__in=asked, decided_at=None)
        .filter(Q(is_answered=True) | Q(not_applicable=True))
        .exclude(answered_by=by)
        .order_by("criterion__position")
    )
    accepted = []
    for answer in undecided:
        answer.level = "" if answer.not_applicable else answer.proposed_level or scoring.CLAIMED
        answer.consented = answer.not_applicable
        answer.decided_at = timezone.now()
        answer.decided_by_id = by.pk
        answer.version += 1
        accepted.append(answer)
    Answer.objects.bulk_update(
        accepted, ["level", "consented", "decided_at", "decided_by", "version"]
    )
    if accepted:
        record_event(
            action="answer.accept_proposals",
            by=by,
            assessment=assessment,
            after={answer.code: answer.level or "not_applicable" for answer in accepted},
        )
    return len(accepted)
