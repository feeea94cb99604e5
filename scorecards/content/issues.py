"""Which issue it is, what it corrects, and where it is checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scorecards.content.words import long_moment, place, plain_code

_ORDINALS = (
    "First",
    "Second",
    "Third",
    "Fourth",
    "Fifth",
    "Sixth",
    "Seventh",
    "Eighth",
    "Ninth",
    "Tenth",
)
NOBODY = {"name": "", "role": ""}
#: What a correction may put right, in words.
WHAT = {
    "name": "Vendor",
    "legal_name": "Legal name",
    "services": "Services",
    "sites": "Sites",
    "service": "Service in scope",
}


def issue_part(issue: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The issue as it is printed; None for a draft."""
    if issue is None:
        return None
    return {
        "ordinal": issue["ordinal"],
        "word": _word(issue["ordinal"]),
        "replaces": issue["replaces"],
        "reason": issue["reason"],
        "by": issue["by"] or NOBODY,
        "at": issue["at"],
        "at_shown": long_moment(issue["at"]),
    }


def _word(ordinal: int) -> str:
    words = _ORDINALS[ordinal - 1] if ordinal <= len(_ORDINALS) else f"Number {ordinal},"
    return f"{words} issue"


def corrected(snapshot: Mapping[str, Any], corrections: Sequence[Mapping[str, Any]]) -> Any:
    """The snapshot with corrected names and places; the given one is not touched."""
    after = {entry["field"]: entry["after"] for entry in corrections}
    vendor, scope = dict(snapshot["document"]["vendor"]), dict(snapshot["assessment"])
    vendor.update({key: after[key] for key in ("name", "legal_name", "services") if key in after})
    scope.update({key: after[key] for key in ("sites", "service") if key in after})
    return {
        **snapshot,
        "document": {**snapshot["document"], "vendor": vendor},
        "assessment": scope,
    }


def correction_rows(corrections: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """What was put right, each with what it was and what it is."""
    return [
        {
            "what": entry["what"],
            "before": _words(entry["field"], entry["before"]),
            "after": _words(entry["field"], entry["after"]),
        }
        for entry in corrections
    ]


def _words(field: str, value: Any) -> str:
    if field == "services":
        return ", ".join(plain_code(code) for code in value)
    if field == "sites":
        return "; ".join(place(site) for site in value)
    return str(value)


def check_url(record: Mapping[str, Any]) -> str:
    """The page that says whether the number is in force; "" for a draft."""
    number = record["number"]
    return f"{record['site']['url']}/check/?q={number}" if number else ""
