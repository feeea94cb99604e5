"""Answers to criteria, in the words that cells of the table have room for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from scorecards.comparison.entries import CriterionFigure, Entry
from scorecards.content.words import shortened
from vendors import scoring
from vendors.templatetags.figures import level_label

#: Characters of an answer that stand in a cell, and of one that is folded open there.
SHORT, LONG = 120, 1500
#: Letters of the marks that stand beside a score for its evidence level.
MARKS = {scoring.VERIFIED: "V", scoring.DOCUMENTED: "D", scoring.CLAIMED: "C"}


@dataclass(frozen=True, slots=True)
class AnswerCell:
    """What a cell shows of one criterion.

    `score` is a whole number, empty where there is none; then `state` says what is instead. `mark`
    and `level` tell the evidence behind the score; a contradicted answer has no mark. `text` is the
    answer, or the reason why the criterion does not apply; `more` all of it where that is longer.
    """

    state: str = ""
    score: str = ""
    mark: str = ""
    level: str = ""
    text: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Phrases:
    """What many cells say alike, looked up once a table."""

    not_asked: AnswerCell
    not_answered: AnswerCell
    not_applicable: str
    levels: Mapping[str, str]

    @classmethod
    def now(cls) -> Phrases:
        """In the language of the reader."""
        return cls(
            not_asked=AnswerCell(_("Not asked")),
            not_answered=AnswerCell(_("Not answered")),
            not_applicable=_("n/a"),
            levels={level: level_label(level) for level in scoring.LEVELS},
        )


def answer_cell(
    criterion: scoring.Criterion, figure: CriterionFigure | None, entry: Entry, phrases: Phrases
) -> AnswerCell:
    """The cell of a criterion for one vendor; without a figure its tier does not ask for it."""
    if figure is None:
        return phrases.not_asked
    if figure.is_not_applicable:
        reason = entry.reasons.get(criterion.code, "")
        return AnswerCell(phrases.not_applicable, text=shortened(reason, SHORT), more=_more(reason))
    if not figure.is_answered or figure.score is None:
        return phrases.not_answered
    words = answer_words(criterion, entry)
    return AnswerCell(
        score=scoring.shown(figure.score, 0),
        mark=MARKS.get(figure.level, ""),
        level=phrases.levels.get(figure.level, ""),
        text=shortened(words, SHORT),
        more=_more(words),
    )


def answer_words(criterion: scoring.Criterion, entry: Entry) -> str:
    """What a vendor answered, in the words of the framework that it answered."""
    if entry.measure is not None and criterion.code in entry.rules.codes:
        criterion = entry.rules.criterion(criterion.code)
    return value_words(criterion, entry.values.get(criterion.code))


def value_words(criterion: scoring.Criterion, value: Any) -> str:
    """An answer as people read it: a number with its unit, a day, the words of a choice."""
    if criterion.answer_type in scoring.NUMBER_TYPES:
        return _quantity(criterion, value)
    if criterion.answer_type == scoring.AnswerType.DATE:
        return _day(value)
    return "" if value is None else criterion.label(value)


def _quantity(criterion: scoring.Criterion, value: Any) -> str:
    text = scoring.number_text(value).replace("-", "\N{MINUS SIGN}")
    unit = criterion.scale.unit if criterion.scale else ""
    if unit.startswith("percent"):
        return f"{text}%{unit.removeprefix('percent')}"
    return f"{text} {unit}".strip()


def _day(value: date | str | None) -> str:
    if value is None:
        return _("Never")
    day = value if isinstance(value, date) else date.fromisoformat(value)
    return date_format(day, "j M Y")


def _more(text: str) -> str:
    return shortened(text, LONG) if len(text) > SHORT else ""
