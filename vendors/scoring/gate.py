"""The gate: what each must-have says about an answer, and what all of them say together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from vendors.scoring.answers import Answer, day_text
from vendors.scoring.canonical import number_text
from vendors.scoring.criteria import LEVELS, REJECTED, MustHave
from vendors.scoring.results import (
    FAIL,
    NOT_APPLICABLE,
    PASS,
    PENDING,
    UNANSWERED,
    CriterionResult,
    MustHaveResult,
)


def must_have_result(
    rule: MustHave,
    result: CriterionResult,
    answer: Answer | None,
    as_of: date,
) -> MustHaveResult:
    """Whether a must-have is met. `answer` is what `result` came from."""
    outcome = _outcome(rule, result)
    return MustHaveResult(result.code, outcome, reason_of(outcome, rule, result, answer, as_of))


def _outcome(rule: MustHave, result: CriterionResult) -> str:
    level = result.level or LEVELS[0]
    if result.state == NOT_APPLICABLE:
        return PASS
    if level == REJECTED or (result.raw is not None and result.raw < rule.min_score):
        return FAIL
    if result.state == UNANSWERED or result.raw is None:
        return PENDING
    return PENDING if LEVELS.index(level) < LEVELS.index(rule.min_evidence) else PASS


def reason_of(
    outcome: str, rule: MustHave, result: CriterionResult, answer: Answer | None, as_of: date
) -> str:
    """Why a must-have came out as it did, in one sentence. Judges nothing: the outcome is given."""
    level = result.level or LEVELS[0]
    if result.state == NOT_APPLICABLE:
        return "Not applicable"
    if outcome == FAIL and (level == REJECTED or result.raw is None):
        return "Evidence is rejected"
    if result.raw is None:
        return "Not answered yet"
    if outcome == FAIL:
        least = number_text(rule.min_score)
        return f"Answer scores {_below(result.raw)}, at least {least} is needed"
    if outcome == PENDING:
        return _evidence_reason(rule, level, answer, as_of)
    return f"Answer scores {_below(result.raw)}, evidence is {level}"


def _evidence_reason(rule: MustHave, level: str, answer: Answer | None, as_of: date) -> str:
    until = answer.level_valid_to if answer is not None else None
    if until is not None and until < as_of and answer is not None and answer.level != level:
        return f"Evidence ended on {day_text(until)}, {rule.min_evidence} is needed"
    return f"Evidence is {level}, {rule.min_evidence} is needed"


def _below(value: Fraction) -> str:
    """One decimal, rounded down: a score just under the limit never reads as the limit."""
    return number_text(Fraction(value * 10 // 1, 10))


def gate_of(results: Iterable[MustHaveResult]) -> str:
    """Fail if any must-have fails, else pending if any is pending, else pass."""
    outcomes = {item.result for item in results}
    if FAIL in outcomes:
        return FAIL
    return PENDING if PENDING in outcomes else PASS
