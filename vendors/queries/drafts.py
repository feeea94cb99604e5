"""Where an assessment stands while it is filled in: what is open, what comes next, the range."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from vendors import scoring
from vendors.models import Answer, Assessment
from vendors.queries.scores import CategoryProgress, Progress, progress_of, score_now
from vendors.scoring import AnswerType

#: Seconds that an answer of each type usually takes, evidence looked up. They only feed the time
#: that is left, which is rounded to five minutes.
SECONDS: Mapping[AnswerType, int] = {
    AnswerType.YES_NO: 40,
    AnswerType.YES_PARTIAL_NO: 50,
    AnswerType.MATURITY: 60,
    AnswerType.PERCENTAGE: 90,
    AnswerType.NUMBER: 90,
    AnswerType.DATE: 40,
    AnswerType.CERTIFICATION: 120,
    AnswerType.TEXT: 300,
}
#: How many gaps are named beside the questions.
GAPS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Step:
    """The question to go to next."""

    code: str
    category: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Points of the overall score that one answered question loses."""

    code: str
    category: str
    question: str
    points: Fraction


@dataclass(frozen=True, slots=True)
class Draft:
    """Where the assessment stands while it is filled in, computed from the rows at hand.

    `lost` and `open_points` are points of the overall score within the category: lost by its
    answers, and still open.
    """

    progress: Progress
    line: CategoryProgress
    minutes_left: int
    next_step: Step | None
    saved_at: datetime | None
    result: scoring.Result
    proposed: scoring.Result
    proposed_band: scoring.Band | None
    lost: Fraction
    open_points: Fraction
    gaps: tuple[Gap, ...]

    @property
    def open_count(self) -> int:
        """Questions without an answer."""
        return self.progress.asked - self.progress.done


def draft_of(assessment: Assessment, rows: Sequence[Answer], category_code: str) -> Draft:
    """Where the assessment stands, seen from one category. No query of its own."""
    rules = assessment.framework.rules
    progress = progress_of(assessment, rows)
    result = score_now(assessment, rows)
    proposed = score_now(assessment, rows, proposed=True)
    here = [item for item in result.criteria.values() if item.category == category_code]
    answered = [item for item in here if item.state == scoring.ANSWERED]
    unanswered = [item for item in here if item.state == scoring.UNANSWERED]
    return Draft(
        progress=progress,
        line=next(item for item in progress.categories if item.category.code == category_code),
        minutes_left=minutes_left(rules.criterion(code) for code in progress.open_codes),
        next_step=next_step(rules, progress, category_code),
        saved_at=max((row.answered_at for row in rows if row.answered_at), default=None),
        result=result,
        proposed=proposed,
        proposed_band=rules.scoring.band(proposed.band) if proposed.band else None,
        lost=sum((item.lost or Fraction(0) for item in answered), Fraction(0)),
        open_points=sum((item.lost or Fraction(0) for item in unanswered), Fraction(0)),
        gaps=_gaps(rules, result),
    )


def _gaps(rules: scoring.Framework, result: scoring.Result) -> tuple[Gap, ...]:
    """The answered questions that lose most; what is open is no gap yet."""
    found = []
    for gap in scoring.gaps(result):
        item, criterion = result.criteria[gap.code], rules.criterion(gap.code)
        if item.state == scoring.ANSWERED:
            found.append(Gap(gap.code, item.category, criterion.question, gap.points))
    return tuple(found[:GAPS_SHOWN])


def minutes_left(criteria: Iterable[scoring.Criterion]) -> int:
    """The usual minutes for these questions, rounded to five; 0 only if there are none."""
    seconds = sum(SECONDS[criterion.answer_type] for criterion in criteria)
    return max(5, (seconds + 150) // 300 * 5) if seconds else 0


def next_step(rules: scoring.Framework, progress: Progress, category_code: str) -> Step | None:
    """The next open question from this category onwards; past the last one, must-haves first."""
    codes = [entry.category.code for entry in progress.categories]
    rest = codes[codes.index(category_code) :]
    steps = [Step(code, rules.category_of(code).code) for code in progress.open_codes]
    onwards = [step for step in steps if step.category in rest]
    must_haves = [step for step in steps if rules.criterion(step.code).must_have]
    return next(iter(onwards or must_haves or steps), None)


def first_step(assessment: Assessment, rows: Iterable[Answer]) -> Step:
    """Where to take up the questionnaire: the first open question, else its first category."""
    progress = progress_of(assessment, rows)
    first = progress.categories[0].category.code
    step = next_step(assessment.framework.rules, progress, first)
    return step or Step("", first)
