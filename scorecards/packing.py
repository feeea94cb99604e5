"""ZIP files of documents: written whole or not at all, the same bytes for the same documents."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scorecards.storage import path_of
from vendors.disk import flush_folder

FOLDER = "bundles"
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
#: The first moment that a ZIP can name: when a file was packed is no part of it.
EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Packed:
    """A stored ZIP: its name below the media folder, its SHA-256 and its size in bytes."""

    name: str
    sha256: str
    size: int


def pack(entries: Iterable[tuple[str, bytes]], *, draft: str) -> Packed:
    """Write the entries, one in memory at a time, in their order, and store the ZIP by its hash.

    `draft` is the name it has meanwhile. Raises OSError where the disk does.
    """
    folder = path_of(FOLDER)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = folder / f".{draft}.part"
    try:
        _write(temporary, entries)
        with temporary.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = temporary.stat().st_size
        temporary.replace(folder / f"{sha256}.zip")
    finally:
        temporary.unlink(missing_ok=True)
    flush_folder(folder)
    return Packed(f"{FOLDER}/{sha256}.zip", sha256, size)


def _write(path: Path, entries: Iterable[tuple[str, bytes]]) -> None:
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(path, flags, mode=0o600), "w+b") as file:
        # PDFs are compressed already: packing them again would cost time for nothing.
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, data in entries:
                entry = zipfile.ZipInfo(name, EPOCH)
                entry.create_system, entry.external_attr = _UNIX, _PLAIN_FILE
                archive.writestr(entry, data)
        file.flush()
        os.fsync(file.fileno())


def remove_others(*, keep: set[str], before: float) -> None:
    """Remove files that are not to be kept, once nobody can be writing them any more."""
    folder = path_of(FOLDER)
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        try:
            if f"{FOLDER}/{path.name}" not in keep and path.stat().st_mtime < before:
                path.unlink()
        except FileNotFoundError:
            continue
