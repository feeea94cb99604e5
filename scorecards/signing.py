"""Signing documents with the organisation's key (PAdES), as an addition behind the unsigned bytes."""

from __future__ import annotations

import contextlib
import io
import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from asn1crypto import cms
from asn1crypto import keys as asn1_keys
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from scorecards import keys
from scorecards.hanko import for_library, run
from scorecards.keys import KeyUnusable, SigningKey
from scorecards.models import SigningCertificate

logger = logging.getLogger(__name__)

#: The key of the data folder, used where SIGNING_KEY names none.
KEY_NAME = "signing.p12"
FIELD = "Signature"
#: A certificate that ends within so many days is warned of.
SOON = timedelta(days=60)
#: How long a timestamp service has for its whole answer, in seconds.
TIMESTAMP_SECONDS = 8
#: Room for the signature without its certificates, and for a timestamp with its own, in bytes.
_ROOM, _TIMESTAMP_ROOM = 4096, 12_288


class SigningFailed(Exception):  # noqa: N818  a state of key or service, said in words
    """The file could not be signed; the message says why and what helps."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A file as it is handed out; it begins with the unsigned bytes, unchanged."""

    data: bytes
    certificate: SigningCertificate | None


def sign(data: bytes) -> Signed:
    """Sign a PDF with the key of the settings; without one it stays as it is.

    Takes up to TIMESTAMP_SECONDS more where a timestamp is asked for. Raises SigningFailed where
    a key is set and cannot be used.
    """
    key = current_key()
    if key is None:
        return Signed(data, None)
    return Signed(signed_by(key, data), _kept(key))


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


def _kept(key: SigningKey) -> SigningCertificate:
    """The row of the certificate, made when it is first used."""
    certificate = key.certificate
    row, _is_new = SigningCertificate.objects.get_or_create(
        fingerprint=keys.fingerprint(certificate),
        defaults={
            "subject": keys.name_of(certificate),
            "not_before": certificate.not_valid_before_utc,
            "not_after": certificate.not_valid_after_utc,
            "pem": keys.pem_of(certificate, *key.chain),
            "is_self_made": keys.is_self_made(certificate),
        },
    )
    return row


def signed_by(key: SigningKey, data: bytes) -> bytes:
    """The PDF with a signature behind it, and a timestamp where a service is set.

    Raises SigningFailed where the service gives none.
    """
    service = settings.SIGNING_TIMESTAMP_URL
    words = _("Issued by %s") % settings.SITE_NAME
    signer = PdfSigner(
        PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            reason=words,
            location=settings.SITE_URL,
        ),
        _Signer(key),
        timestamper=_Timestamper(service, timeout=TIMESTAMP_SECONDS) if service else None,
        # Without a box: nothing to see, to be printed, on page 1, as PDF/A wants it.
        new_field_spec=SigFieldSpec(FIELD, readable_field_name=words),
    )
    out = io.BytesIO()
    try:
        run(
            signer.async_sign_pdf(
                _Writer(io.BytesIO(data)), bytes_reserved=_room(key, bool(service)), output=out
            )
        )
    except TimestampRequestError as error:
        logger.warning("No timestamp: %s", error)
        message = _(
            "The timestamp service gave no timestamp. Check SIGNING_TIMESTAMP_URL and the service."
        )
        raise SigningFailed(message) from error
    except (ValueError, PdfError) as error:
        logger.exception("A document could not be signed")
        raise SigningFailed(_("Signing it failed. The worker's log says why.")) from error
    return out.getvalue()


def _room(key: SigningKey, is_timestamped: bool) -> int:  # noqa: FBT001
    """Hex digits kept free for the signature, so that nothing is signed to measure it."""
    chain = (key.certificate, *key.chain)
    room = _ROOM + sum(len(one.public_bytes(Encoding.DER)) for one in chain)
    return 2 * (room + (_TIMESTAMP_ROOM if is_timestamped else 0))


class _Writer(IncrementalPdfFileWriter):
    """Adds to a file without touching its metadata: they say the moment of issue, for good."""

    def _update_meta(self) -> None:
        pass


class _Signer(SimpleSigner):
    """Signs with a key that is held open; the library would read and test it for each file."""

    def __init__(self, key: SigningKey) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple([for_library(one) for one in key.chain])
        raw = key.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        super().__init__(
            for_library(key.certificate), asn1_keys.PrivateKeyInfo.load(raw), cert_registry=store
        )
        self._key = key.key

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        """Sign with SHA-256, whatever the key."""
        del digest_algorithm  # always the one that is asked for above
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


class _Timestamper(HTTPTimeStamper):
    """Asks the service; an answer about something else is none."""

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """The token. Raises TimestampRequestError."""
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            about = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]
            found = about["hashed_message"].native
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise TimestampRequestError("The answer is no timestamp") from error
        if found != message_digest:
            raise TimestampRequestError("The timestamp is about something else")
        return token


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
