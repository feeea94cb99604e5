"""An answer as the trail records it: everything its row holds, so that the two can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from vendors.models import Answer, AnswerEvidence, Assessment, Certification

#: The columns that the trail records; moments and people of a change stand on the event itself.
_COLUMNS = (
    "version",
    "is_answered",
    "value",
    "valid_to",
    "not_applicable",
    "reason",
    "comment",
    "proposed_level",
    "level_valid_to",
    "answered_at",
    "answered_by_id",
    "is_carried",
    "level",
    "rating",
    "consented",
    "remark",
    "decided_at",
    "decided_by_id",
    "returned_at",
    "returned_by_id",
    "return_remark",
    "corrected_at",
)


_EMPTY: tuple[Any, ...] = (None, "", 0, [], {})


def answer_state(
    answer: Answer,
    certifications: Iterable[Certification] | None = None,
    links: Iterable[AnswerEvidence] | None = None,
) -> dict[str, Any]:
    """All that a row holds, what is empty left out; a pristine row gives {}.

    Register entries and evidence are read through the row where they are not given: prefetch both
    for many rows, as `recorded_answers` does. `never` marks a date answered "never".
    """
    entries = answer.certifications.all() if certifications is None else certifications
    links = answer.evidence_links.all() if links is None else links
    kept: dict[str, Any] = {name: _plain(getattr(answer, name)) for name in _COLUMNS}
    kept["never"] = answer.is_answered and answer.value is None
    kept["certifications"] = sorted(str(entry.public_id) for entry in entries)
    kept["evidence"] = {str(link.evidence.public_id): link.page for link in links}
    return {name: value for name, value in kept.items() if _is_set(name, value)}


def answer_states(answers: Iterable[Answer]) -> dict[str, dict[str, Any]]:
    """The states of several rows by code; prefetched as `recorded_answers` does."""
    return {answer.code: answer_state(answer) for answer in answers}


def recorded_answers(assessment: Assessment, codes: Iterable[str] | None = None) -> list[Answer]:
    """Rows with all that their state needs. Four queries."""
    rows = assessment.answers.all() if codes is None else assessment.answers.filter(code__in=codes)
    return list(
        rows.prefetch_related("certifications", "evidence_links__evidence").order_by(
            "criterion__position"
        )
    )


def _plain(value: Any) -> Any:
    """A column as JSON holds it; moments in UTC, so that no time zone shows."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def _is_set(name: str, value: Any) -> bool:
    """Whether there is something to record. A rating of 0 is; version 0 is pristine."""
    return value is not None if name == "rating" else value not in _EMPTY
