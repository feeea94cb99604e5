"""What the trail says last of each thing, gathered while its events are read."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

#: Actions on one answer, with its whole state after; several answers stand under "answers".
_OF_ONE_ANSWER = "answer."
_BASELINE = "assessment.baseline"
_FILED = {"evidence.add", "evidence.replace"}
#: What becomes of documents, each event with all that it says.
OF_DOCUMENTS = {
    "scorecard.build",
    "scorecard.request",
    "scorecard.correct",
    "scorecard.withdraw",
    "bundle.build",
}


class Recorded:
    """The last state of answers and assessments, and each hash that an event names."""

    def __init__(self) -> None:
        self._answers: dict[int, dict[str, Any]] = {}
        self._states: dict[int, str] = {}
        #: Hashes of frozen snapshots and of scorecards' contents, by assessment.
        self.digests: dict[int, set[str]] = {}
        #: Hashes of built scorecards.
        self.files: set[str] = set()
        #: Hashes of evidence, by vendor, label and version.
        self.evidence: dict[tuple[Any, str, Any], str] = {}
        #: Fingerprints of published frameworks, by slug and version.
        self.frameworks: dict[str, str] = {}
        #: Saved comparisons: SHA-256 of the document, purpose and address.
        self.kept: Counter[tuple[str, str, str]] = Counter()
        #: Choices of a vendor: SHA-256 of the comparison, vendor, place and reason.
        self.choices: Counter[tuple[str, Any, Any, Any]] = Counter()
        #: What the events say of each built file, by its SHA-256; `number` is "" for drafts.
        self.built: dict[str, dict[str, Any]] = {}
        #: Numbers that were given to documents.
        self.given: set[str] = set()
        #: What the events say of packed bundles, by the bundle's id; the last counts.
        self.packed: dict[str, dict[str, Any]] = {}
        #: Corrections: number, number of what they replace, reason.
        self.corrections: Counter[tuple[str, str, Any]] = Counter()
        #: Withdrawals: number, reason and moment.
        self.withdrawals: Counter[tuple[str, Any, Any]] = Counter()

    def add(self, action: Any, vendor: Any, assessment: Any, subject: Any, after: Any) -> None:
        """Take one event in. What cannot be read is left out: its event is named already."""
        if type(after) is not str or type(action) is not str:
            return
        if assessment is not None:
            if action == _BASELINE:
                # what was recorded before had another form
                self._answers.pop(assessment, None)
            if '"answers":' in after:
                self._add_answers(assessment, after)
            elif action.startswith(_OF_ONE_ANSWER):
                self._answers.setdefault(assessment, {})[subject] = after
            if action.startswith("assessment.") and '"state":' in after:
                self._states[assessment] = after
        if action in _FILED:
            found = _table(after)
            key = (vendor, subject, found.get("version"))
            self.evidence.setdefault(key, str(found.get("sha256")))
        elif '"digest":' in after or '"fingerprint":' in after or '"file_sha256":' in after:
            self._add_hashes(action, assessment, subject, after)

    def add_choice(self, vendor: Any, after: Any, reason: Any) -> None:
        """Take in that a vendor was chosen from a saved comparison."""
        found = _table(after) if type(after) is str else {}
        place = found.get("place")
        place = place if isinstance(place, int) else None  # what was changed may be no number
        self.choices[str(found.get("digest")), vendor, place, reason] += 1

    def add_document(self, action: str, subject: Any, before: Any, after: Any, reason: Any) -> None:
        """Take in what became of a document: one of OF_DOCUMENTS."""
        earlier, later = (_table(text) if type(text) is str else {} for text in (before, after))
        if action == "scorecard.build":
            self.built[str(later.get("file_sha256"))] = {**later, "number": _number(subject)}
        elif action == "scorecard.request":
            self.given.add(_number(subject))
        elif action == "bundle.build":
            self.packed[str(later.get("bundle"))] = later
        elif action == "scorecard.correct":
            self.corrections[str(subject), str(earlier.get("number")), reason] += 1
        else:
            self.withdrawals[str(later.get("number")), reason, later.get("withdrawn_at")] += 1

    def _add_answers(self, assessment: int, after: str) -> None:
        found = _table(after).get("answers")
        if isinstance(found, dict):
            self._answers.setdefault(assessment, {}).update(found)

    def _add_hashes(self, action: str, assessment: Any, subject: str, after: str) -> None:
        found = _table(after)
        self.digests.setdefault(assessment, set()).add(str(found.get("digest")))
        if action == "scorecard.build":
            self.files.add(str(found.get("file_sha256")))
        if action == "comparison.save":
            self.kept[str(found.get("digest")), str(subject), str(found.get("query"))] += 1
        if action == "framework.publish" and "fingerprint" in found:
            self.frameworks[subject] = str(found["fingerprint"])

    def answer(self, assessment: int, code: str) -> dict[str, Any]:
        """The last recorded state of an answer; {} where there is none."""
        found = self._answers.get(assessment, {}).get(code, {})
        found = _table(found) if isinstance(found, str) else found
        return found if isinstance(found, dict) else {}

    def answers(self) -> set[tuple[int, str]]:
        """Each answer that an event is about."""
        return {(key, code) for key, states in self._answers.items() for code in states}

    def state(self, assessment: int) -> str | None:
        """Where the last move led; None where no event says."""
        found = _table(self._states.get(assessment, "{}")).get("state")
        return found if isinstance(found, str) else None


def _number(subject: Any) -> str:
    """The number of a document that an event is about; "" for a draft."""
    last = str(subject).rpartition(", ")[2]
    return last if last.startswith("VET-") else ""


def _table(text: str) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    try:
        found = json.loads(text, parse_float=Decimal)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
