"""Files of documents: written whole or not at all, read only where they are what was built."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from scorecards.models import Scorecard
from vendors.disk import write_whole

FOLDER = "scorecards"


class FileDamaged(Exception):  # noqa: N818  a state of the stored file, said in words
    """The stored file is gone or is not the one that was built."""


def path_of(name: str) -> Path:
    """Where a stored file lies, by its name below the media folder."""
    return Path(settings.MEDIA_ROOT) / name


def name_of(file_sha256: str) -> str:
    """The name below the media folder of the document with this SHA-256."""
    return f"{FOLDER}/{file_sha256}.pdf"


def store_file(data: bytes, target: Path, *, draft: str) -> None:
    """Write whole or not at all: the name appears when every byte is on the disk."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(target, data, draft=draft)


def stored_file(scorecard: Scorecard, name: str = "") -> bytes:
    """The bytes of a ready scorecard. Raises FileDamaged unless they are those of its row.

    `name`: looked for there, instead of where the row says.
    """
    path = path_of(name or scorecard.file)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileDamaged(_("The file is missing from the media folder.")) from error
    if hashlib.sha256(data).hexdigest() != scorecard.file_sha256:
        raise FileDamaged(_("The file was changed since it was built."))
    return data
