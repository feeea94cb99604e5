"""One answer in words, and whether something is left to decide on it."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import Answer

RATINGS = tuple(range(6))
DAY = "j M Y"
MINUS = "\N{MINUS SIGN}"


def answer_words(criterion: scoring.Criterion, row: Answer) -> str:
    """An answer as people say it: the words of a choice, a figure with its unit, a day."""
    if row.not_applicable:
        return _("Not applicable")
    if not row.is_answered:
        return _("Not answered")
    if row.value is None:
        return _("Never")
    if criterion.answer_type in scoring.NUMBER_TYPES:
        return _figure_words(criterion, row.value)
    value = scoring.read_value(criterion, row.value)
    if isinstance(value, date):
        return str(date_format(value, DAY))
    return criterion.label(value)


def _figure_words(criterion: scoring.Criterion, text: str) -> str:
    """A figure with its unit; a share with the sign for percent."""
    figure = text.replace("-", MINUS)
    if criterion.answer_type == scoring.AnswerType.PERCENTAGE:
        return f"{figure}%"
    unit = criterion.scale.unit if criterion.scale else ""
    return f"{figure} {unit}".strip()


def is_settled(row: Answer, criterion: scoring.Criterion) -> bool:
    """Whether nothing is left to decide: level set, text rated, consent to not applicable given."""
    if row.not_applicable:
        return row.consented
    if criterion.answer_type == scoring.AnswerType.TEXT and row.rating is None:
        return False
    return bool(row.level)
