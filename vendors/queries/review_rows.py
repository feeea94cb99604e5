"""One answer as a manager sees it: in words, and what may be decided on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import Answer, Certification

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


@dataclass(frozen=True, slots=True)
class LevelOption:
    """A level that may be decided: the proposed one or a lower one."""

    value: str
    label: str
    is_proposed: bool


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One asked answer with what can be decided on it."""

    answer: Answer
    criterion: scoring.Criterion
    words: str
    levels: tuple[LevelOption, ...]
    must_have: scoring.MustHaveResult | None
    is_own: bool
    #: What was chosen but not stored, and why.
    typed: Mapping[str, str] | None = None
    faults: tuple[str, ...] = ()
    is_stale: bool = False

    @property
    def code(self) -> str:
        """The criterion's code."""
        return self.criterion.code

    @property
    def is_text(self) -> bool:
        """Whether a person rates it."""
        return self.criterion.answer_type == scoring.AnswerType.TEXT

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to decide."""
        return is_settled(self.answer, self.criterion)

    @property
    def is_open(self) -> bool:
        """Whether somebody has to decide on it."""
        return self.answer.is_done and not self.is_settled

    @property
    def picked_level(self) -> str:
        """The level to show as chosen."""
        return self.typed["level"] if self.typed else self.answer.level

    @property
    def picked_rating(self) -> str:
        """The rating to show as chosen."""
        if self.typed:
            return self.typed["rating"]
        return "" if self.answer.rating is None else str(self.answer.rating)

    @property
    def picked_consent(self) -> bool:
        """Whether to show the consent as given."""
        return bool(self.typed["consented"]) if self.typed else self.answer.consented

    @property
    def ratings(self) -> tuple[str, ...]:
        """The ratings of a text, worst first."""
        return tuple(str(number) for number in RATINGS)

    @property
    def proposed(self) -> str:
        """The level that whoever filled in proposed."""
        return self.answer.proposed_level or self.answer.level or scoring.CLAIMED

    @property
    def entries(self) -> list[Certification]:
        """The register entries that back it. No query where they were prefetched."""
        return list(self.answer.certifications.all())

    @property
    def shown_under(self) -> set[str]:
        """The filters that show it."""
        kinds = {
            "open": self.is_open,
            "must": self.criterion.must_have is not None,
            "na": self.answer.not_applicable,
        }
        return {"all"} | {name for name, holds in kinds.items() if holds}


def level_options(scale: scoring.Scoring, proposed: str) -> tuple[LevelOption, ...]:
    """The levels that may be decided: none above the proposed one, claimed and lower always."""
    most = max(scale.level(proposed).coefficient, scale.level(scoring.CLAIMED).coefficient)
    return tuple(
        LevelOption(level.value, level.label, level.value == proposed)
        for level in scale.evidence_levels
        if level.coefficient <= most
    )
