"""Frozen results and published frameworks: text against hash, columns against text."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from vendors import scoring
from vendors.integrity.faults import Fault, Names
from vendors.integrity.heads import KnownHeads
from vendors.integrity.recorded import Recorded
from vendors.integrity.stored import Unreadable, as_day, as_number, as_text, stored_rows

_FIGURES = (
    "overall",
    "claimed",
    "confidence",
    "verified_share",
    "documented_share",
    "claimed_share",
)
_PLACES = Decimal("1e-8")
_COLUMNS = (
    "id",
    "assessment_id",
    "snapshot",
    "digest",
    "engine_version",
    "framework_fingerprint",
    "as_of",
    "tier",
    "band",
    "gate",
    "residual_risk",
    "must_haves_met",
    "must_haves_total",
    "weakest_code",
    "weakest_score",
    *_FIGURES,
)
_CATEGORY = ("code", "position", "weight", "score", "claimed", "confidence", "score_value")


@dataclass(slots=True)
class FrozenRow:
    """A frozen result as it is stored, with the snapshot where it could be read."""

    columns: dict[str, Any]
    snapshot: dict[str, Any] | None


def frozen_rows(known: KnownHeads, names: Names) -> list[FrozenRow]:
    """All frozen results; the head that each snapshot holds is noted. Inside `one_view`."""
    found = []
    for values in stored_rows(_COLUMNS, "vendors_assessmentresult ORDER BY id"):
        columns = dict(zip(_COLUMNS, values, strict=True))
        row = FrozenRow(columns, _snapshot(columns))
        found.append(row)
        head = (row.snapshot or {}).get("head")
        if isinstance(head, dict) and isinstance(head.get("sequence"), int):
            where = _("the snapshot of %s") % names.assessment(columns["assessment_id"])
            known.note(str(head.get("chain")), head["sequence"], str(head.get("digest")), where)
    return found


def _snapshot(columns: dict[str, Any]) -> dict[str, Any] | None:
    """The snapshot, unless one of its bytes was changed."""
    text = columns["snapshot"]
    if _sha256(text) != columns["digest"]:
        return None
    try:
        found = json.loads(text, parse_float=Decimal)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _sha256(text: Any) -> str:
    try:
        return sha256((as_text(text) or "").encode()).hexdigest()
    except Unreadable:
        return ""


def check_results(rows: list[FrozenRow], recorded: Recorded, names: Names) -> Iterator[Fault]:
    """Each frozen result whose text, hash or columns are not those that were frozen."""
    categories: dict[Any, list[tuple[Any, ...]]] = {}
    source = "vendors_categoryscore ORDER BY result_id, position"
    for result, *values in stored_rows(("result_id", *_CATEGORY), source):
        categories.setdefault(result, []).append(tuple(values))
    rules = dict(_rules())
    for row in rows:
        columns = row.columns
        name = names.assessment(columns["assessment_id"])
        if row.snapshot is None:
            yield Fault("snapshot", name, _("its text does not give its SHA-256"))
        if columns["digest"] not in recorded.digests.get(columns["assessment_id"], set()):
            yield Fault("snapshot", name, _("no event names its SHA-256"))
        if row.snapshot is None:
            continue
        try:
            wrong = [*_differing(row, rules.get(columns["framework_fingerprint"]), categories)]
        except (LookupError, TypeError, ValueError) as error:
            wrong = [_("it cannot be scored: %s") % error]
        if wrong:
            words = _("its row does not say what it says (%s)") % ", ".join(wrong)
            yield Fault("snapshot", name, words)


def _rules() -> Iterator[tuple[str, scoring.Framework]]:
    """Frameworks whose text gives their fingerprint."""
    for document, fingerprint in stored_rows(("document", "fingerprint"), "vendors_framework"):
        if _sha256(document) == fingerprint:
            with contextlib.suppress(LookupError, TypeError, ValueError):
                yield fingerprint, scoring.load_document(document)


def _differing(
    row: FrozenRow,
    rules: scoring.Framework | None,
    categories: dict[Any, list[tuple[Any, ...]]],
) -> Iterator[str]:
    """The columns and categories that the snapshot, scored again, does not give."""
    snapshot, columns = row.snapshot or {}, row.columns
    if columns["framework_fingerprint"] != snapshot["framework"]["fingerprint"]:
        yield "framework_fingerprint"
    if columns["engine_version"] != snapshot["engine_version"]:
        yield "engine_version"
    if rules is None or snapshot["engine_version"] != scoring.ENGINE_VERSION:
        return
    portable = scoring.parse_assessment(scoring.canonical_json(snapshot["document"]))
    answers = scoring.answers_of(portable, rules)
    result = scoring.score(rules, answers, portable.tier, portable.as_of)
    if scoring.canonical_json(result.document()) != scoring.canonical_json(snapshot["result"]):
        yield _("the result, scored again")
    yield from _differing_columns(columns, result, _residual_risk(snapshot, result))
    expected = [
        (
            entry.code,
            position,
            str(entry.weight),
            _exact(entry.score),
            _exact(entry.claimed),
            _exact(entry.confidence),
            _rounded(entry.score),
        )
        for position, entry in enumerate(result.categories.values())
    ]
    found = [(*values[:-1], _stored(values[-1])) for values in categories.get(columns["id"], [])]
    for one, other in zip(expected, found, strict=False):
        if one != other:
            yield _("category %s") % one[0]
    if len(expected) != len(found):
        yield _("categories")


def _residual_risk(snapshot: dict[str, Any], result: scoring.Result) -> str:
    """There is none to state where nothing is rated, or a must-have fails and is not waived."""
    is_waived = bool((snapshot.get("decision") or {}).get("waivers"))
    if not result.band or (result.gate == scoring.FAIL and not is_waived):
        return ""
    return scoring.residual_risk(result.tier, result.band)


def _differing_columns(
    columns: dict[str, Any], result: scoring.Result, residual_risk: str
) -> Iterator[str]:
    """The columns of a row that are not those of its result."""
    rated = [entry for entry in result.categories.values() if entry.score is not None]
    weakest = min(rated, key=lambda entry: entry.score or Fraction(0), default=None)
    figures = {name: _rounded(getattr(result, name)) for name in _FIGURES}
    figures["weakest_score"] = _rounded(weakest.score) if weakest else None
    texts: dict[str, Any] = {
        "band": result.band or "",
        "gate": result.gate,
        "residual_risk": residual_risk,
        "weakest_code": weakest.code if weakest else "",
    }
    numbers = {
        "tier": result.tier,
        "must_haves_met": sum(must.result == scoring.PASS for must in result.must_haves),
        "must_haves_total": len(result.must_haves),
    }
    yield from (name for name, figure in figures.items() if _stored(columns[name]) != figure)
    yield from (name for name, text in texts.items() if columns[name] != text)
    yield from (name for name, number in numbers.items() if _whole(columns[name]) != number)
    if _day(columns["as_of"]) != result.as_of.isoformat():
        yield "as_of"


def _whole(raw: Any) -> int | None:
    try:
        return as_number(raw)
    except Unreadable:
        return None


def _day(raw: Any) -> str | None:
    try:
        return as_day(raw)
    except Unreadable:
        return None


def _stored(raw: Any) -> Decimal | None:
    """A figure as it is stored, at eight places; SQLite keeps a double."""
    if raw is None:
        return None
    try:
        return Decimal(str(raw)).quantize(_PLACES)
    except InvalidOperation:
        return Decimal(-1)


def _rounded(value: Fraction | None) -> Decimal | None:
    """An exact figure at eight places."""
    if value is None:
        return None
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_PLACES)


def _exact(value: Fraction | None) -> str:
    return "" if value is None else str(value)


def _criteria(document: str) -> list[tuple[Any, ...]]:
    """The criteria of a framework as their rows say them; none where it cannot be read."""
    try:
        rules = scoring.load_document(document)
    except (LookupError, TypeError, ValueError):
        return []
    return [
        (item.code, rules.category_of(item.code).code, position)
        for position, item in enumerate(rules.criteria)
    ]


def check_frameworks(recorded: Recorded) -> Iterator[Fault]:
    """Published frameworks whose text, fingerprint or criteria are not those of their event."""
    rows: dict[Any, list[tuple[Any, ...]]] = {}
    source = "vendors_criterion ORDER BY framework_id, position"
    for framework, *values in stored_rows(
        ("framework_id", "code", "category_code", "position"), source
    ):
        rows.setdefault(framework, []).append(tuple(values))
    columns = ("id", "slug", "version", "document", "fingerprint")
    for key, slug, version, document, fingerprint in stored_rows(columns, "vendors_framework"):
        name = f"{slug} {version}"
        if _sha256(document) != fingerprint:
            yield Fault("framework", name, _("its text does not give its fingerprint"))
            continue
        if recorded.frameworks.get(name) != fingerprint:
            yield Fault("framework", name, _("no event names its fingerprint"))
        if rows.get(key, []) != _criteria(document):
            yield Fault("framework", name, _("its criteria are not those of its text"))
