"""Rows of documents against their records, their issues and the trail; then the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from scorecards.integrity.comparisons import Kept
from scorecards.integrity.sealed import Sealed
from scorecards.integrity.texts import hash_of, table, within
from scorecards.models import BuildState, Kind
from scorecards.storage import FOLDER
from vendors.integrity.faults import Fault, Names
from vendors.integrity.files import KnownFile
from vendors.integrity.heads import KnownHeads
from vendors.integrity.recorded import Recorded
from vendors.integrity.stored import Unreadable, as_id, as_moment, stored_rows

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
    "ready_at",
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
) -> tuple[int, list[Sealed], list[Fault]]:
    """How many documents there are, whose files are to be looked at, and what is wrong with rows.

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
    faults += _numbers_gone(recorded, numbers.values())
    return len(numbers), files, faults


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
    replaces, record = earlier.get(row["replaces_id"], {}), table(row["content"])
    # Records from before there were corrections say nothing of them, nor do their events.
    is_silent = "issue" not in record
    said = replaces.get("number") if is_silent else within(record["issue"], "replaces")
    if row["kind"] == Kind.VENDOR and row["number"] and said != replaces.get("number"):
        yield _("its record replaces another issue than its row")
    if row["replaces_id"] is None:
        return
    told = (str(row["number"]), str(replaces.get("number")), row["reason"])
    if not is_silent and not recorded.corrections[told]:
        yield _("no event tells of it as a correction: what it replaces or its reason was changed")
    is_next = replaces.get("issue") == row["issue"] - 1
    if not is_next or replaces.get("assessment_id") != row["assessment_id"]:
        yield _("it does not follow the issue that it replaces")


def _corrections_gone(recorded: Recorded, rows: Iterable[Row]) -> Iterator[Fault]:
    """Corrections that the trail tells of and no row is."""
    there = {row["number"] for row in rows if row["replaces_id"] is not None}
    for number, replaced, _reason in recorded.corrections:
        if number not in there:
            words = _("the trail tells of it as a correction of %s, its row does not") % replaced
            yield Fault("scorecard", number, words)


def check_withdrawals(recorded: Recorded) -> Iterator[Fault]:
    """Withdrawals of rows against those of the trail. Inside `one_view`."""
    told = recorded.withdrawals.copy()
    columns = ("number", "withdrawal", "withdrawn_at")
    source = "scorecards_scorecard WHERE withdrawn_at IS NOT NULL ORDER BY id"
    for number, reason, moment in stored_rows(columns, source):
        what = (str(number), reason, _moment(moment))
        if told[what]:
            told[what] -= 1
            continue
        words = _("no event tells of its withdrawal, its reason or its day")
        yield Fault("scorecard", str(number), words)
    for number, _reason, _at in +told:
        words = _("the trail tells of its withdrawal, its row does not")
        yield Fault("scorecard", str(number), words)


def _moment(raw: Any) -> str | None:
    """A moment as events write it; None for what is none."""
    try:
        return as_moment(raw)
    except Unreadable:
        return None


def _numbers_gone(recorded: Recorded, rows: Iterable[Row]) -> Iterator[Fault]:
    """Numbers that were given or built, as the trail tells, and have no row that says so."""
    there = {row["number"]: row["ready_at"] is not None for row in rows}
    built = {str(found["number"]) for found in recorded.built.values()}
    for number in sorted((built | recorded.given) - {""}):
        if number in built and not there.get(number):
            yield Fault("scorecard", number, _("the trail tells that it was built, no row does"))
        elif number not in there:
            yield Fault("scorecard", number, _("the trail tells that it was asked for, no row is"))


def check_former(recorded: Recorded) -> Iterator[Fault]:
    """Files that count as given out before, and of which no event tells. Inside `one_view`."""
    columns = ("d.number", "f.file_sha256")
    source = "scorecards_formerfile f JOIN scorecards_scorecard d ON d.id = f.scorecard_id"
    for number, sha256 in stored_rows(columns, f"{source} ORDER BY f.id"):
        told = recorded.built.get(str(sha256))
        if told is None or told["number"] != number:
            words = _("no event tells of its former file (%s)") % str(sha256)[:12]
            yield Fault("scorecard", str(number) or _("draft"), words)


def check_packed(recorded: Recorded) -> Iterator[Fault]:
    """Bundles that are ready with another file than their last event tells. Inside `one_view`."""
    columns = ("public_id", "title", "file", "file_sha256", "file_size")
    source = "scorecards_bundle WHERE state = 'ready' ORDER BY id"
    for raw, title, *file in stored_rows(columns, source):
        try:
            told = recorded.packed.get(as_id(raw), {})
        except Unreadable:
            told = {}
        if file != [told.get(name) for name in ("file", "file_sha256", "file_size")]:
            words = _("its row says of the file what its event does not")
            yield Fault("bundle", str(title), words)


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
