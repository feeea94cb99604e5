"""The faces that documents are set in: those shipped with the app, never one of the machine."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.conf import settings

FOLDER = "fonts/pdf"
#: What could point the font library at anything but the shipped faces.
_ELSEWHERE = ("FONTCONFIG_PATH", "FONTCONFIG_SYSROOT", "FC_LANG", "FC_DEBUG")


def shipped(static: Path | None = None) -> dict[Path, str]:
    """Each shipped face, and the list of them, with its SHA-256 as recorded."""
    root = static or Path(settings.BASE_DIR, "static")
    entries = json.loads((root / "vendor/VENDOR.json").read_text(encoding="utf-8"))
    return {
        root / entry["file"]: str(entry["sha256"])
        for entry in entries
        if entry["file"].startswith(FOLDER) and not entry["file"].endswith(".txt")
    }


def damaged(static: Path | None = None) -> list[str]:
    """The names of shipped faces that are gone or are not what was shipped."""
    return [
        path.name
        for path, digest in shipped(static).items()
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest
    ]


def absent() -> list[str]:
    """The names of shipped faces that are gone. Quick: no file is read."""
    return [path.name for path in _shipped_here() if not path.is_file()]


@cache
def _shipped_here() -> tuple[Path, ...]:
    return tuple(shipped())


@contextmanager
def only_shipped() -> Iterator[None]:
    """While the font library is loaded: it is told of the shipped faces alone, and caches nothing.

    It stays told so for the life of the process; only the folder of its cache goes.
    """
    for name in _ELSEWHERE:
        os.environ.pop(name, None)
    os.environ["FONTCONFIG_FILE"] = str(Path(settings.BASE_DIR, "static", FOLDER, "fonts.conf"))
    before = os.environ.get("XDG_CACHE_HOME")
    with tempfile.TemporaryDirectory(prefix="vetting-faces-") as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["XDG_CACHE_HOME"]
            else:
                os.environ["XDG_CACHE_HOME"] = before
