"""Rows that a decision rests on against what the trail, or a frozen result, says of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from vendors.integrity.faults import Fault, Names
from vendors.integrity.results import FrozenRow
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
from vendors.integrity.told import GONE, MARKED, Told

Columns = Mapping[str, Callable[[Any], Any]]


def _as_table(raw: Any) -> Any:
    """A JSON column. Raises Unreadable for what is none."""
    if isinstance(raw, dict):
        return raw
    try:
        return json.loads(raw, parse_float=Decimal)
    except (TypeError, ValueError) as error:
        raise Unreadable(repr(raw)) from error


_ASSESSMENT: Columns = {
    "submitted_by_id": as_number,
    "reviewer_id": as_number,
    "second_reviewer_id": as_number,
    "needs_second_review": as_flag,
    "approved_by_id": as_number,
    "rejected_by_id": as_number,
    "closed_by_id": as_number,
    "cancelled_by_id": as_number,
    "tier": as_number,
    "intake": _as_table,
}
_MARK: Columns = {
    "level": as_text,
    "rating": as_number,
    "consented": as_flag,
    "remark": as_text,
}
_FINDING: Columns = {
    "f.title": as_text,
    "f.code": as_text,
    "f.severity": as_text,
    "a.due_on": as_day,
    "a.state": as_text,
    "a.reported_by_id": as_number,
    "a.closed_by_id": as_number,
}
_ENTRY: Columns = {
    "standard": as_text,
    "level": as_text,
    "issuer": as_text,
    "number": as_text,
    "issued_on": as_day,
    "expires_on": as_day,
    "status": as_text,
    "status_on": as_day,
    "status_reason": as_text,
    "verified_at": as_moment,
    "verified_where": as_text,
    "verified_by_id": as_number,
    "version": as_number,
}


def check_decisions(told: Told, frozen: Sequence[FrozenRow], names: Names) -> Iterator[Fault]:
    """Assessments, marks, findings, waivers, register entries and weights. Inside `one_view`."""
    yield from _check_assessments(told, names)
    yield from _check_reviews(told, names)
    yield from _check_marks(told, names)
    yield from _check_findings(told, names)
    yield from _check_waivers(frozen, names)
    yield from _check_entries(told, names)
    yield from _check_weights(told)


def _differing(columns: Columns, values: Sequence[Any], kept: Mapping[str, Any]) -> list[str]:
    """The columns that hold something else than was told; what was not told is left out."""
    wrong = []
    for (column, read), raw in zip(columns.items(), values, strict=True):
        name = column.rpartition(".")[2]
        if name not in kept:
            continue
        try:
            is_same = (read(raw) or None) == (kept[name] or None)
        except Unreadable:
            is_same = False
        if not is_same:
            wrong.append(name)
    return wrong


def _unlike(kind: str, name: str, wrong: Sequence[str]) -> Iterator[Fault]:
    if wrong:
        words = _("it is not as its last event left it (%s)") % ", ".join(wrong)
        yield Fault(kind, name, words)


def _check_assessments(told: Told, names: Names) -> Iterator[Fault]:
    """Who submitted, reviewed and decided, the tier, the risk that it follows from, the owner."""
    columns = ("s.id", "u.email", *(f"s.{name}" for name in _ASSESSMENT))
    source = "vendors_assessment s LEFT JOIN vetting_user u ON u.id = s.owner_id ORDER BY s.id"
    for key, owner, *values in stored_rows(columns, source):
        kept = told.assessments.get(key, {})
        wrong = _differing(_ASSESSMENT, values, kept)
        if "owner" in kept and kept["owner"] != owner:
            wrong.append("owner_id")
        yield from _unlike("assessment", names.assessment(key), wrong)


def _check_reviews(told: Told, names: Names) -> Iterator[Fault]:
    """Parts of a review that are another person's than who took it."""
    columns = ("assessment_id", "position", "reviewer_id")
    for key, position, reviewer in stored_rows(columns, "vendors_review ORDER BY id"):
        column = "reviewer_id" if position == 1 else "second_reviewer_id"
        if told.assessments.get(key, {}).get(column, reviewer) != reviewer:
            name = f"{names.assessment(key)}, {position}"
            yield Fault("review", name, _("somebody else took it"))


def _check_marks(told: Told, names: Names) -> Iterator[Fault]:
    """What each reviewer decided, which nobody else sees while two work."""
    source = """vendors_mark m LEFT JOIN vendors_review r ON r.id = m.review_id
        LEFT JOIN vendors_answer a ON a.id = m.answer_id ORDER BY m.id"""
    columns = ("a.assessment_id", "a.code", "r.reviewer_id", *(f"m.{name}" for name in MARKED))
    left = dict(told.marks)
    for assessment, code, person, *values in stored_rows(columns, source):
        kept = left.pop((assessment, code, person), None)
        name = f"{names.assessment(assessment)}, {code}"
        if kept is None:
            yield Fault("mark", name, _("no event tells of it"))
        else:
            yield from _unlike("mark", name, _differing(_MARK, values, kept))
    for assessment, code, _person in left:
        name = f"{names.assessment(assessment)}, {code}"
        yield Fault("mark", name, _("the trail knows it, its row is gone"))


def _check_findings(told: Told, names: Names) -> Iterator[Fault]:
    """Findings with severity, due date and state of their actions, and who closed these."""
    source = """vendors_finding f
        LEFT JOIN vendors_correctiveaction a ON a.finding_id = f.id ORDER BY f.id"""
    left = dict(told.findings)
    for vendor, number, *values in stored_rows(("f.vendor_id", "f.number", *_FINDING), source):
        label = f"F-{number:03d}" if isinstance(number, int) else str(number)
        name = f"{names.vendors.get(vendor, vendor)}, {label}"
        kept = left.pop((vendor, label), None)
        if kept is None:
            yield Fault("finding", name, _("no event tells of it"))
        else:
            yield from _unlike("finding", name, _differing(_FINDING, values, kept))
    for vendor, label in left:
        name = f"{names.vendors.get(vendor, vendor)}, {label}"
        yield Fault("finding", name, _("the trail knows it, its row is gone"))


def _check_waivers(frozen: Sequence[FrozenRow], names: Names) -> Iterator[Fault]:
    """Waivers that are not those of the frozen result."""
    rows: dict[Any, list[tuple[Any, ...]]] = {}
    columns = ("assessment_id", "code", "reason", "ends_on")
    for assessment, code, reason, ends_on in stored_rows(columns, "vendors_waiver"):
        rows.setdefault(assessment, []).append((code, reason, _day(ends_on)))
    for row in frozen:
        key = row.columns["assessment_id"]
        found = sorted(rows.pop(key, []), key=str)
        decision = (row.snapshot or {}).get("decision")
        if not isinstance(decision, dict) or "waivers" not in decision:
            continue
        said = [(item["code"], item["reason"], item["ends_on"]) for item in decision["waivers"]]
        if sorted(said, key=str) != found:
            yield Fault("waiver", names.assessment(key), _("they are not those that were granted"))
    for key in rows:
        yield Fault("waiver", names.assessment(key), _("nothing was decided that it belongs to"))


def _day(raw: Any) -> str | None:
    try:
        return as_day(raw)
    except Unreadable:
        return repr(raw)


def _check_entries(told: Told, names: Names) -> Iterator[Fault]:
    """Entries of the certification register, with what was verified and by whom."""
    columns = ("public_id", "vendor_id", "removed_at", *_ENTRY)
    left = dict(told.entries)
    for raw, vendor, removed_at, *values in stored_rows(columns, "vendors_certification"):
        try:
            key = as_id(raw)
        except Unreadable:
            key = str(raw)
        kept = left.pop(key, None)
        name = f"{names.vendors.get(vendor, vendor)}, {values[0]}"
        wrong = _differing(_ENTRY, values, _entry(kept)) if kept is not GONE else []
        if (kept is GONE) != (removed_at is not None):
            wrong.append("removed_at")
        yield from _unlike("certification", name, wrong)
    for key, kept in left.items():
        name = str(kept.get("standard") or key)
        yield Fault("certification", name, _("the trail knows it, its row is gone"))


def _entry(kept: dict[str, Any] | None) -> dict[str, Any]:
    """What an event says of an entry, by column. One that was only imported is verified by nobody."""
    if kept is None:
        return {"verified_at": None, "verified_by_id": None, "status": "in_force", "version": 0}
    said = dict.fromkeys(_ENTRY) | kept | {"verified_by_id": kept.get("verified_by")}
    if said["verified_at"]:
        said["verified_at"] = as_moment(datetime.fromisoformat(str(said["verified_at"])))
    return said


def _check_weights(told: Told) -> Iterator[Fault]:
    """Versions of weight profiles whose weights are not those that were stored."""
    columns = ("framework_slug", "name", "version", "weights")
    for slug, profile, version, weights in stored_rows(columns, "vendors_weightprofile"):
        name = f"{slug}: {profile}"
        known = told.weights.get(name[:200])
        if known is None:
            continue
        try:
            is_same = version in known and _as_table(weights) == known[version]
        except Unreadable:
            is_same = False
        if not is_same:
            yield Fault(
                "profile", f"{name}, {version}", _("its weights are not those of its event")
            )
