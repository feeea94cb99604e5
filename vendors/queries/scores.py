"""From answer rows to the engine. Open assessments are computed here on read, nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from vendors import scoring
from vendors.models import Answer, Assessment

Answers = Mapping[str, scoring.Answer]


def engine_answer(
    row: Answer, criterion: scoring.Criterion, *, proposed: bool = False
) -> scoring.Answer | None:
    """One row as the engine reads it, or None when it is unanswered.

    The level that counts is the decided one, claimed until then; with `proposed` an undecided
    answer counts at the level that whoever filled in proposed.
    """
    if not row.is_done:
        return None
    level = row.level or (row.proposed_level if proposed else "")
    return scoring.Answer(
        value=scoring.read_value(criterion, row.value) if row.is_answered else None,
        is_answered=row.is_answered,
        valid_to=row.valid_to,
        level=level or None,
        level_valid_to=row.level_valid_to,
        not_applicable=row.not_applicable,
        reason=row.reason,
        rating=row.rating,
        comment=row.comment,
    )


def engine_answers(
    rules: scoring.Framework, rows: Iterable[Answer], *, proposed: bool = False
) -> dict[str, scoring.Answer]:
    """All answered rows by criterion code."""
    answers = {}
    for row in rows:
        answer = engine_answer(row, rules.criterion(row.code), proposed=proposed)
        if answer is not None:
            answers[row.code] = answer
    return answers


def score_now(
    assessment: Assessment,
    rows: Iterable[Answer],
    *,
    proposed: bool = False,
    as_of: date | None = None,
) -> scoring.Result:
    """The result as of the assessment's day, computed on read. No query of its own."""
    rules = assessment.framework.rules
    answers = engine_answers(rules, rows, proposed=proposed)
    return scoring.score(rules, answers, assessment.tier, as_of or assessment.scored_on)


@dataclass(frozen=True, slots=True)
class CategoryProgress:
    """How far one category is."""

    category: scoring.Category
    asked: int
    done: int
    open_must_haves: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to answer."""
        return self.done == self.asked


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the questionnaire is, and what comes next."""

    categories: tuple[CategoryProgress, ...]
    asked: int
    done: int
    must_haves: int
    must_haves_done: int
    open_codes: tuple[str, ...]

    @property
    def percent(self) -> int:
        """Whole percent answered, rounded down so that 100 means all."""
        return 100 * self.done // self.asked if self.asked else 0

    @property
    def is_complete(self) -> bool:
        """Whether each asked criterion is answered."""
        return self.done == self.asked

    @property
    def open_must_haves(self) -> int:
        """Must-haves without an answer: they hold submission back."""
        return self.must_haves - self.must_haves_done


def progress_of(assessment: Assessment, rows: Iterable[Answer]) -> Progress:
    """Count what is answered among the criteria that the tier asks."""
    done = {row.code for row in rows if row.is_done}
    categories: list[CategoryProgress] = []
    open_codes: list[str] = []
    must_haves = must_haves_done = 0
    for category in assessment.framework.rules.categories:
        asked = [c for c in category.criteria if assessment.tier in c.tiers]
        missing = [c for c in asked if c.code not in done]
        musts = [c for c in asked if c.must_have]
        must_haves += len(musts)
        missing_musts = sum(1 for c in musts if c.code not in done)
        must_haves_done += len(musts) - missing_musts
        open_codes += [c.code for c in missing]
        if asked:
            categories.append(
                CategoryProgress(category, len(asked), len(asked) - len(missing), missing_musts)
            )
    total = sum(entry.asked for entry in categories)
    return Progress(
        categories=tuple(categories),
        asked=total,
        done=total - len(open_codes),
        must_haves=must_haves,
        must_haves_done=must_haves_done,
        open_codes=tuple(open_codes),
    )
