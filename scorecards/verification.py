"""The whole check: chains, answers, frozen results, frameworks, evidence and documents.

Each part is named when it does not hold, so that somebody can go and compare it with a backup.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext as _

from scorecards.integrity.comparisons import check_choices, check_comparisons
from scorecards.integrity.documents import (
    check_documents,
    check_former,
    check_packed,
    check_withdrawals,
    note_heads,
)
from scorecards.integrity.sealed import (
    BUNDLES,
    Sealed,
    check_bundles,
    check_sealed,
    read_certificates,
    young_archives,
)
from scorecards.models import Bundle, Scorecard
from scorecards.seal.signatures import Known
from scorecards.storage import FOLDER
from vendors import triggers
from vendors.integrity.answers import check_answers, check_states
from vendors.integrity.chains import ChainCheck, check_chains
from vendors.integrity.decisions import check_decisions
from vendors.integrity.faults import Fault, Names
from vendors.integrity.files import check_evidence, unknown_evidence, unknown_files
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
        note_heads(known)
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
        files, known_certificates = _check_documents(report, chains.recorded, names)
    report.faults += unknown_evidence()
    report.faults += check_sealed(files, known_certificates)
    report.faults += unknown_files("scorecard", FOLDER, _scorecard_files)
    report.counts["bundles"], faults = check_bundles()
    report.faults += faults
    report.faults += unknown_files("bundle", BUNDLES, lambda: _bundle_files(chains.recorded))
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


def _check_documents(
    report: Report, recorded: Recorded, names: Names
) -> tuple[list[Sealed], Known]:
    """Comparisons and documents; the files that are to be looked at, and by which certificates."""
    kept, faults = check_comparisons(recorded)
    report.counts["comparisons"] = len(kept)
    report.faults += [*faults, *check_choices(recorded, kept)]
    fingerprints, known, faults = read_certificates()
    report.faults += faults
    count, files, faults = check_documents(recorded, names, kept, fingerprints)
    report.faults += [*faults, *check_withdrawals(recorded)]
    report.faults += [*check_former(recorded), *check_packed(recorded)]
    report.counts["scorecards"] = count
    report.counts["certificates"] = len(fingerprints)
    return files, known


def _bundle_files(recorded: Recorded) -> Iterator[str]:
    """Archives of rows, of their last events (the sweeper removes those), and just written ones."""
    names = Bundle.objects.exclude(file="").values_list("file", flat=True)
    told = (str(found.get("file")) for found in recorded.packed.values())
    for name in (*names.iterator(), *told):
        yield name.removeprefix(f"{BUNDLES}/")
    yield from young_archives()


def _scorecard_files() -> Iterator[str]:
    names = Scorecard.objects.exclude(file="").values_list("file", flat=True)
    return (name.removeprefix(f"{FOLDER}/") for name in names.iterator())
