"""The whole check: chains, answers, frozen results, frameworks, evidence and documents.

Each part is named when it does not hold, so that somebody can go and compare it with a backup.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from scorecards.builder import FOLDER
from scorecards.models import BuildState, Scorecard
from vendors import triggers
from vendors.integrity.answers import check_answers, check_states
from vendors.integrity.chains import ChainCheck, check_chains
from vendors.integrity.decisions import check_decisions
from vendors.integrity.faults import Fault, Names
from vendors.integrity.files import (
    KnownFile,
    check_evidence,
    check_files,
    unknown_evidence,
    unknown_files,
)
from vendors.integrity.heads import KnownHeads, read_heads
from vendors.integrity.recorded import Recorded
from vendors.integrity.results import check_frameworks, check_results, frozen_rows
from vendors.integrity.stored import one_view, stored_rows


@dataclass(slots=True)
class Report:
    """What was looked at, how many of each, and every fault that was found."""

    counts: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    seconds: float = 0.0
    #: The number of the newest event.
    last: int = 0


def verify(key: bytes) -> Report:
    """Check everything that is stored, in one view of the database; nobody is kept from writing."""
    started = time.monotonic()
    report = Report()
    with one_view():
        names, known = Names(), KnownHeads()
        report.counts["head_files"], faults = read_heads(key, known)
        report.faults += _trigger_faults() + faults
        frozen = frozen_rows(known, names)
        chains = check_chains(key, names, known)
        report.faults += chains.faults
        report.last = chains.last
        _check_rows(report, chains, names)
        report.faults += check_decisions(chains.told, frozen, names)
        report.faults += check_results(frozen, chains.recorded, names)
        report.faults += check_frameworks(chains.recorded)
        report.counts |= {
            "chains": len(chains.ends),
            "events": chains.events,
            "snapshots": len(frozen),
        }
        report.counts["evidence_files"], faults = check_evidence(chains.recorded)
        report.faults += faults
        kept, faults = _check_comparisons(chains.recorded)
        report.counts["comparisons"] = len(kept)
        report.faults += [*faults, *_check_choices(chains.recorded, kept)]
        report.counts["scorecards"], faults = _check_scorecards(chains.recorded, names, kept)
        report.faults += faults
    report.faults += unknown_evidence()
    report.faults += unknown_files("scorecard", FOLDER, _scorecard_files)
    report.seconds = time.monotonic() - started
    return report


def _trigger_faults() -> list[Fault]:
    """Triggers that somebody took away."""
    words = _("the trigger is missing, so the database refuses nothing there")
    return [Fault("trigger", name, words) for name in triggers.missing(connection)]


def _check_rows(report: Report, chains: ChainCheck, names: Names) -> None:
    """Answers and states against their last events."""
    report.faults += check_answers(chains.recorded, names)
    report.faults += check_states(chains.recorded, set(chains.ends), names)
    for (number,) in stored_rows(("count(*)",), "vendors_answer"):
        report.counts["answers"] = number


@dataclass(frozen=True, slots=True)
class _Kept:
    """A saved comparison as its row says it: its purpose and the SHA-256 of its document."""

    purpose: str
    digest: str


_NOTHING_KEPT = _Kept("?", "")


def _check_comparisons(recorded: Recorded) -> tuple[dict[Any, _Kept], list[Fault]]:
    """The saved comparisons by key, and what is wrong with their documents."""
    nobody: Any = None  # the key of what is about no assessment
    named = recorded.digests.get(nobody, set())
    columns = ("id", "purpose", "note", "query", "document", "digest")
    kept: dict[Any, _Kept] = {}
    faults = []
    told = recorded.kept.copy()
    for row in stored_rows(columns, "scorecards_savedcomparison"):
        key, purpose, note, query, document, digest = row
        kept[key] = _Kept(str(purpose), str(digest))
        told[str(digest), str(purpose), str(query)] -= 1
        if _hash_of(document) != digest:
            words = _("its document does not give its SHA-256")
            faults.append(Fault("comparison", str(purpose), words))
        if _said_in(document) != (purpose, note):
            words = _("its purpose or note is not that of its document")
            faults.append(Fault("comparison", str(purpose), words))
        if digest not in named:
            words = _("no event names the SHA-256 of its document")
            faults.append(Fault("comparison", str(purpose), words))
    gone = _("missing: the trail tells of it, no row holds it as it was kept")
    faults += [Fault("comparison", purpose, gone) for _digest, purpose, _query in told - Counter()]
    return kept, faults


def _said_in(document: Any) -> tuple[Any, Any]:
    """Purpose and note as a document of a comparison says them."""
    try:
        found = json.loads(document)
        return found["purpose"], found["note"]
    except (TypeError, KeyError, ValueError):
        return None, None


def _check_choices(recorded: Recorded, kept: Mapping[Any, _Kept]) -> Iterator[Fault]:
    """Choices that no event tells of, or that are gone, and whether the last ones are in force."""
    columns = ("comparison_id", "vendor_id", "place", "reason", "replaced_at")
    told = recorded.choices.copy()
    last: dict[Any, bool] = {}
    for row in stored_rows(columns, "scorecards_choice ORDER BY id"):
        comparison, vendor, place, reason, replaced = row
        found = kept.get(comparison, _NOTHING_KEPT)
        if last.get(comparison):
            words = _("a choice that a later one replaced is in force")
            yield Fault("comparison", found.purpose, words)
        last[comparison] = replaced is None
        what = (found.digest, vendor, place, reason)
        if not told[what]:
            words = _("no event tells of its choice: vendor, place or reason was changed")
            yield Fault("comparison", found.purpose, words)
        told[what] -= 1
    for comparison in (key for key, is_in_force in last.items() if not is_in_force):
        words = _("its last choice is not in force")
        yield Fault("comparison", kept.get(comparison, _NOTHING_KEPT).purpose, words)
    yield from _choices_gone(told, kept)


def _choices_gone(
    told: Counter[tuple[str, Any, Any, Any]], kept: Mapping[Any, _Kept]
) -> Iterator[Fault]:
    """Choices that an event tells of and no row holds."""
    purposes = {item.digest: item.purpose for item in kept.values()}
    for digest, *_rest in told - Counter():
        words = _("a choice that the trail tells of is missing")
        yield Fault("comparison", purposes.get(digest, digest[:12]), words)


_COLUMNS = (
    "id",
    "kind",
    "assessment_id",
    "comparison_id",
    "number",
    "content",
    "digest",
    "state",
    "file",
    "file_sha256",
    "file_size",
)


def _check_scorecards(
    recorded: Recorded, names: Names, kept: Mapping[Any, _Kept]
) -> tuple[int, list[Fault]]:
    """How many documents there are, and what is wrong with their contents and files."""
    faults: list[Fault] = []
    files, count = [], 0
    for values in stored_rows(_COLUMNS, "scorecards_scorecard ORDER BY id"):
        row = dict(zip(_COLUMNS, values, strict=True))
        count += 1
        label = f"{_about(row, names, kept)}, {row['number'] or _('draft')}"
        faults += _content_faults(row, label, recorded)
        if row["comparison_id"] is not None and not _prints(row, kept):
            words = _("it does not print the saved comparison that it names")
            faults.append(Fault("scorecard", label, words))
        if row["state"] == BuildState.READY:
            name = str(row["file"]).removeprefix(f"{FOLDER}/")
            files.append(KnownFile(label, name, row["file_size"], str(row["file_sha256"])))
            if row["file_sha256"] not in recorded.files:
                faults.append(
                    Fault("scorecard", label, _("no event names the SHA-256 of its file"))
                )
    return count, [*faults, *check_files("scorecard", FOLDER, files)]


def _about(row: Mapping[str, Any], names: Names, kept: Mapping[Any, _Kept]) -> str:
    """What a document is about, for people."""
    if row["assessment_id"] is not None:
        return names.assessment(row["assessment_id"])
    found = kept.get(row["comparison_id"])
    return f"{row['kind']} {found.purpose}" if found else str(row["kind"])


def _prints(row: Mapping[str, Any], kept: Mapping[Any, _Kept]) -> bool:
    """Whether the content names the digest of the saved comparison that the row names."""
    found = kept.get(row["comparison_id"])
    try:
        named = json.loads(row["content"])["saved"]["digest"]
    except (TypeError, KeyError, ValueError):
        return False
    return found is not None and named == found.digest


def _hash_of(text: Any) -> str:
    """SHA-256 of a stored text; "" where it is none."""
    try:
        return hashlib.sha256(text.encode()).hexdigest()
    except (AttributeError, UnicodeEncodeError):
        return ""


def _content_faults(row: dict[str, Any], label: str, recorded: Recorded) -> Iterator[Fault]:
    """A content that does not give its digest, or that no event names."""
    if _hash_of(row["content"]) != row["digest"]:
        yield Fault("scorecard", label, _("its content does not give its SHA-256"))
    if row["digest"] not in recorded.digests.get(row["assessment_id"], set()):
        yield Fault("scorecard", label, _("no event names the SHA-256 of its content"))


def _scorecard_files() -> Iterator[str]:
    names = Scorecard.objects.exclude(file="").values_list("file", flat=True)
    return (name.removeprefix(f"{FOLDER}/") for name in names.iterator())
