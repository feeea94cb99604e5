"""From an answer to a raw score, and what makes an answer unfit to be scored.

The rules are in docs/scoring.md, "From an answer to a raw score".
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from vendors.scoring.canonical import number_text
from vendors.scoring.criteria import (
    CHOICE_TYPES,
    CLAIMED,
    NUMBER_TYPES,
    REJECTED,
    AnswerType,
    Criterion,
    Scale,
)
from vendors.scoring.reading import TEXT_LIMIT, read_date, shortened, text_fault

#: What an answer can be: text and choices, numbers, days; None is "never" for a date.
Value = str | Fraction | date | None

#: Up to 15 digits, a point or comma, up to 10 decimals.
_NUMBER = re.compile(r"[-+\u2212]?[0-9]{1,15}([.,][0-9]{1,10})?")
_LONG = re.compile(r"[-+\u2212]?[0-9]+([.,][0-9]+)?")
#: 1,234 may be a thousand or one and a bit: nobody can tell.
_AMBIGUOUS = re.compile(r"[-+\u2212]?[1-9][0-9]{0,2},[0-9]{3}")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: The highest rating of a text.
RATING_MAX = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one criterion.

    `value` is text for choices and texts, an exact number for percentages and numbers, a day or
    None ("never") for dates. `level` is the evidence level that counts; None counts as claimed.
    """

    value: Value = None
    is_answered: bool = True
    valid_to: date | None = None
    level: str | None = None
    level_valid_to: date | None = None
    not_applicable: bool = False
    reason: str = ""
    rating: int | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """What is wrong with one field of an answer, in words for the person who typed it."""

    field: str
    message: str


class AnswerError(ValueError):
    """An answer that cannot be read or scored. Carries the field and the message."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(f"{field}: {message}")


def read_value(criterion: Criterion, text: str | None) -> Value:
    """The value of a stored or typed text; None stays None, which is "never" for a date.

    Numbers take a decimal point or comma and no thousands separators. Raises AnswerError.
    """
    if text is None:
        return None
    kind = criterion.answer_type
    if kind is AnswerType.TEXT:
        return text
    if kind in NUMBER_TYPES:
        return _read_number(text.strip())
    if kind is AnswerType.DATE:
        day = read_date(text.strip())
        if day is None:
            raise AnswerError("value", f"Enter a date. {typed(text)}")
        return day
    if criterion.choice(text) is None:
        raise AnswerError("value", f"Choose one of the answers. {typed(text)}")
    return text


def _read_number(text: str) -> Fraction:
    if _AMBIGUOUS.fullmatch(text):
        plain = text.replace(",", "")
        decimal = text.replace(",", ".")
        raise AnswerError("value", f"Write {plain} or {decimal}: {text} can be read both ways.")
    if _LONG.fullmatch(text) and not _NUMBER.fullmatch(text):
        raise AnswerError("value", "Use at most 15 digits and 10 decimals.")
    if not _NUMBER.fullmatch(text):
        raise AnswerError("value", f"Enter a number without thousands separators. {typed(text)}")
    return Fraction(Decimal(text.replace(",", ".").replace("\u2212", "-")))


def write_value(value: Value) -> str | None:
    """The exact text of a value: 96 for 96.0, 2026-11-01 for a day, None for None."""
    if isinstance(value, Fraction):
        return number_text(value)
    return value.isoformat() if isinstance(value, date) else value


def typed(text: str) -> str:
    """The closing sentence that repeats what was entered."""
    return f"You typed {shortened(text, 40)}." if text.strip() else "It is empty."


def day_text(day: date) -> str:
    """A day for people, the same everywhere: 9 Nov 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def check_answer(
    criterion: Criterion, answer: Answer, as_of: date, levels: Collection[str]
) -> list[AnswerFault]:
    """Everything that is wrong with an answer, by field; an empty list when it can be scored.

    `levels` are the evidence levels of the framework (`Scoring.level_values`).
    """
    faults = _texts(answer)
    if answer.level is not None and answer.level not in levels:
        faults.append(AnswerFault("evidence", f"Unknown evidence level {shortened(answer.level)}."))
    if answer.not_applicable:
        return faults + _not_applicable(criterion, answer)
    faults += _rating(criterion, answer)
    if answer.valid_to is not None and criterion.answer_type is not AnswerType.CERTIFICATION:
        faults.append(AnswerFault("valid_to", "Only a certification has a valid-to date."))
    return faults + _value(criterion, answer, as_of) if answer.is_answered else faults


def _texts(answer: Answer) -> list[AnswerFault]:
    found: list[AnswerFault] = []
    texts = {"value": answer.value, "reason": answer.reason, "comment": answer.comment}
    for field, text in texts.items():
        if not isinstance(text, str) or (wrong := text_fault(text, TEXT_LIMIT)) is None:
            continue
        if len(text) > TEXT_LIMIT:
            wrong = f"{len(text):,} characters. The limit is {TEXT_LIMIT:,}"
        found.append(AnswerFault(field, f"This text {'has' if text[TEXT_LIMIT:] else ''} {wrong}."))
    return [AnswerFault(item.field, " ".join(item.message.split())) for item in found]


def _not_applicable(criterion: Criterion, answer: Answer) -> list[AnswerFault]:
    faults: list[AnswerFault] = []
    if not criterion.not_applicable_allowed:
        faults.append(
            AnswerFault("not_applicable", "This question applies to every vendor. Answer it.")
        )
    if not answer.reason.strip():
        faults.append(AnswerFault("reason", "Say why the question does not apply."))
    return faults


def _rating(criterion: Criterion, answer: Answer) -> list[AnswerFault]:
    if answer.rating is None:
        return []
    if criterion.answer_type is not AnswerType.TEXT:
        return [AnswerFault("rating", "Only a text answer is rated.")]
    if not 0 <= answer.rating <= RATING_MAX:
        return [AnswerFault("rating", f"Rate from 0 to {RATING_MAX}. You typed {answer.rating}.")]
    return []


def _value(criterion: Criterion, answer: Answer, as_of: date) -> list[AnswerFault]:
    value, kind = answer.value, criterion.answer_type
    if kind is AnswerType.TEXT:
        wrong = value is not None and not isinstance(value, str)
        return [AnswerFault("value", "Enter a text.")] if wrong else []
    if kind in CHOICE_TYPES:
        return _choice(criterion, answer)
    if kind in NUMBER_TYPES:
        return _number(criterion, value)
    if value is not None and not isinstance(value, date):
        return [AnswerFault("value", "Enter a date, or say never.")]
    if value is not None and value > as_of:
        words = f"Enter a date up to {day_text(as_of)}. You typed {day_text(value)}."
        return [AnswerFault("value", words)]
    return []


def _choice(criterion: Criterion, answer: Answer) -> list[AnswerFault]:
    if criterion.choice(answer.value) is None:
        said = typed(answer.value) if isinstance(answer.value, str) else ""
        return [AnswerFault("value", f"Choose one of the answers. {said}".strip())]
    scale = criterion.scale
    if scale and answer.value in scale.expiring_values and answer.valid_to is None:
        return [AnswerFault("valid_to", "Enter the date until which it is valid.")]
    return []


def _number(criterion: Criterion, value: Value) -> list[AnswerFault]:
    scale = criterion.scale
    if not isinstance(value, Fraction):
        return [AnswerFault("value", "Enter a number.")]
    if scale is None or scale.min is None or scale.max is None:
        return []
    if scale.min <= value <= scale.max:
        return []
    unit = f" ({scale.unit})" if scale.unit else ""
    span = f"from {number_text(scale.min)} to {number_text(scale.max)}{unit}"
    return [AnswerFault("value", f"Enter a number {span}. You typed {number_text(value)}.")]


def age_months(day: date, as_of: date) -> int:
    """Whole months from a day to the as-of date."""
    months = (as_of.year - day.year) * 12 + as_of.month - day.month
    return months - (1 if as_of.day < day.day else 0)


def interpolated(points: tuple[tuple[Fraction, Fraction], ...], value: Fraction | int) -> Fraction:
    """The score at a value: straight lines between the points, the end scores outside them."""
    if value <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if value <= x1:
            return y0 + (y1 - y0) * (value - x0) / (x1 - x0)
    return points[-1][1]


def raw_score(criterion: Criterion, answer: Answer, as_of: date) -> Fraction | None:
    """The raw score, 0 to 100; None while unanswered (a text: unrated) or not applicable.

    Raises AnswerError for an answer that `check_answer` refuses because of its value.
    """
    if answer.not_applicable or not answer.is_answered:
        return None
    if criterion.answer_type is AnswerType.TEXT:
        return _rated(criterion, answer)
    if faults := _value(criterion, answer, as_of):
        raise AnswerError(faults[0].field, f"{criterion.code}: {faults[0].message}")
    if criterion.answer_type in CHOICE_TYPES:
        return _chosen(criterion, answer, as_of)
    return _measured(criterion.scale, answer.value, as_of) if criterion.scale else None


def _measured(scale: Scale, value: Value, as_of: date) -> Fraction | None:
    if isinstance(value, Fraction):
        return interpolated(scale.points, value)
    if isinstance(value, date):
        return interpolated(scale.points, age_months(value, as_of))
    return scale.missing_score


def _rated(criterion: Criterion, answer: Answer) -> Fraction | None:
    if answer.rating is None or criterion.scale is None:
        return None
    if faults := _rating(criterion, answer):
        raise AnswerError("rating", f"{criterion.code}: {faults[0].message}")
    return interpolated(criterion.scale.points, answer.rating)


def _chosen(criterion: Criterion, answer: Answer, as_of: date) -> Fraction | None:
    choice = criterion.choice(answer.value)
    if choice is None:
        return None
    if is_expired(criterion.scale, answer, as_of) and criterion.scale is not None:
        expired = criterion.scale.expired_score
        return min(choice.score, expired) if expired is not None else choice.score
    return choice.score


def is_expired(scale: Scale | None, answer: Answer, as_of: date) -> bool:
    """Whether the certificate that an answer names ended more than the days of grace ago."""
    if scale is None or answer.valid_to is None or answer.value not in scale.expiring_values:
        return False
    return (as_of - answer.valid_to).days > scale.grace_days


def effective_level(answer: Answer, as_of: date) -> str:
    """The evidence level that counts: out-of-date evidence is a claim, rejected stays rejected."""
    level = answer.level or CLAIMED
    if level == REJECTED:
        return level
    if answer.level_valid_to is not None and answer.level_valid_to < as_of:
        return CLAIMED
    return level
