"""Saving answers by compare-and-swap: a save that comes too late changes nothing and says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, F
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import Answer, AnswerEvidence, Assessment, Certification
from vendors.permissions import is_answer_open
from vendors.queries.answer_states import answer_state
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


@transaction.atomic
def save_answer(
    *,
    assessment: Assessment,
    answer: Answer,
    change: AnswerChange,
    version: int,
    attached: Iterable[Certification] | None = None,
    by: User,
) -> Answer:
    """Store one answer and its event, and return the row as it stands now.

    `attached` are the register entries behind it as they were read with the row; they are read
    here where it is None. A change of them makes another version, as every change does.

    Raises FaultyInput for bad input, StaleAnswer when somebody saved after `version` was read,
    Refused when the answers are locked. A changed answer loses the level that was decided for it.
    """
    faults = faults_of(assessment, answer.code, change)
    if faults:
        raise FaultyInput(faults)
    change = _exact(assessment, answer.code, change)
    is_cited = _hold(assessment, answer)
    if attached is None:
        attached = answer.certifications.all() if _has_register(assessment, answer) else ()
    entries = tuple(attached)
    links = tuple(answer.evidence_links.select_related("evidence")) if is_cited else ()
    _refuse_fallen(set(change.certifications) - set(entries))
    before = answer_state(answer, entries, links)
    columns = _columns(answer, change, by)
    if answer.version == version and _same(answer, columns, change, entries):
        return answer
    _swap(answer, columns, version)
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
        after=answer_state(answer, change.certifications, links),
    )
    return answer


def _refuse_fallen(chosen: set[Certification]) -> None:
    """Raise FaultyInput if an entry chosen now is withdrawn, suspended or not in the register."""
    fallen = sorted(str(entry) for entry in chosen if not entry.is_standing)
    if fallen:
        words = _("%s is not in force, so it cannot back an answer.") % ", ".join(fallen)
        raise FaultyInput([Fault("certifications", words)])


def _back(answer: Answer, before: set[Certification], after: set[Certification]) -> None:
    """Store which register entries back the answer; at most two queries."""
    if before - after:
        answer.certifications.remove(*(before - after))
    if after - before:
        answer.certifications.add(*(after - before))


def _hold(assessment: Assessment, answer: Answer) -> bool:
    """Lock the assessment against a submission that comes at the same moment.

    Returns whether documents are linked to the answer.

    Raises Refused when the answers are locked already, or this one was not returned.
    """
    held: Any = (
        Assessment.objects.select_for_update(no_key=True)
        .only("state", "as_of")
        .annotate(is_cited=Exists(AnswerEvidence.objects.filter(answer=answer.pk)))
        .get(pk=assessment.pk)
    )
    if not (held.is_in_progress or held.is_in_clarification):
        raise Refused(_("The answers are locked: the assessment was submitted meanwhile."))
    if not is_answer_open(held, answer):
        raise Refused(
            _("This answer was not returned, so it stays as it is.")
            if held.is_in_clarification
            else _("This answer was carried over from the last assessment, so it stays as it is.")
        )
    assessment.as_of = held.as_of
    return bool(held.is_cited)


def _has_register(assessment: Assessment, answer: Answer) -> bool:
    """Whether register entries may back this answer."""
    return bool(assessment.framework.rules.criterion(answer.code).standards)


def _swap(answer: Answer, columns: dict[str, Any], version: int) -> None:
    """Store the change if nobody saved after `version`; raises StaleAnswer else."""
    changed = Answer.objects.filter(pk=answer.pk, version=version).update(
        version=F("version") + 1, **columns
    )
    if not changed:
        raise StaleAnswer(Answer.objects.select_related("answered_by").get(pk=answer.pk))
    for name, value in columns.items():
        setattr(answer, name, value)
    answer.version = version + 1


def _exact(assessment: Assessment, code: str, change: AnswerChange) -> AnswerChange:
    """The change with its value as exact text: 97.5 for "97,5"."""
    if not change.is_answered:
        return change
    criterion = assessment.framework.rules.criterion(code)
    return replace(change, value=scoring.write_value(scoring.read_value(criterion, change.value)))


def _columns(answer: Answer, change: AnswerChange, by: User) -> dict[str, Any]:
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
        "remark": "",
        "decided_at": None,
        "decided_by": None,
        "corrected_at": timezone.now() if answer.returned_at else None,
    }


#: What a person types; moments and what was decided don't make a save another one.
_TYPED = (
    "is_answered",
    "value",
    "valid_to",
    "not_applicable",
    "reason",
    "comment",
    "proposed_level",
    "level_valid_to",
)


def _same(
    answer: Answer,
    columns: dict[str, Any],
    change: AnswerChange,
    entries: tuple[Certification, ...],
) -> bool:
    """Whether a save would change nothing: typing twice is no event."""
    return set(entries) == set(change.certifications) and all(
        getattr(answer, name) == columns[name] for name in _TYPED
    )
