"""Files of documents: their bytes, their signatures, the records inside, and the certificates."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from scorecards.models import LEASE
from scorecards.seal.enclosed import Enclosed, NotOurs
from scorecards.seal.signatures import Known, Signature, examine, known_certificate
from scorecards.storage import FOLDER
from vendors.integrity.faults import Fault
from vendors.integrity.files import KnownFile, check_files
from vendors.integrity.stored import stored_rows

#: Where archives lie below the media folder.
BUNDLES = "bundles"
#: The sweeper comes more often than that.
_ROUND_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file as its row says it. `fingerprint` is "" where it was never signed."""

    file: KnownFile
    is_numbered: bool
    digest: str
    fingerprint: str
    unsigned_sha256: str
    unsigned_size: Any


def read_certificates() -> tuple[dict[Any, str], Known, list[Fault]]:
    """Fingerprints of the certificates by key, those that hold, and what is wrong with the others.

    Inside `one_view`.
    """
    names: dict[Any, str] = {}
    known = {}
    faults = []
    columns = ("id", "fingerprint", "subject", "pem")
    for key, fingerprint, subject, pem in stored_rows(columns, "scorecards_signingcertificate"):
        names[key] = str(fingerprint)
        try:
            found, chain = known_certificate(str(pem).encode())
        except (ValueError, IndexError):
            found, chain = "", ()
        if found == fingerprint:
            known[found] = chain
        else:
            words = _("the certificate does not give its SHA-256")
            faults.append(Fault("certificate", str(subject), words))
    return names, known, faults


def check_sealed(files: Iterable[Sealed], known: Known) -> Iterator[Fault]:
    """Files that are not the ones of their rows, and numbered ones that prove less than they should."""
    for item in files:
        wrong = list(check_files("scorecard", FOLDER, [item.file]))
        yield from wrong
        if wrong or not item.is_numbered:
            continue
        path = Path(settings.MEDIA_ROOT) / FOLDER / item.file.name
        name = f"{item.file.label} ({FOLDER}/{item.file.name})"
        for words in _seal_faults(item, path.read_bytes(), known):
            yield Fault("scorecard", name, words)


def _seal_faults(item: Sealed, data: bytes, known: Known) -> Iterator[str]:
    try:
        record, signature = examine(data, known)
    except NotOurs as reason:
        yield str(reason)
        return
    yield from _record_faults(item, record)
    if signature.fault:
        yield _("its signature does not hold: %s") % signature.fault
    elif signature.fingerprint != item.fingerprint:
        yield _signed_otherwise(signature)


def _record_faults(item: Sealed, record: Enclosed) -> Iterator[str]:
    if record.digest != item.digest:
        yield _("the record inside is not that of its row")
    if not item.unsigned_sha256:
        return  # built before they were kept; that somebody took them away its event tells
    sha256 = hashlib.sha256(record.unsigned).hexdigest()
    if (sha256, len(record.unsigned)) != (item.unsigned_sha256, item.unsigned_size):
        yield _("it does not begin with the unsigned bytes that its row names")


def _signed_otherwise(signature: Signature) -> str:
    if not signature.fingerprint:
        return _("its signature is missing")
    return _("it is signed with another certificate than its row names")


def young_archives() -> Iterator[str]:
    """Archives whose bundle may be about to name them, or lost its claim; the sweeper removes them."""
    before = time.time() - LEASE.total_seconds() - _ROUND_SECONDS
    for path in (Path(settings.MEDIA_ROOT) / BUNDLES).glob("*.zip"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime > before:
                yield path.name


def check_bundles() -> tuple[int, list[Fault]]:
    """How many archives there are, and those that are not what their names say.

    Archives go after some days, so that one is missing is no fault.
    """
    root = Path(settings.MEDIA_ROOT) / BUNDLES
    paths = [path for path in sorted(root.glob("*.zip")) if not path.name.startswith(".")]
    files = []
    for path in paths:
        with suppress(FileNotFoundError):
            size = path.stat().st_size
            files.append(KnownFile(_("Bundle"), path.name, size, path.stem))
    faults = check_files("bundle", BUNDLES, (file for file in files if (root / file.name).exists()))
    return len(files), list(faults)
