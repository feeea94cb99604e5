"""What the trail says last of people, tiers, marks, findings, register entries and weights."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

#: The column that holds who made a move.
_MOVED_BY = {
    "assessment.submit": "submitted_by_id",
    "assessment.review": "reviewer_id",
    "review.take": "second_reviewer_id",
    "assessment.approve": "approved_by_id",
    "assessment.approve_with_conditions": "approved_by_id",
    "assessment.reject": "rejected_by_id",
    "assessment.close": "closed_by_id",
    "assessment.cancel": "cancelled_by_id",
}
#: Everything of an assessment that no event has changed yet.
_UNTOUCHED: dict[str, Any] = {**dict.fromkeys(_MOVED_BY.values()), "needs_second_review": False}
_SECOND = {"review.ask_second": True, "review.drop_second": False}
#: Events that say scope and risk.
_SCOPE = {
    "assessment.start",
    "assessment.intake",
    "assessment.tier",
    "assessment.reassess",
    "assessment.owner",
}
_SCOPED = ("tier", "intake", "owner")
_OF_MARKS = {"review.mark", "review.accept", "answer.decide", "answer.accept", "answer.return"}
MARKED = ("level", "rating", "consented", "remark")
_OF_FINDINGS = ("finding.", "action.")
_PLAIN = ("title", "code", "severity", "due_on", "state")
GONE: dict[str, Any] = {"is_gone": True}


class Told:
    """The last of each, by what a row is known by."""

    def __init__(self) -> None:
        #: Columns of assessments; what is not in there was never told.
        self.assessments: dict[int, dict[str, Any]] = {}
        #: A reviewer's mark, by assessment, code and person.
        self.marks: dict[tuple[int, str, Any], dict[str, Any]] = {}
        #: Findings with their actions, by vendor and label.
        self.findings: dict[tuple[Any, str], dict[str, Any]] = {}
        #: Register entries by public id; GONE once they were removed.
        self.entries: dict[str, dict[str, Any]] = {}
        #: Weights by profile and version.
        self.weights: dict[str, dict[Any, Any]] = {}

    def add(
        self,
        *,
        action: Any,
        actor: Any,
        vendor: Any,
        assessment: Any,
        subject: Any,
        before: Any,
        after: Any,
    ) -> None:
        """Take one event in. What cannot be read is left out: its event is named already."""
        if type(action) is not str:
            return
        if action in _OF_MARKS:
            self._add_marks(action, assessment, subject, actor, after)
        elif action.startswith(_OF_FINDINGS):
            self._add_finding(action, (vendor, subject), actor, after)
        elif action.startswith("certification."):
            self._add_entry(action, before, after)
        elif action == "profile.save":
            found = _table(after)
            self.weights.setdefault(subject, {})[found.get("version")] = found.get("weights")
        elif assessment is not None:
            self._add_assessment(action, assessment, actor, after)

    def _add_assessment(self, action: str, assessment: int, actor: Any, after: Any) -> None:
        if action == "assessment.baseline":
            # what was recorded before had another form
            self.assessments[assessment] = {}
        elif action == "assessment.start":
            self.assessments[assessment] = dict(_UNTOUCHED)
        kept = self.assessments.setdefault(assessment, {})
        if action in _MOVED_BY:
            kept[_MOVED_BY[action]] = actor
        elif action == "assessment.take_back":
            kept["submitted_by_id"] = None
        elif action in _SECOND:
            kept["needs_second_review"] = _SECOND[action]
        elif action in _SCOPE:
            found = _table(after)
            kept.update({name: found[name] for name in _SCOPED if name in found})

    def _add_marks(
        self, action: str, assessment: int, subject: str, actor: Any, after: Any
    ) -> None:
        found = _table(after)
        if action == "answer.return":
            for key in [key for key in self.marks if key[:2] == (assessment, subject)]:
                del self.marks[key]
            return
        if action == "review.accept":
            marks = found.get("marks")
        elif action == "answer.accept":
            marks = found.get("answers")
        else:
            marks = {subject: found.get("mark") if action == "review.mark" else found}
        for code, mark in (marks or {}).items():
            self.marks[assessment, code, actor] = {name: (mark or {}).get(name) for name in MARKED}

    def _add_finding(self, action: str, key: tuple[Any, str], actor: Any, after: Any) -> None:
        found = _table(after)
        if action == "finding.raise":
            self.findings[key] = {"code": "", "state": "open", "closed_by_id": None}
        kept = self.findings.setdefault(key, {})
        kept.update({name: found[name] for name in _PLAIN if name in found})
        if action == "action.report":
            kept["reported_by_id"] = actor
        elif action == "action.close":
            kept["closed_by_id"] = actor

    def _add_entry(self, action: str, before: Any, after: Any) -> None:
        found = _table(before if action == "certification.remove" else after)
        if "entry" in found:
            is_gone = action == "certification.remove"
            self.entries[str(found["entry"])] = GONE if is_gone else found


def _table(text: Any) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    try:
        found = json.loads(text, parse_float=Decimal)
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
