"""Where evidence lies: whole files under random names, written once, never overwritten.

A file is written under a temporary name, flushed to the disk and renamed; a row that names it is
made afterwards. So a row never lacks its file, and a file without a row is an accident that the
sweep removes once nobody can be about to name it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Protocol

from django.conf import settings

from vendors.disk import flush_folder
from vendors.filetypes import MAX_SIZE

FOLDER, PAGES_FOLDER = "evidence", "evidence-pages"
#: A file without a row is somebody's who is still at it, for so long.
ORPHAN_AFTER = timedelta(hours=6)


class Incoming(Protocol):
    """What arrives: a name, and content in pieces."""

    name: str | None

    def chunks(self) -> Iterator[bytes]:
        """The content."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file on the disk that nothing names yet. `size` and `sha256` are of the whole content."""

    path: Path
    size: int
    sha256: str


class FileDamagedError(Exception):
    """A stored file is gone, or is not the one that was stored."""


def folder_of(name: str) -> Path:
    """A folder of the media, made where it is missing."""
    folder = Path(settings.MEDIA_ROOT) / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def receive(upload: Incoming) -> Received:
    """Write what arrives under a temporary name, hashing it on the way. Raises OSError.

    What goes beyond MAX_SIZE is hashed and counted, not written.
    """
    path = folder_of(FOLDER) / f".{secrets.token_hex(16)}.part"
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for chunk in upload.chunks():
                digest.update(chunk)
                size += len(chunk)
                if size <= MAX_SIZE:
                    file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    # the handler of uploads stops writing beyond the limit, but goes on counting
    size = max(size, getattr(upload, "whole_size", 0))
    return Received(path, size, digest.hexdigest())


def keep(received: Received) -> str:
    """Give it its random name for good, and return that. Raises OSError."""
    name = secrets.token_hex(20)
    target = path_of(name)
    received.path.rename(target)
    flush_folder(target.parent)
    return name


def discard(received: Received) -> None:
    """Remove what was received and is not kept."""
    received.path.unlink(missing_ok=True)


def take_back(stored_name: str) -> None:
    """Remove a kept file that no row came to name."""
    path_of(stored_name).unlink(missing_ok=True)


@contextmanager
def content_of(path: Path) -> Iterator[bytes | mmap]:
    """The content without reading all of it at once; b"" where there is none."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            yield b""
            return
        with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            yield data


def path_of(stored_name: str) -> Path:
    """Where a stored file lies."""
    return folder_of(FOLDER) / stored_name


def page_path(stored_name: str, number: int) -> Path:
    """Where the image of a page lies, the first is 1."""
    return Path(settings.MEDIA_ROOT) / PAGES_FOLDER / stored_name / f"{number}.png"


def pages_folder(stored_name: str) -> Path:
    """Where the images of a file's pages lie."""
    return folder_of(PAGES_FOLDER) / stored_name


def replace_pages(drawn: Path, stored_name: str) -> None:
    """Put a folder of drawn pages where they are looked for; earlier ones go."""
    target = pages_folder(stored_name)
    shutil.rmtree(target, ignore_errors=True)
    drawn.rename(target)
    flush_folder(target.parent)


def checked_content(stored_name: str, sha256: str) -> bytes:
    """The bytes of a file. Raises FileDamagedError unless they are those that were stored."""
    try:
        content = path_of(stored_name).read_bytes()
    except OSError as error:
        raise FileDamagedError("missing") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileDamagedError("changed")
    return content


def remove_orphans(known: Iterable[str]) -> int:
    """Remove files and drafts that no row names and nobody is about to; return how many."""
    named = set(known)
    before = time.time() - ORPHAN_AFTER.total_seconds()
    removed = 0
    for path in folder_of(FOLDER).iterdir():
        if path.name not in named and path.is_file() and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            removed += 1
    for path in folder_of(PAGES_FOLDER).iterdir():
        if path.name not in named and path.stat().st_mtime < before:
            shutil.rmtree(path, ignore_errors=True)
            removed += 1
    return removed
