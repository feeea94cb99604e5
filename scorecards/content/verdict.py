"""What was decided and by whom: decision, conditions, waivers, reviewers, actions, seal.

Reads snapshots of both formats: "vetting-snapshot/1" knows approval alone, without reviewers,
conditions, waivers, evidence and the head of the trail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scorecards.content.words import deed, long_day, long_moment, short_day, shortened

#: What is decided, by the verb of the move, as the state that the document speaks of.
STATES = {
    "approve": "approved",
    "approve_with_conditions": "approved_with_conditions",
    "reject": "rejected",
}
WORDS = {
    "approve": "Approved",
    "approve_with_conditions": "Approved with conditions",
    "reject": "Rejected",
}
ACTION_STATES = {"open": "Under way", "reported": "Reported done", "closed": "Closed"}
#: How many conditions the first page names; the part on corrective actions has all.
ON_COVER = 4
#: There the reason of a waiver and the action are cut to this length; the register has them whole.
COVER_LIMIT = 180


def verb_of(snapshot: Mapping[str, Any]) -> str:
    """The decision that froze the snapshot; "" for a draft."""
    decision = snapshot.get("decision")
    if decision is not None:
        return str(decision["verb"])
    is_approved = any(entry["step"] == "approved" for entry in snapshot["people"])
    return "approve" if is_approved else ""


def note_of(snapshot: Mapping[str, Any]) -> str:
    """The note of an approval, or the reason of a rejection."""
    decision = snapshot.get("decision") or {"note": snapshot["assessment"]["note"]}
    return str(decision["note"])


def decision_part(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The block on the first page."""
    verb, decision = verb_of(snapshot), snapshot.get("decision") or {}
    conditions = [_condition(entry) for entry in decision.get("conditions", [])]
    last = _decided(snapshot)
    return {
        "verb": verb,
        "word": WORDS.get(verb, ""),
        "note": note_of(snapshot),
        "by": (last or {}).get("person") or {"name": "", "role": ""},
        "at_shown": long_moment((last or {}).get("at")),
        "conditions": conditions[:ON_COVER],
        "more_conditions": len(conditions[ON_COVER:]),
        "waivers": [waiver_row(entry) for entry in decision.get("waivers", [])],
        "reviewers": [str(entry["name"]) for entry in snapshot.get("reviewers", [])],
    }


def _decided(snapshot: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Who decided, and when: the last step of a frozen snapshot."""
    steps = (entry for entry in snapshot["people"] if entry["step"] in {"approved", "rejected"})
    return next(steps, None)


def issued_at(snapshot: Mapping[str, Any]) -> str | None:
    """The moment of the decision: the day that an issued document carries; drafts have none."""
    last = _decided(snapshot)
    return None if last is None else str(last["at"])


def _condition(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {**entry, "due_shown": short_day(entry["due_on"])}


def waiver_row(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A waiver, whole and as the first page has it."""
    return {
        **entry,
        "ends_shown": long_day(entry["ends_on"]),
        "due_shown": short_day(entry["due_on"]),
        "reason_short": shortened(entry["reason"], COVER_LIMIT),
        "action_short": shortened(entry["action"], COVER_LIMIT),
    }


def waived(snapshot: Mapping[str, Any]) -> dict[str, str]:
    """The last day of each waived must-have, for lists, by code."""
    decision = snapshot.get("decision") or {}
    return {entry["code"]: short_day(entry["ends_on"]) for entry in decision.get("waivers", [])}


def finding_rows(snapshot: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Findings with their actions, open ones first, each group by number."""
    rows = [
        {
            **entry,
            "due_shown": short_day(entry["due_on"]),
            "state_shown": ACTION_STATES.get(entry["state"], entry["state"]),
            "closed_shown": long_moment(entry["closed_at"]),
        }
        for entry in snapshot.get("findings", [])
    ]
    return sorted(rows, key=lambda row: row["state"] == "closed")


def evidence_rows(snapshot: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The register of documents behind the answers."""
    return [
        {
            **entry,
            "anchor": _anchor(entry["label"]),
            "issued_shown": short_day(entry["issued_on"]),
            "expires_shown": short_day(entry["expires_on"]),
            "checked_shown": short_day((entry["checked_at"] or "")[:10]),
            "cited": ", ".join(_cited(answer) for answer in entry["answers"]),
        }
        for entry in snapshot.get("evidence", [])
    ]


def _cited(answer: Mapping[str, Any]) -> str:
    """A criterion and the page: "SEC-02 (p. 4)"."""
    page = str(answer.get("page") or "")
    return f"{answer['code']} (p. {page})" if page else str(answer["code"])


def _anchor(label: str) -> str:
    """The name that links to a document of the register lead to: "ev-E-1"."""
    return f"ev-{label}"


def cites(snapshot: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """The documents that each criterion cites, each with where it stands, by code."""
    found: dict[str, list[dict[str, str]]] = {}
    for entry in snapshot.get("evidence", []):
        label = str(entry["label"])
        for code in dict.fromkeys(answer["code"] for answer in entry["answers"]):
            found.setdefault(code, []).append({"label": label, "anchor": _anchor(label)})
    return found


def remarks(snapshot: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What reviewers remarked, and how differences between two of them were settled, by code."""
    found = {
        code: {"remark": str(entry["remark"]), "by": str(entry["decided_by"])}
        for code, entry in snapshot.get("remarks", {}).items()
        if entry["remark"]
    }
    for entry in snapshot.get("moderation", []):
        if entry["reason"]:
            before = found.get(entry["code"], {}).get("remark", "")
            words = f"{before} Settled between two reviewers: {entry['reason']}".strip()
            found[entry["code"]] = {"remark": words, "by": str(entry["settled_by"])}
    return found


def people_rows(snapshot: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The steps of the sign-off; reviewers with what they declared."""
    declared = {
        "reviewed" if entry["position"] == 1 else "reviewed_second": entry["declared_at"]
        for entry in snapshot.get("reviewers", [])
    }
    return [
        {
            **entry,
            "person": entry["person"] or {"name": "", "role": ""},
            "at_shown": long_moment(entry["at"]),
            "declared_shown": long_moment(declared.get(entry["step"])),
        }
        for entry in snapshot["people"]
    ]


def conflict_rows(snapshot: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The register of conflicts of interest: each reviewer, and when one was denied."""
    return [
        {
            "reviewer": str(entry["name"]),
            "role": str(entry["role"]),
            "position": entry["position"],
            "declared_shown": long_moment(entry["declared_at"]),
        }
        for entry in snapshot.get("reviewers", [])
    ]


def trail_rows(snapshot: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The changes of state, oldest first."""
    return [
        {**entry, "at_shown": long_moment(entry["at"]), "what": deed(entry["action"])}
        for entry in snapshot["trail"]
    ]
