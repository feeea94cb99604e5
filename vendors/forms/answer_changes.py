"""Answers as changes and in words: what a form shows, compares and tells apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import Answer, Certification
from vendors.queries.questionnaire import Question, value_words
from vendors.services.answers import AnswerChange


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a conflict, both values in words."""

    label: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """What somebody else saved meanwhile, and where it differs."""

    current: Answer
    differences: tuple[Difference, ...]


def initial_of(question: Question) -> dict[str, Any]:
    """The stored answer as the fields show it."""
    answer = question.answer
    return {
        "version": answer.version,
        "shown": token_of(change_of(answer, question.attached)),
        "value": answer.value or "",
        "never": answer.is_answered and answer.value is None,
        "valid_to": answer.valid_to,
        "certifications": [str(entry.public_id) for entry in question.attached],
        "not_applicable": answer.not_applicable,
        "reason": answer.reason,
        "evidence": answer.proposed_level,
        "evidence_valid_to": answer.level_valid_to,
        "comment": answer.comment,
    }


def change_of(answer: Answer, attached: Iterable[Certification]) -> AnswerChange:
    """A stored answer as the change that would store it again."""
    return AnswerChange(
        value=answer.value,
        is_answered=answer.is_answered,
        valid_to=answer.valid_to,
        not_applicable=answer.not_applicable,
        reason=answer.reason,
        comment=answer.comment,
        proposed_level=answer.proposed_level,
        level_valid_to=answer.level_valid_to,
        certifications=tuple(sorted(attached, key=lambda entry: entry.pk)),
    )


def token_of(change: AnswerChange) -> str:
    """A short name for the content of a change: the same content, the same name."""
    plain = (
        change.value,
        change.is_answered,
        change.valid_to,
        change.not_applicable,
        change.reason,
        change.comment,
        change.proposed_level,
        change.level_valid_to,
    )
    content = repr((plain, sorted(entry.pk for entry in change.certifications)))
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def differences(
    criterion: scoring.Criterion, *, theirs: AnswerChange, mine: AnswerChange
) -> tuple[Difference, ...]:
    """The fields in which two changes differ, in words."""
    both = zip(_in_words(criterion, theirs), _in_words(criterion, mine), strict=True)
    return tuple(
        Difference(label, one or _("Nothing"), two or _("Nothing"))
        for (label, one), (_label, two) in both
        if one != two
    )


def _in_words(criterion: scoring.Criterion, change: AnswerChange) -> list[tuple[str, str]]:
    answered = value_words(criterion, change.value, is_answered=change.is_answered)
    return [
        (_("Answer"), _("Does not apply") if change.not_applicable else answered),
        (_("Why it does not apply"), change.reason),
        (_("Valid to"), _day(change.valid_to)),
        (_("Backed by"), ", ".join(str(entry) for entry in change.certifications)),
        (_("Evidence level"), change.proposed_level.capitalize()),
        (_("Evidence valid until"), _day(change.level_valid_to)),
        (_("Comment"), change.comment),
    ]


def _day(day: Any) -> str:
    return date_format(day, "j M Y") if day else ""
