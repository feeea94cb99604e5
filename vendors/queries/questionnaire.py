"""What the questionnaire shows: the questions of one category, and where the whole stands."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import F, FilteredRelation, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import Answer, Assessment, Certification
from vendors.permissions import is_answer_open
from vendors.queries.assessments import answers_of
from vendors.queries.certification_warnings import CertificationWarning, warnings_at
from vendors.queries.drafts import Draft, draft_of
from vendors.queries.evidence import Link, links_of
from vendors.scoring import AnswerType


@dataclass(frozen=True, slots=True)
class Question:
    """One asked criterion with its answer.

    `share` is its weight in percent of the whole; `is_open` whether the answer may change as the
    assessment stands. `entries` are the register entries that may back it, `attached` those that
    do, and `links` the documents at it.
    """

    criterion: scoring.Criterion
    answer: Answer
    share: Fraction
    entries: tuple[Certification, ...] = ()
    attached: tuple[Certification, ...] = ()
    is_open: bool = True
    links: tuple[Link, ...] = ()
    warnings: tuple[CertificationWarning, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do here: saved again after a return, else answered."""
        if self.answer.returned_at is not None:
            return self.answer.corrected_at is not None
        return self.answer.is_done

    @property
    def value_words(self) -> str:
        """The stored answer in words, "" while there is none."""
        return value_words(self.criterion, self.answer.value, is_answered=self.answer.is_answered)

    @property
    def scale_rows(self) -> list[tuple[str, str]]:
        """What earns how many points: choices or points of the scale, in order."""
        if self.criterion.choices:
            return [(c.label, scoring.number_text(c.score)) for c in self.criterion.choices]
        points = self.criterion.scale.points if self.criterion.scale else ()
        return [(scoring.number_text(x), scoring.number_text(y)) for x, y in points]

    @property
    def register_end(self) -> date | None:
        """The earliest end of the attached register entries."""
        return earliest_end(self.attached)

    @property
    def register_changed(self) -> bool:
        """Whether the register says something else now than the answer copied from it."""
        gone = any(entry.removed_at for entry in self.attached)
        return gone or self.register_end not in {None, self.answer.valid_to}

    @property
    def suggestion(self) -> tuple[Certification, str] | None:
        """An entry of the register that nobody chose yet, and the answers that it may back."""
        scale = self.criterion.scale
        if self.attached or scale is None or not scale.expiring_values:
            return None
        labels = [self.criterion.label(value) for value in scale.expiring_values]
        words = _(" or ").join(
            f"\N{LEFT DOUBLE QUOTATION MARK}{label}\N{RIGHT DOUBLE QUOTATION MARK}"
            for label in labels
        )
        today = timezone.localdate()
        current = [e for e in self.entries if e.expires_on is None or e.expires_on >= today]
        offered = next(iter(current), None)
        return None if offered is None else (offered, words)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One category of the questionnaire."""

    category: scoring.Category
    position: int
    questions: tuple[Question, ...]
    rows: tuple[Answer, ...]
    draft: Draft
    before: scoring.Category | None
    after: scoring.Category | None

    @property
    def has_open(self) -> bool:
        """Whether an answer of this category may change."""
        return any(question.is_open for question in self.questions)


def value_words(criterion: scoring.Criterion, text: str | None, *, is_answered: bool) -> str:
    """An answer's exact text as people read it, "" while there is none."""
    if not is_answered:
        return ""
    if text is None:
        return _("Never")
    if criterion.choices:
        return criterion.label(text)
    if criterion.answer_type == AnswerType.DATE:
        return date_format(date.fromisoformat(text), "j M Y")
    unit = criterion.scale.unit if criterion.scale else ""
    shown = text.replace("-", "\N{MINUS SIGN}", 1) if unit else text
    return f"{shown}%" if unit == "percent" else f"{shown} {unit}".strip()


def earliest_end(entries: Iterable[Certification]) -> date | None:
    """The first day on which one of these certifications ends; None where none has an end."""
    return min((entry.expires_on for entry in entries if entry.expires_on), default=None)


def stands_for(entry: Certification, standards: Iterable[str]) -> bool:
    """Whether an entry is of one of the standards; ISO/IEC 27001:2022 is an ISO/IEC 27001."""
    name = " ".join(entry.standard.split()).casefold()
    for standard in standards:
        wanted = standard.casefold()
        if name.startswith(wanted) and not name[len(wanted) : len(wanted) + 1].isalnum():
            return True
    return False


def questions_of(
    assessment: Assessment, criteria: Sequence[scoring.Criterion], rows: Iterable[Answer]
) -> tuple[Question, ...]:
    """These criteria as questions, without their documents.

    One query, two where an entry backs one of them, none if no register entry can.
    """
    rules = assessment.framework.rules
    by_code = {row.code: row for row in rows}
    backed = [by_code[c.code] for c in criteria if c.answer_type == AnswerType.CERTIFICATION]
    register, behind = _register(assessment, backed) if backed else ([], {})
    found = []
    for criterion in criteria:
        answer = by_code[criterion.code]
        attached = tuple(behind.get(answer.pk, ()))
        offered = tuple(
            entry
            for entry in register
            if entry in attached or (entry.is_standing and stands_for(entry, criterion.standards))
        )
        found.append(
            Question(
                criterion,
                answer,
                share_of_whole(rules, criterion, assessment.tier),
                offered,
                attached,
                is_open=is_answer_open(assessment, answer),
            )
        )
    return _with_warnings(assessment, found)


def _register(
    assessment: Assessment, answers: Iterable[Answer]
) -> tuple[list[Certification], dict[int, list[Certification]]]:
    """The vendor's entries, removed ones too, and those behind each answer by its key. One query."""
    behind = FilteredRelation("answers", condition=Q(answers__in=list(answers)))
    rows: Iterable[Any] = assessment.vendor.certifications.annotate(behind=behind).annotate(
        behind_id=F("behind__pk")
    )
    entries: dict[int, Certification] = {}
    found: dict[int, list[Certification]] = defaultdict(list)
    for row in rows:
        entry = entries.setdefault(row.pk, row)
        if row.behind_id is not None:
            found[row.behind_id].append(entry)
    return list(entries.values()), found


def _with_warnings(assessment: Assessment, questions: Sequence[Question]) -> tuple[Question, ...]:
    """The questions with what is to be said of their entries. One query, none without an entry."""
    for question in questions:
        question.answer.assessment = assessment
    pairs = [(q.answer, entry) for q in questions for entry in q.attached]
    warnings = [w for w in warnings_at(pairs) if w.kind != "ending"]
    return tuple(
        replace(q, warnings=tuple(w for w in warnings if w.code == q.criterion.code))
        if q.attached
        else q
        for q in questions
    )


def _with_links(questions: Sequence[Question]) -> tuple[Question, ...]:
    """The questions with their documents. One query, three where there are documents."""
    links = links_of([question.answer for question in questions])
    return tuple(replace(q, links=links.get(q.criterion.code, ())) for q in questions)


def share_of_whole(rules: scoring.Framework, criterion: scoring.Criterion, tier: int) -> Fraction:
    """A criterion's weight in percent of the whole, when all that the tier asks applies."""
    category = rules.category_of(criterion.code)
    asked = sum((c.weight for c in category.criteria if tier in c.tiers), Fraction(0))
    return category.weight * criterion.weight / asked


def sheet_of(assessment: Assessment, category_code: str) -> Sheet | None:
    """One category's page; None if the tier asks nothing there, or it does not exist."""
    rules, tier = assessment.framework.rules, assessment.tier
    asked = [c for c in rules.categories if any(tier in item.tiers for item in c.criteria)]
    codes = [category.code for category in asked]
    if category_code not in codes:
        return None
    at = codes.index(category_code)
    rows = answers_of(assessment)
    criteria = [c for c in asked[at].criteria if tier in c.tiers]
    return Sheet(
        category=asked[at],
        position=at + 1,
        questions=_with_links(questions_of(assessment, criteria, rows)),
        rows=tuple(rows),
        draft=draft_of(assessment, rows, category_code),
        before=asked[at - 1] if at else None,
        after=asked[at + 1] if at + 1 < len(asked) else None,
    )


def question_of(
    assessment: Assessment, code: str
) -> tuple[Question, scoring.Category, list[Answer]] | None:
    """One asked question with its category and all rows, for a save; None if it is not asked."""
    rules = assessment.framework.rules
    if code not in rules.codes or assessment.tier not in rules.criterion(code).tiers:
        return None
    rows = answers_of(assessment)
    (question,) = questions_of(assessment, [rules.criterion(code)], rows)
    return question, rules.category_of(code), rows


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
