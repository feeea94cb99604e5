"""Signing documents with the organisation's key."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.models import SigningCertificate
from scorecards.seal import keyring, keys, pades
from scorecards.seal.keys import SigningKey


@dataclass(frozen=True, slots=True)
class Signed:
    """A file as it is handed out; it begins with the unsigned bytes, unchanged."""

    data: bytes
    certificate: SigningCertificate | None


def sign(data: bytes) -> Signed:
    """Sign a PDF with the key of the settings; without one it stays as it is.

    Takes up to `pades.TIMESTAMP_SECONDS` more where a timestamp is asked for. Raises SigningFailed where
    a key is set and cannot be used.
    """
    key = keyring.current_key()
    if key is None:
        return Signed(data, None)
    return Signed(pades.signed_by(key, data), _kept(key))


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
