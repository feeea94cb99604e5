"""PAdES: a signature behind the bytes of a PDF, by pyHanko.

Nothing here knows where the key comes from, or that there are rows.
"""

from __future__ import annotations

import io
import logging

from asn1crypto import cms
from asn1crypto import keys as asn1_keys
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

from scorecards.seal.hanko import for_library, run
from scorecards.seal.keys import SigningFailed, SigningKey

logger = logging.getLogger(__name__)

FIELD = "Signature"
#: How long a timestamp service has for its whole answer, in seconds.
TIMESTAMP_SECONDS = 8
#: Room for the signature without its certificates, and for a timestamp with its own, in bytes.
_ROOM, _TIMESTAMP_ROOM = 4096, 12_288


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
