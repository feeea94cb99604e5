"""Answers and states of assessments against what the trail says last of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from vendors.integrity.faults import Fault, Names
from vendors.integrity.recorded import Recorded
from vendors.integrity.stored import (
    Unreadable,
    as_day,
    as_flag,
    as_id,
    as_moment,
    as_number,
    as_text,
    stored_rows,
)
from vendors.models import State

#: Each column of an answer: how it is read, and what it holds while nobody answered.
_COLUMNS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "version": (as_number, 0),
    "is_answered": (as_flag, False),
    "value": (as_text, None),
    "valid_to": (as_day, None),
    "not_applicable": (as_flag, False),
    "reason": (as_text, ""),
    "comment": (as_text, ""),
    "proposed_level": (as_text, ""),
    "level_valid_to": (as_day, None),
    "answered_at": (as_moment, None),
    "answered_by_id": (as_number, None),
    "is_carried": (as_flag, False),
    "level": (as_text, ""),
    "rating": (as_number, None),
    "consented": (as_flag, False),
    "remark": (as_text, ""),
    "decided_at": (as_moment, None),
    "decided_by_id": (as_number, None),
    "returned_at": (as_moment, None),
    "returned_by_id": (as_number, None),
    "return_remark": (as_text, ""),
    "corrected_at": (as_moment, None),
}
_SOURCE = """vendors_answer a
    LEFT JOIN vendors_criterion c ON c.id = a.criterion_id
    LEFT JOIN vendors_assessment s ON s.id = a.assessment_id"""
_WHERE = (
    "a.id",
    "a.assessment_id",
    "a.code",
    "c.code",
    "c.framework_id",
    "s.framework_id",
)


def check_answers(recorded: Recorded, names: Names) -> Iterator[Fault]:
    """Each answer that is not as its last event left it, with the columns that differ.

    An answer without an event must be as it was made. Inside `one_view`.
    """
    entries, links = _register_entries(), _evidence_links()
    left = recorded.answers()
    criteria: dict[tuple[Any, Any], int] = {}
    frameworks: dict[Any, Any] = {}
    columns = (*_WHERE, *(f"a.{name}" for name in _COLUMNS))
    for row in stored_rows(columns, f"{_SOURCE} ORDER BY a.assessment_id, a.id"):
        key, assessment, code, criterion, of_criterion, of_assessment = row[:6]
        left.discard((assessment, code))
        frameworks[assessment] = of_assessment
        criteria[assessment, code] = 1
        name = f"{names.assessment(assessment)}, {code}"
        if code != criterion or of_criterion != of_assessment:
            yield Fault("answer", name, _("it stands at another criterion"))
        state = dict(recorded.answer(assessment, code))
        wrong = [*_differing(row[6:], state)]
        wrong += _differing_sets(state, entries.get(key, []), links.get(key, {}))
        if wrong:
            words = _("it is not as its last event left it (%s)") % ", ".join(wrong)
            yield Fault("answer", name, words)
    for assessment, code in sorted(left, key=str):
        name = f"{names.assessment(assessment)}, {code}"
        yield Fault("answer", name, _("the trail knows it, its row is gone"))
    yield from _incomplete(criteria, frameworks, names)


def _differing(values: tuple[Any, ...], state: dict[str, Any]) -> Iterator[str]:
    """The columns that differ from a recorded state, by name."""
    for (name, (read, empty)), raw in zip(_COLUMNS.items(), values, strict=True):
        try:
            found = read(raw)
        except Unreadable:
            yield name
            continue
        if found != state.get(name, empty):
            yield name


def _differing_sets(
    state: dict[str, Any], entries: list[str], links: dict[str, Any]
) -> Iterator[str]:
    """Whether other register entries or documents back it than were recorded."""
    if sorted(entries) != state.get("certifications", []):
        yield "certifications"
    if links != state.get("evidence", {}):
        yield "evidence"


def _register_entries() -> dict[Any, list[str]]:
    """The register entries behind each answer."""
    found: dict[Any, list[str]] = {}
    source = """vendors_answer_certifications l
        LEFT JOIN vendors_certification c ON c.id = l.certification_id"""
    for answer, entry in stored_rows(("l.answer_id", "c.public_id"), source):
        found.setdefault(answer, []).append(_id(entry))
    return found


def _evidence_links() -> dict[Any, dict[str, Any]]:
    """The documents that each answer cites, with the page."""
    found: dict[Any, dict[str, Any]] = {}
    source = """vendors_answerevidence l
        LEFT JOIN vendors_evidence e ON e.id = l.evidence_id"""
    for answer, document, page in stored_rows(("l.answer_id", "e.public_id", "l.page"), source):
        found.setdefault(answer, {})[_id(document)] = page
    return found


def _id(raw: Any) -> str:
    try:
        return as_id(raw)
    except Unreadable:
        return f"unreadable {raw!r}"


def _incomplete(
    criteria: dict[tuple[Any, Any], int], frameworks: dict[Any, Any], names: Names
) -> Iterator[Fault]:
    """Criteria of its framework that an assessment has no row for."""
    codes: dict[Any, list[str]] = {}
    for framework, code in stored_rows(("framework_id", "code"), "vendors_criterion"):
        codes.setdefault(framework, []).append(code)
    for assessment, framework in frameworks.items():
        for code in codes.get(framework, []):
            if (assessment, code) not in criteria:
                name = f"{names.assessment(assessment)}, {code}"
                yield Fault("answer", name, _("its row is gone"))


def check_states(recorded: Recorded, chains: set[str], names: Names) -> Iterator[Fault]:
    """Assessments that stand elsewhere than their last move led, or that have no chain."""
    rows = stored_rows(("id", "public_id", "state"), "vendors_assessment ORDER BY id")
    for key, public_id, state in rows:
        name = names.assessment(key)
        if f"assessment:{_id(public_id)}" not in chains:
            yield Fault("assessment", name, _("it has no events"))
            continue
        last = recorded.state(key)
        expected = {last} if last else {State.INTAKE.value, State.IN_PROGRESS.value}
        if state not in expected:
            words = _("it stands at %(state)s, its last move led to %(expected)s") % {
                "state": state,
                "expected": ", ".join(sorted(expected)),
            }
            yield Fault("assessment", name, words)
    for key, public_id in stored_rows(("id", "public_id"), "vendors_vendor ORDER BY id"):
        if f"vendor:{_id(public_id)}" not in chains:
            yield Fault("vendor", names.vendors.get(key, str(key)), _("it has no events"))
