"""Files on the disk against the rows that name them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from vendors.filestore import FOLDER
from vendors.integrity.faults import Fault
from vendors.integrity.recorded import Recorded
from vendors.integrity.stored import stored_rows
from vendors.models import EvidenceFile

#: A file as young may be somebody's who is about to name it.
_YOUNG_SECONDS, _PATIENCE_SECONDS = 60, 3


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that a row names: what people call it, its name below its folder, size and hash."""

    label: str
    name: str
    size: int
    sha256: str


def check_files(kind: str, folder: str, files: Iterable[KnownFile]) -> Iterator[Fault]:
    """Files that are missing or that are not the ones their rows name."""
    for file in files:
        path = Path(settings.MEDIA_ROOT) / folder / file.name
        name = f"{file.label} ({folder}/{file.name})"
        try:
            size, found = path.stat().st_size, _sha256(path)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            words = _("the file cannot be read: %s") % reason
            yield Fault(kind, name, words)
            continue
        if found != file.sha256:
            words = _("the file does not give its SHA-256 (%(size)s bytes, stored %(known)s)")
            yield Fault(kind, name, words % {"size": size, "known": file.size})
        elif size != file.size:
            yield Fault(kind, name, _("its row names another size"))


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def unknown_files(kind: str, folder: str, known: Callable[[], Iterable[str]]) -> list[Fault]:
    """Files that no row names, with a second look at young ones.

    Half-written ones, whose names begin with a dot, are left out. `known` asks for the names.
    """
    left = _strangers(folder, known)
    if any(time.time() - _changed_at(path) < _YOUNG_SECONDS for path in left):
        time.sleep(_PATIENCE_SECONDS)
        left = _strangers(folder, known)
    root = Path(settings.MEDIA_ROOT)
    words = _("no row names this file")
    return [Fault(kind, path.relative_to(root).as_posix(), words) for path in left]


def _strangers(folder: str, known: Callable[[], Iterable[str]]) -> list[Path]:
    root = Path(settings.MEDIA_ROOT) / folder
    there = [path for path in root.rglob("*") if path.is_file() and not path.name.startswith(".")]
    names = set(known()) if there else set()
    return sorted(path for path in there if path.relative_to(root).as_posix() not in names)


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


_COLUMNS = (
    "e.vendor_id",
    "e.number",
    "f.version",
    "v.name",
    "f.original_name",
    "f.stored_name",
    "f.size",
    "f.sha256",
)
_SOURCE = """vendors_evidencefile f
    LEFT JOIN vendors_evidence e ON e.id = f.evidence_id
    LEFT JOIN vendors_vendor v ON v.id = e.vendor_id
    ORDER BY f.id"""


def check_evidence(recorded: Recorded) -> tuple[int, list[Fault]]:
    """How many evidence files there are, and what is wrong with them. Inside `one_view`."""
    files, unproved = [], []
    for vendor, number, version, of, original, stored, size, sha256 in stored_rows(
        _COLUMNS, _SOURCE
    ):
        file = KnownFile(f"{of}, E-{number} {original}", str(stored), size, str(sha256))
        files.append(file)
        if recorded.evidence.get((vendor, f"E-{number}", version)) != sha256:
            words = _("its event names another SHA-256, or there is none")
            unproved.append(Fault("evidence", file.label, words))
    return len(files), [*unproved, *check_files("evidence", FOLDER, files)]


def unknown_evidence() -> list[Fault]:
    """Files in the folder of evidence that no row names. Outside of `one_view`."""
    return unknown_files(
        "evidence", FOLDER, lambda: EvidenceFile.objects.values_list("stored_name", flat=True)
    )
