"""Saving answers by compare-and-swap: a save that comes too late changes nothing and says so."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import Answer, Assessment, Certification
from vendors.scoring import Fault
from vendors.services.audit import record_event
from vendors.services.refusals import FaultyInput, Refused, StaleAnswer

if TYPE_CHECKING:
    from vetting.models import User


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """What somebody typed for one criterion: `value` as text, None with is_answered for "never"."""

    value: str | None = None
    is_answered: bool = False
    valid_to: date | None = None
    not_applicable: bool = False
    reason: str = ""
    comment: str = ""
    proposed_level: str = ""
    level_valid_to: date | None = None
    certifications: tuple[Certification, ...] = field(default=())


def faults_of(assessment: Assessment, code: str, change: AnswerChange) -> list[Fault]:
    """What is wrong with a change, by field, in words for the person who typed it."""
    rules = assessment.framework.rules
    criterion = rules.criterion(code)
    try:
        value = scoring.read_value(criterion, change.value) if change.is_answered else None
    except scoring.AnswerError as error:
        return [Fault(error.field, error.message)]
    answer = scoring.Answer(
        value=value,
        is_answered=change.is_answered,
        valid_to=change.valid_to,
        level=change.proposed_level or None,
        level_valid_to=change.level_valid_to,
        not_applicable=change.not_applicable,
        reason=change.reason,
        comment=change.comment,
    )
    found = scoring.check_answer(
        criterion, answer, timezone.localdate(), rules.scoring.level_values
    )
    return [Fault(fault.field, fault.message) for fault in found]


def _recorded(answer: Answer, certifications: tuple[Certification, ...] | None) -> dict[str, Any]:
    """An answer as the trail keeps it: only what is set."""
    kept: dict[str, Any] = {
        "value": answer.value if answer.is_answered else None,
        "never": answer.is_answered and answer.value is None,
        "valid_to": answer.valid_to.isoformat() if answer.valid_to else None,
        "not_applicable": answer.not_applicable,
        "reason": answer.reason,
        "comment": answer.comment,
        "proposed_level": answer.proposed_level,
        "level_valid_to": answer.level_valid_to.isoformat() if answer.level_valid_to else None,
        "level": answer.level,
        "certifications": [str(entry.public_id) for entry in certifications or ()],
    }
    return {name: value for name, value in kept.items() if value not in (None, "", False, [])}


@transaction.atomic
def save_answer(
    *,
    assessment: Assessment,
    answer: Answer,
    change: AnswerChange,
    version: int,
    by: User,
) -> Answer:
    """Store one answer and its event, and return the row as it stands now.

    Raises FaultyInput for bad input, StaleAnswer when somebody saved after `version` was read,
    Refused when the answers are locked. A changed answer loses the level that was decided for it.
    """
    faults = faults_of(assessment, answer.code, change)
    if faults:
        raise FaultyInput(faults)
    change = _exact(assessment, answer.code, change)
    _hold(assessment)
    entries = tuple(answer.certifications.all()) if _has_register(assessment, answer) else ()
    before = _recorded(answer, entries)
    if answer.version == version and _same(answer, change, entries):
        return answer
    _swap(answer, change, version, by)
    if assessment.as_of is not None:
        # an import's own day stands only until somebody edits it
        Assessment.objects.filter(pk=assessment.pk).update(as_of=None)
        assessment.as_of = None
    _back(answer, set(entries), set(change.certifications))
    record_event(
        action="answer.save",
        by=by,
        assessment=assessment,
        subject=answer.code,
        before=before,
        after=_recorded(answer, change.certifications),
    )
    return answer


def _back(answer: Answer, before: set[Certification], after: set[Certification]) -> None:
    """Store which register entries back the answer; at most two queries."""
    if before - after:
        answer.certifications.remove(*(before - after))
    if after - before:
        answer.certifications.add(*(after - before))


def _hold(assessment: Assessment) -> None:
    """Lock the assessment against a submission that comes at the same moment.

    Raises Refused when the answers are locked already.
    """
    held = (
        Assessment.objects.select_for_update(no_key=True)
        .only("state", "as_of")
        .get(pk=assessment.pk)
    )
    if not held.is_in_progress:
        raise Refused(_("The answers are locked: the assessment was submitted meanwhile."))
    assessment.as_of = held.as_of


def _swap(answer: Answer, change: AnswerChange, version: int, by: User) -> None:
    """Store the change if nobody saved after `version`; raises StaleAnswer else."""
    changed = Answer.objects.filter(pk=answer.pk, version=version).update(
        version=F("version") + 1, **_columns(change, by)
    )
    if not changed:
        raise StaleAnswer(Answer.objects.select_related("answered_by").get(pk=answer.pk))
    _apply(answer, change, by)
    answer.version = version + 1


def _exact(assessment: Assessment, code: str, change: AnswerChange) -> AnswerChange:
    """The change with its value as exact text: 97.5 for "97,5"."""
    if not change.is_answered:
        return change
    criterion = assessment.framework.rules.criterion(code)
    return replace(change, value=scoring.write_value(scoring.read_value(criterion, change.value)))


def _has_register(assessment: Assessment, answer: Answer) -> bool:
    """Whether register entries may back this answer."""
    criterion = assessment.framework.rules.criterion(answer.code)
    return bool(criterion.standards)


def _columns(change: AnswerChange, by: User) -> dict[str, Any]:
    """The stored columns of a change; what a reviewer decided before is void."""
    return {
        "is_answered": change.is_answered and not change.not_applicable,
        "value": change.value if change.is_answered and not change.not_applicable else None,
        "valid_to": change.valid_to,
        "not_applicable": change.not_applicable,
        "reason": change.reason,
        "comment": change.comment,
        "proposed_level": change.proposed_level,
        "level_valid_to": change.level_valid_to,
        "answered_at": timezone.now(),
        "answered_by": by,
        "level": "",
        "rating": None,
        "consented": False,
        "decided_at": None,
        "decided_by": None,
    }


def _apply(answer: Answer, change: AnswerChange, by: User) -> None:
    """Bring the row in memory to what was stored."""
    for name, value in _columns(change, by).items():
        setattr(answer, name, value)


def _same(answer: Answer, change: AnswerChange, entries: tuple[Certification, ...]) -> bool:
    """Whether a save would change nothing: typing twice is no event."""
    wanted = _columns(change, by=None)  # type: ignore[arg-type]
    names = [
        "is_answered",
        "value",
        "valid_to",
        "not_applicable",
        "reason",
        "comment",
        "proposed_level",
        "level_valid_to",
    ]
    return set(entries) == set(change.certifications) and all(
        getattr(answer, name) == wanted[name] for name in names
    )
