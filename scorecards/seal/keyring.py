"""Which key the organisation signs with, and whether it can be used."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.utils.translation import gettext as _

from scorecards.seal import keys
from scorecards.seal.keys import KeyUnusable, SigningFailed, SigningKey

#: The key of the data folder, used where SIGNING_KEY names none.
KEY_NAME = "signing.p12"
#: A certificate that ends within so many days is warned of.
SOON = timedelta(days=60)


def key_path() -> Path | None:
    """Where the key lies: as SIGNING_KEY says, else in the data folder; None where there is none."""
    own = own_key_path()
    return own if settings.SIGNING_KEY or own.exists() else None


def own_key_path() -> Path:
    """Where a key would be looked for."""
    return Path(settings.SIGNING_KEY or Path(settings.DATA_DIR) / KEY_NAME)


def current_key() -> SigningKey | None:
    """The key, read again when its file changes; None where none is set. Raises SigningFailed."""
    path = key_path()
    if path is None:
        return None
    try:
        found = _loaded(path, _stamp(path), settings.SIGNING_PASSWORD)
    except KeyUnusable as reason:
        raise SigningFailed(str(reason)) from reason
    now = datetime.now(tz=UTC)
    if now > found.certificate.not_valid_after_utc:
        message = _("The certificate of the signing key ended on %s. Put a new key in its place.")
        raise SigningFailed(message % found.certificate.not_valid_after_utc.date())
    if now < found.certificate.not_valid_before_utc:
        message = _("The certificate of the signing key is valid from %s on only. Check the clock.")
        raise SigningFailed(message % found.certificate.not_valid_before_utc.date())
    return found


def unusable() -> str:
    """What is wrong with the signing key, or that it ends soon; "" where nothing is or none is set."""
    try:
        found = current_key()
    except SigningFailed as reason:
        return str(reason)
    if found is None:
        return ""
    ends = found.certificate.not_valid_after_utc
    if ends - datetime.now(tz=UTC) > SOON:
        return ""
    message = _("The certificate of the signing key ends on %s. Have a new key ready by then.")
    return message % ends.date()


def _stamp(path: Path) -> tuple[int, int]:
    """What changes with the file; the reading says what is wrong with it."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=1)
def _loaded(path: Path, _changes: tuple[int, int], password: str) -> SigningKey:
    return keys.load(path, password)


def make_key(name: str, *, days: int) -> x509.Certificate:
    """Make a key where one would be looked for, readable by this account alone.

    `name` has 1 to 64 characters. Raises FileExistsError where there is one, OSError where it
    cannot be written.
    """
    path = own_key_path()
    data, certificate = keys.make(name, days=days, password=settings.SIGNING_PASSWORD)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
    return certificate
