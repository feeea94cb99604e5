"""What a decision froze, read back: result and answers of the snapshot, never of the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from vendors import scoring
from vendors.models import Answer, Assessment
from vendors.queries.documents import snapshot_of
from vendors.queries.scores import engine_answers


@dataclass(frozen=True, slots=True)
class Frozen:
    """A decided assessment as its snapshot has it.

    `engine_version` is that of the engine which computed it. `figures` is the result document and
    `result` the same as the engine's value. `rows` are the answers of then by code, one for each
    criterion; they are read only, never stored.
    """

    engine_version: str
    figures: Mapping[str, Any]
    result: scoring.Result
    rows: Mapping[str, Answer]

    def today(self, rules: scoring.Framework) -> scoring.Result | None:
        """What the same answers are worth today, where time alone has changed what is shown.

        None as well once the engine is another one: it could not say what time alone did.
        """
        then, today = self.result, timezone.localdate()
        if today <= then.as_of or self.engine_version != scoring.ENGINE_VERSION:
            return None
        answers = engine_answers(rules, self.rows.values())
        now = scoring.score(rules, answers, then.tier, today)
        return None if _shown(now) == _shown(then) else now


def _shown(result: scoring.Result) -> tuple[str | None, ...]:
    """What pages show of a result beside what was frozen."""
    overall, confidence = result.overall, result.confidence
    return (
        None if overall is None else scoring.shown(overall),
        None if confidence is None else scoring.shown(confidence, 0),
        result.band,
        result.gate,
    )


def frozen_of(assessment: Assessment) -> Frozen:
    """A decided assessment as it was frozen. One query at most, for its result.

    Its framework must have been joined. Raises KeyError where the snapshot is of another one.
    """
    rules = assessment.framework.rules
    snapshot = snapshot_of(assessment.result)
    document, figures = snapshot["document"], snapshot["result"]
    answers = document["answers"]
    rows = {item.code: _row(item, answers.get(item.code, {})) for item in rules.criteria}
    result = scoring.result_from_document(
        figures,
        rules,
        engine_answers(rules, rows.values()),
        document["tier"],
        date.fromisoformat(document["as_of"]),
    )
    return Frozen(snapshot["engine_version"], figures, result, rows)


def _row(criterion: scoring.Criterion, entry: Mapping[str, Any]) -> Answer:
    """An answer of a snapshot as a row; nothing is in the entry of one that nobody gave."""
    is_text = criterion.answer_type == scoring.AnswerType.TEXT
    is_rated_blank = is_text and "value" not in entry and entry.get("rating") is not None
    return Answer(
        code=criterion.code,
        is_answered="value" in entry or is_rated_blank,
        value="" if is_rated_blank else _text(entry.get("value")),
        valid_to=_day(entry.get("valid_to")),
        not_applicable=entry.get("not_applicable", False),
        reason=entry.get("reason", ""),
        comment=entry.get("comment", ""),
        level=entry.get("evidence", ""),
        level_valid_to=_day(entry.get("evidence_valid_to")),
        rating=entry.get("rating"),
    )


def _text(value: Any) -> str | None:
    """A value as rows hold it: figures as exact text."""
    if isinstance(value, int | Decimal):
        return scoring.number_text(value)
    return None if value is None else str(value)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
