"""The way of an assessment: its steps, which of them are done, with who and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from vendors.models import Answer, Assessment, Review, State
from vendors.queries.returns import ReturnLine

DONE, NOW, TO_COME = "done", "now", ""
#: People that a step names before it only counts.
NAMED = 2
#: The step at which an assessment stands, by its state.
_AT = {
    State.INTAKE: "intake",
    State.IN_PROGRESS: "questionnaire",
    State.SUBMITTED: "review",
    State.IN_REVIEW: "review",
    State.CLARIFICATION: "clarification",
    State.MODERATION: "moderation",
    State.PENDING_APPROVAL: "approval",
    State.APPROVED: "monitoring",
    State.CONDITIONAL: "monitoring",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: done, now or to come ("")."""

    label: str
    state: str
    day: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A step before it is known whether it is done. `was` is whether it took place."""

    name: str
    label: str
    was: bool
    day: str = ""
    who: str = ""


def moment_words(value: datetime | None, form: str = "j M, H:i") -> str:
    """A moment in the organisation's zone; "" for none."""
    return str(date_format(timezone.localtime(value), form)) if value else ""


def steps_of(
    assessment: Assessment,
    rows: Iterable[Answer],
    reviews: Sequence[Review],
    returns: Sequence[ReturnLine],
    *,
    was_moderated: bool,
) -> list[Step]:
    """From intake to the end, with who and when; detours only if they took place. No query.

    `reviews` come with their reviewers, `rows` with who answered.
    """
    lines = [
        _Line(
            "intake",
            _("Intake"),
            was=not assessment.is_intake,
            day=moment_words(assessment.created_at, "j M"),
            who=_name(assessment.created_by),
        ),
        _Line(
            "questionnaire",
            _("Questionnaire"),
            was=assessment.submitted_at is not None,
            who=_names(str(row.answered_by) for row in rows if row.answered_by_id)
            or _name(assessment.owner),
        ),
        _Line(
            "submitted",
            _("Submitted"),
            was=assessment.submitted_at is not None,
            day=moment_words(assessment.submitted_at),
            who=_name(assessment.submitted_by),
        ),
        _review(assessment, reviews),
        *_detours(assessment, returns, was_moderated=was_moderated),
        *_ending(assessment),
    ]
    at = _AT.get(State(assessment.state), "")
    return [Step(line.label, _state(line, at), line.day, line.who) for line in lines]


def _state(line: _Line, at: str) -> str:
    if line.name == at:
        return NOW
    return DONE if line.was else TO_COME


def _review(assessment: Assessment, reviews: Sequence[Review]) -> _Line:
    people = _names(str(review.reviewer) for review in reviews)
    began = min((review.started_at for review in reviews), default=None)
    since = moment_words(began, "j M")
    until = moment_words(assessment.reviewed_at, "j M")
    if since and until and since != until:
        day = _("%(first)s to %(last)s") % {"first": since, "last": until}
    else:
        day = until or (_("since %s") % since if since else "")
    waits = _("waits for a reviewer") if assessment.is_submitted else ""
    return _Line(
        "review", _("Review"), was=assessment.reviewed_at is not None, day=day, who=people or waits
    )


def _detours(
    assessment: Assessment, returns: Sequence[ReturnLine], *, was_moderated: bool
) -> Iterable[_Line]:
    """Clarification and moderation, where they took place or do now."""
    left = sum(line.is_open for line in returns)
    if assessment.is_in_clarification or returns:
        yield _Line(
            "clarification",
            _("Clarification"),
            was=not left,
            day=_("%(n)d returned, %(left)d open") % {"n": len(returns), "left": left},
            who=_name(assessment.owner),
        )
    if assessment.is_in_moderation or was_moderated:
        yield _Line(
            "moderation",
            _("Moderation"),
            was=not assessment.is_in_moderation,
            who=_name(assessment.reviewer),
        )


def _ending(assessment: Assessment) -> Iterable[_Line]:
    """The decision, and what came of it."""
    if assessment.cancelled_at:
        yield _ended("cancelled", _("Cancelled"), assessment.cancelled_at, assessment.cancelled_by)
        return
    if assessment.rejected_at:
        yield _ended("rejected", _("Rejected"), assessment.rejected_at, assessment.rejected_by)
        return
    yield _approval(assessment)
    if assessment.superseded_at:
        yield _ended("superseded", _("Superseded"), assessment.superseded_at, None)
    elif assessment.closed_at:
        yield _ended("closed", _("Closed"), assessment.closed_at, assessment.closed_by)
    else:
        until = assessment.result.valid_until if assessment.is_approved else None
        day = _("until %s") % date_format(until, "j M Y") if until else ""
        yield _Line("monitoring", _("Monitoring"), was=False, day=day)


def _approval(assessment: Assessment) -> _Line:
    if assessment.is_pending_approval:
        since = moment_words(assessment.reviewed_at, "j M")
        return _Line(
            "approval", _("Approval"), was=False, day=_("since %s") % since, who=_("a manager")
        )
    conditional = assessment.approved_at and assessment.state == State.CONDITIONAL
    return _Line(
        "approval",
        _("Approved with conditions") if conditional else _("Approval"),
        was=assessment.approved_at is not None,
        day=moment_words(assessment.approved_at),
        who=_name(assessment.approved_by),
    )


def _ended(name: str, label: str, moment: datetime, person: Any) -> _Line:
    return _Line(name, label, was=True, day=moment_words(moment), who=_name(person))


def _name(person: Any) -> str:
    return str(person) if person else ""


def _names(people: Iterable[str]) -> str:
    """Each once, the first ones by name."""
    found = list(dict.fromkeys(people))
    names = ", ".join(found[:NAMED])
    if len(found) > NAMED:
        return _("%(names)s and %(n)d more") % {"names": names, "n": len(found) - NAMED}
    return names
