"""Rows of documents against their records, their issues and the trail; then the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from scorecards.builder import FOLDER
from scorecards.integrity.comparisons import Kept
from scorecards.integrity.sealed import Sealed
from scorecards.integrity.texts import hash_of, table, within
from scorecards.models import BuildState, Kind
from vendors.integrity.faults import Fault, Names
from vendors.integrity.files import KnownFile
from vendors.integrity.heads import KnownHeads
from vendors.integrity.recorded import Recorded
from vendors.integrity.stored import stored_rows

Row = Mapping[str, Any]

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
    "pages",
    "unsigned_sha256",
    "unsigned_size",
    "certificate_id",
    "issue",
    "replaces_id",
    "reason",
)
#: What an event of building says, as the row has it.
_OF_FILES = ("file", "file_size", "pages", "unsigned_sha256", "unsigned_size")


def note_heads(known: KnownHeads) -> None:
    """Note the heads of chains that records print. Inside `one_view`, before the chains."""
    for number, content in stored_rows(("number", "content"), "scorecards_scorecard"):
        found = table(content)
        head = within(found, "snapshot", "head") or found.get("head")
        if isinstance(head, dict) and isinstance(head.get("sequence"), int):
            where = _("the record of %s") % (number or _("a draft"))
            known.note(str(head.get("chain")), head["sequence"], str(head.get("digest")), where)


def check_documents(
    recorded: Recorded,
    names: Names,
    kept: Mapping[Any, Kept],
    certificates: Mapping[Any, str],
) -> tuple[list[Sealed], list[Fault]]:
    """The documents whose files are to be looked at, and what is wrong with their rows.

    `certificates` are fingerprints by key. Inside `one_view`.
    """
    faults: list[Fault] = []
    files, numbers = [], {}
    for values in stored_rows(_COLUMNS, "scorecards_scorecard ORDER BY id"):
        row = dict(zip(_COLUMNS, values, strict=True))
        label = f"{_about(row, names, kept)}, {row['number'] or _('draft')}"
        numbers[row["id"]] = row
        found = [*_content_faults(row, recorded), *_issue_faults(row, numbers, recorded)]
        if row["comparison_id"] is not None and not _prints(row, kept):
            found.append(_("it does not print the saved comparison that it names"))
        fingerprint = certificates.get(row["certificate_id"], "")
        if row["state"] == BuildState.READY:
            found += _built_faults(row, fingerprint, recorded)
            files.append(_sealed(row, label, fingerprint))
        faults += [Fault("scorecard", label, words) for words in found]
        # the text is long, and of no more use
        row["content"] = ""
    faults += _corrections_gone(recorded, numbers.values())
    return files, faults


def _sealed(row: Row, label: str, fingerprint: str) -> Sealed:
    name = str(row["file"]).removeprefix(f"{FOLDER}/")
    return Sealed(
        file=KnownFile(label, name, row["file_size"], str(row["file_sha256"])),
        is_numbered=bool(row["number"]),
        digest=str(row["digest"]),
        fingerprint=fingerprint,
        unsigned_sha256=str(row["unsigned_sha256"]),
        unsigned_size=row["unsigned_size"],
    )


def _about(row: Row, names: Names, kept: Mapping[Any, Kept]) -> str:
    """What a document is about, for people."""
    if row["assessment_id"] is not None:
        return names.assessment(row["assessment_id"])
    found = kept.get(row["comparison_id"])
    return f"{row['kind']} {found.purpose}" if found else str(row["kind"])


def _prints(row: Row, kept: Mapping[Any, Kept]) -> bool:
    """Whether the content names the digest of the saved comparison that the row names."""
    found = kept.get(row["comparison_id"])
    named = within(table(row["content"]), "saved", "digest")
    return found is not None and named == found.digest


def _content_faults(row: Row, recorded: Recorded) -> Iterator[str]:
    """A content that does not give its digest, that no event names, or that has another number."""
    if hash_of(row["content"]) != row["digest"]:
        yield _("its content does not give its SHA-256")
    if row["digest"] not in recorded.digests.get(row["assessment_id"], set()):
        yield _("no event names the SHA-256 of its content")
    printed = table(row["content"]).get("number", row["number"])
    if printed != row["number"]:
        yield _("its number is not that of its record (%s)") % printed


def _issue_faults(row: Row, earlier: Mapping[Any, Row], recorded: Recorded) -> Iterator[str]:
    """A place in the chain of issues that record or trail tell otherwise."""
    replaces = earlier.get(row["replaces_id"], {})
    if row["kind"] == Kind.VENDOR and row["number"]:
        issue = table(row["content"]).get("issue")
        if within(issue, "replaces") != replaces.get("number"):
            yield _("its record replaces another issue than its row")
    if row["replaces_id"] is None:
        return
    if not recorded.corrections[str(row["number"]), str(replaces.get("number")), row["reason"]]:
        yield _("no event tells of it as a correction: what it replaces or its reason was changed")
    is_next = replaces.get("issue") == row["issue"] - 1
    if not is_next or replaces.get("assessment_id") != row["assessment_id"]:
        yield _("it does not follow the issue that it replaces")


def _corrections_gone(recorded: Recorded, rows: Sequence[Row] | Any) -> Iterator[Fault]:
    """Corrections that the trail tells of and no row is."""
    there = {row["number"] for row in rows if row["replaces_id"] is not None}
    for number, replaced, _reason in recorded.corrections:
        if number not in there:
            words = _("the trail tells of it as a correction of %s, its row does not") % replaced
            yield Fault("scorecard", number, words)


def check_withdrawals(recorded: Recorded) -> Iterator[Fault]:
    """Withdrawals of rows against those of the trail. Inside `one_view`."""
    told = recorded.withdrawals.copy()
    columns = ("number", "withdrawal")
    source = "scorecards_scorecard WHERE withdrawn_at IS NOT NULL ORDER BY id"
    for number, reason in stored_rows(columns, source):
        if told[str(number), reason]:
            told[str(number), reason] -= 1
            continue
        yield Fault("scorecard", str(number), _("no event tells of its withdrawal or its reason"))
    for number, _reason in +told:
        words = _("the trail tells of its withdrawal, its row does not")
        yield Fault("scorecard", str(number), words)


def _built_faults(row: Row, fingerprint: str, recorded: Recorded) -> Iterator[str]:
    """A file that no event names, or of which the event says something else than the row."""
    told = recorded.built.get(str(row["file_sha256"]))
    if told is None:
        yield _("no event names the SHA-256 of its file")
        return
    differ = [name for name in _OF_FILES if name in told and told[name] != row[name]]
    if differ:
        yield _("its row says of the file what its event does not: %s") % ", ".join(differ)
    if "certificate" in told and (told["certificate"] or "") != fingerprint:
        yield _("its row names another certificate than its event")
