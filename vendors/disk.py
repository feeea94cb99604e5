"""Writing to the disk so that a crash leaves all of a file or none of it."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, data: bytes, *, draft: str | None = None) -> None:
    """Write a file that is there with every byte or not at all, readable by its owner alone.

    `draft` is the name it has meanwhile, beside its own. Raises OSError, and leaves nothing then.
    """
    temporary = path.with_name(draft or f".{path.name}.{os.getpid()}.part")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(temporary, flags, mode=0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
