"""What the public check tells of a genuine document: what the settings name, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from scorecards.models import Kind, Scorecard
from scorecards.queries.checked import Checked, Verdict
from vendors import scoring

#: Documents of which the facts are told. A draft decides nothing, a withdrawn one is wrong.
_TOLD = {Verdict.IN_FORCE, Verdict.REPLACED, Verdict.EXPIRED, Verdict.CLOSED}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told, "" or None where the settings don't name it or the document has none.

    Names are those that the document prints; `decision` is the state that it speaks of, `waived`
    counts must-haves that somebody waived.
    """

    vendor: str = ""
    is_sample: bool = False
    decision: str = ""
    is_rated: bool = False
    band: str = ""
    band_label: str = ""
    is_eligible: bool = True
    score: Any = None
    must_haves: int | None = None
    met: int | None = None
    waived: int = 0
    issued_on: date | None = None
    issuer: str = ""
    as_of: date | None = None
    valid_to: date | None = None
    changed_on: date | None = None
    reason: str = ""
    framework: str = ""
    criteria: int | None = None


def disclosed(found: Checked, allowed: Collection[str] | None = None) -> Facts:
    """The facts of a checked document, as far as CHECK_DISCLOSES, or `allowed`, names them.

    Comparisons and portfolios speak of several vendors, so nothing but days is told of them.
    """
    allowed = set(settings.CHECK_DISCLOSES if allowed is None else allowed)
    row, record, standed = found.row, found.record, found.standed
    if row is None or record is None or standed is None or row.is_draft:
        return Facts()
    fields: dict[str, Any] = {}
    if "dates" in allowed:
        fields["changed_on"] = standed.on
    if "reason" in allowed and found.verdict is Verdict.WITHDRAWN:
        fields["reason"] = standed.reason
    if found.verdict in _TOLD:
        for name, part in _PARTS.items():
            if name in allowed and (name == "dates" or row.kind == Kind.VENDOR):
                fields |= part(row, record)
    return Facts(**fields)


def is_rejection(found: Checked) -> bool:
    """Whether the document says that the vendor was rejected."""
    return bool(_at(found.record or {}, "summary", "state") == "rejected")


def _vendor(_row: Scorecard, record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "vendor": str(_at(record, "summary", "vendor") or ""),
        "is_sample": bool(_at(record, "snapshot", "assessment", "is_sample")),
    }


def _band(_row: Scorecard, record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "decision": _at(record, "summary", "state") or "",
        "is_rated": True,
        "band": str(_at(record, "summary", "band") or ""),
        "band_label": str(_at(record, "summary", "band_label") or ""),
        "is_eligible": _at(record, "summary", "gate") != scoring.FAIL,
    }


def _score(_row: Scorecard, record: Mapping[str, Any]) -> dict[str, Any]:
    return {"score": _at(record, "summary", "overall")}


def _must_haves(_row: Scorecard, record: Mapping[str, Any]) -> dict[str, Any]:
    outcomes = _at(record, "snapshot", "result", "must_haves") or {}
    return {
        "must_haves": len(outcomes),
        "met": list(outcomes.values()).count(scoring.PASS),
        "waived": len(_at(record, "summary", "waivers") or []),
    }


def _dates(row: Scorecard, record: Mapping[str, Any]) -> dict[str, Any]:
    issued_at = _at(record, "issue", "at")
    return {
        "issued_on": timezone.localdate(
            datetime.fromisoformat(issued_at) if issued_at else row.requested_at
        ),
        "as_of": _day(_at(record, "summary", "as_of")),
        "valid_to": _day(_at(record, "summary", "valid_until")),
    }


def _framework(_row: Scorecard, record: Mapping[str, Any]) -> dict[str, Any]:
    categories = _at(record, "framework", "categories") or []
    return {
        "framework": str(_at(record, "snapshot", "framework", "version") or ""),
        "criteria": sum(len(_at(category, "criteria") or []) for category in categories),
    }


def _issuer(_row: Scorecard, record: Mapping[str, Any]) -> dict[str, Any]:
    return {"issuer": str(_at(record, "issue", "by", "name") or "")}


_PARTS = {
    "vendor": _vendor,
    "band": _band,
    "score": _score,
    "must-haves": _must_haves,
    "dates": _dates,
    "framework": _framework,
    "issuer": _issuer,
}


def _at(record: Any, *path: str) -> Any:
    """A part of the record; None where it has none."""
    for key in path:
        if not isinstance(record, Mapping):
            return None
        record = record.get(key)
    return record


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
