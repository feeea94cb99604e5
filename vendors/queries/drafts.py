"""Where an assessment stands while it is filled in: what is open, what comes next, the range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from vendors import scoring
from vendors.models import Answer, Assessment
from vendors.queries.scores import Progress, progress_of, score_now
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
class Turn:
    """The questions that whoever fills in is asked to deal with now, and those still waiting.

    After a return these are the returned ones, in a reassessment those that are not carried over,
    else all that the tier asks. Codes in the order of the framework.
    """

    codes: tuple[str, ...]
    waiting: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.codes)

    @property
    def done(self) -> int:
        """How many are dealt with: answered, or saved again after a return."""
        return len(self.codes) - len(self.waiting)


@dataclass(frozen=True, slots=True)
class RailLine:
    """One category beside the questions; `returned` are those not saved again since."""

    category: scoring.Category
    asked: int
    done: int
    open_must_haves: int
    returned: int
    corrected: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do."""
        return self.done == self.asked and not self.returned


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
    turn: Turn
    lines: tuple[RailLine, ...]
    line: RailLine
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

    @property
    def may_not_submit(self) -> bool:
        """Whether something must be done before the answers can be passed on."""
        returned = any(line.returned for line in self.lines)
        return returned or bool(self.progress.open_must_haves)


def draft_of(assessment: Assessment, rows: Sequence[Answer], category_code: str) -> Draft:
    """Where the assessment stands, seen from one category. No query of its own."""
    rules = assessment.framework.rules
    progress = progress_of(assessment, rows)
    turn = turn_of(assessment, rows)
    lines = tuple(_rail_lines(rules, progress, rows))
    result = score_now(assessment, rows)
    proposed = score_now(assessment, rows, proposed=True)
    here = [item for item in result.criteria.values() if item.category == category_code]
    answered = [item for item in here if item.state == scoring.ANSWERED]
    unanswered = [item for item in here if item.state == scoring.UNANSWERED]
    return Draft(
        progress=progress,
        turn=turn,
        lines=lines,
        line=next(line for line in lines if line.category.code == category_code),
        minutes_left=minutes_left(rules.criterion(code) for code in turn.waiting),
        next_step=next_step(rules, progress, category_code, turn.waiting),
        saved_at=max((row.answered_at for row in rows if row.answered_at), default=None),
        result=result,
        proposed=proposed,
        proposed_band=rules.scoring.band(proposed.band) if proposed.band else None,
        lost=sum((item.lost or Fraction(0) for item in answered), Fraction(0)),
        open_points=sum((item.lost or Fraction(0) for item in unanswered), Fraction(0)),
        gaps=_gaps(rules, result),
    )


def turn_of(assessment: Assessment, rows: Iterable[Answer]) -> Turn:
    """What is asked of whoever fills in as the assessment stands. No query of its own."""
    by_code = {row.code: row for row in rows}
    asked = [c.code for c in assessment.framework.rules.criteria if assessment.tier in c.tiers]
    if assessment.is_in_clarification:
        codes = [code for code in asked if by_code[code].returned_at is not None]
        return Turn(tuple(codes), tuple(code for code in codes if by_code[code].is_returned))
    codes = [code for code in asked if not by_code[code].is_carried]
    return Turn(tuple(codes), tuple(code for code in codes if not by_code[code].is_done))


def _rail_lines(
    rules: scoring.Framework, progress: Progress, rows: Iterable[Answer]
) -> Iterator[RailLine]:
    """The categories with what was returned in them."""
    returned = [row for row in rows if row.returned_at is not None]
    waiting = Counter(rules.category_of(row.code).code for row in returned if row.is_returned)
    corrected = Counter(rules.category_of(row.code).code for row in returned if row.corrected_at)
    for entry in progress.categories:
        code = entry.category.code
        yield RailLine(
            category=entry.category,
            asked=entry.asked,
            done=entry.done,
            open_must_haves=entry.open_must_haves,
            returned=waiting[code],
            corrected=corrected[code],
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


def next_step(
    rules: scoring.Framework,
    progress: Progress,
    category_code: str,
    waiting: Sequence[str] | None = None,
) -> Step | None:
    """The next open question from this category onwards; past the last one, must-haves first.

    `waiting` are the codes to go over; without it, all that are unanswered.
    """
    codes = [entry.category.code for entry in progress.categories]
    rest = codes[codes.index(category_code) :]
    steps = [
        Step(code, rules.category_of(code).code)
        for code in (progress.open_codes if waiting is None else waiting)
    ]
    onwards = [step for step in steps if step.category in rest]
    must_haves = [step for step in steps if rules.criterion(step.code).must_have]
    return next(iter(onwards or must_haves or steps), None)


def first_step(assessment: Assessment, rows: Iterable[Answer]) -> Step:
    """Where to take up the questionnaire: the first question that waits, else its first category."""
    rows = list(rows)
    progress = progress_of(assessment, rows)
    first = progress.categories[0].category.code
    waiting = turn_of(assessment, rows).waiting
    step = next_step(assessment.framework.rules, progress, first, waiting)
    return step or Step("", first)
