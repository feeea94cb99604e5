"""Checking the signature of a PDF: whole, over all of the file, by a certificate that is known."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from scorecards.seal import hanko, keys
from scorecards.seal.enclosed import Enclosed, opened, record_in

#: Certificates by fingerprint, each with those that issued it.
Known = Mapping[str, tuple[x509.Certificate, ...]]
_USAGE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})


@dataclass(frozen=True, slots=True)
class Signature:
    """What the signature of a file says and whether it holds.

    `fault` is one sentence, "" where it holds. `at` is the moment that the signature names, that
    of the timestamp where it has one. An unsigned file has no `fingerprint` and no fault.
    """

    fingerprint: str = ""
    signer: str = ""
    at: datetime | None = None
    is_timestamped: bool = False
    fault: str = ""


def check(data: bytes, known: Known) -> Signature:
    """Check the signature of a PDF against certificates that are known, as of its own moment.

    Whether the certificate was revoked is not asked of anybody. Raises NotOurs for what is no
    readable PDF.
    """
    with opened(data) as reader:
        return _checked(data, reader, known)


def examine(data: bytes, known: Known) -> tuple[Enclosed, Signature]:
    """The record of a PDF of ours and the check of its signature. Raises NotOurs."""
    with opened(data) as reader:
        return record_in(data, reader), _checked(data, reader, known)


def _checked(data: bytes, reader: PdfFileReader, known: Known) -> Signature:
    found = reader.embedded_signatures
    if not found:
        return Signature()
    if len(found) > 1:
        return Signature(fault=_("It carries more than one signature."))
    return _judged(data, found[0], known)


def _judged(data: bytes, signature: EmbeddedPdfSignature, known: Known) -> Signature:
    der = signature.signer_cert.dump()
    fingerprint = hashlib.sha256(der).hexdigest()
    signer = keys.name_of(x509.load_der_x509_certificate(der))
    chain = known.get(fingerprint)
    if chain is None:
        words = _("It is signed with a certificate that is not known here (%s).") % signer
        return Signature(fingerprint, signer, fault=words)
    told = signature.self_reported_timestamp
    at = told or datetime.now(tz=UTC)
    status = hanko.run(
        async_validate_pdf_signature(
            signature,
            _context([hanko.for_library(one) for one in chain], at),
            # whose timestamps are believed is for whoever relies on them
            ts_validation_context=_context([], at),
            key_usage_settings=_USAGE,
        )
    )
    stamp = status.timestamp_validity
    return Signature(
        fingerprint,
        signer,
        stamp.timestamp if stamp else told,
        is_timestamped=stamp is not None,
        fault=_fault(status)
        or _time_fault(chain[0], at)
        or _carried_fault(signature, chain)
        or _padding_fault(data, signature),
    )


def _context(roots: list[asn1_x509.Certificate], at: datetime) -> ValidationContext:
    return ValidationContext(trust_roots=roots, moment=at, allow_fetching=False)


def _fault(status: PdfSignatureStatus) -> str:
    """What does not hold; "" where all of it does."""
    if not status.intact:
        return _("The file was changed since it was signed.")
    if not status.valid:
        return _("The signature does not fit the certificate.")
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        return _("Something was added to the file since it was signed.")
    if not status.trusted:
        return _("Its certificate does not hold.")
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.valid and stamp.intact):
        return _("Its timestamp does not hold.")
    return ""


def _time_fault(certificate: x509.Certificate, at: datetime) -> str:
    """The library takes a root that it is given as valid for good, so this is asked here."""
    if certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return ""
    return _("Its certificate was not valid when it was signed.")


def _carried_fault(signature: EmbeddedPdfSignature, chain: tuple[x509.Certificate, ...]) -> str:
    """Whether the certificates beside the signer's, which nothing signs here, are those known."""
    known = {keys.fingerprint(one) for one in chain}
    carried = {hashlib.sha256(one.dump()).hexdigest() for one in signature.other_embedded_certs}
    return "" if carried <= known else _("The signature's own bytes were changed.")


def _padding_fault(data: bytes, signature: EmbeddedPdfSignature) -> str:
    """Whether the one place that no signature covers, its own, is as it was written."""
    first, second = signature.byte_range[1], signature.byte_range[2]
    raw = bytes(signature.pkcs7_content)
    length = len(cms.ContentInfo.load(raw).dump())
    written = b"<" + raw.hex().upper().encode("ascii") + b">"
    if data[first:second] == written and not any(raw[length:]):
        return ""
    return _("The signature's own bytes were changed.")


def known_certificate(pem: bytes) -> tuple[str, tuple[x509.Certificate, ...]]:
    """Fingerprint and certificates of a PEM text, the signer's first. Raises ValueError."""
    chain = tuple(x509.load_pem_x509_certificates(pem))
    return keys.fingerprint(chain[0]), chain
