"""Keys and certificates for the tests: small authorities, leaves of RSA and EC, PKCS#12."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    NoEncryption,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from scorecards.seal.keys import SigningKey

DAY = timedelta(days=1)


@cache
def private_key(kind: str) -> Any:
    """One key of a kind for the whole run: "ec", or the bits of an RSA key."""
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, int(kind))


def certificate(
    key: Any,
    name: str = "Sample Holding",
    *,
    issuer: x509.Certificate | None = None,
    issuer_key: Any = None,
    start: timedelta = -DAY,
    end: timedelta = 400 * DAY,
    is_authority: bool = False,
    for_timestamps: bool = False,
    usage: bool = True,
) -> x509.Certificate:
    """A certificate of the key, by itself or by an issuer; `start` and `end` count from now."""
    now = datetime.now(tz=UTC).replace(microsecond=0)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + start)
        .not_valid_after(now + end)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=usage,
                content_commitment=usage,
                key_encipherment=not usage,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_authority,
                crl_sign=is_authority,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if for_timestamps:
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(stamping, critical=True)
    return builder.sign(issuer_key or key, hashes.SHA256())


def signing_key(kind: str, **options: Any) -> SigningKey:
    """A key with a certificate of an authority of its own."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = certificate(root_key, "Sample authority", is_authority=True)
    key = private_key(kind)
    leaf = certificate(key, issuer=root, issuer_key=root_key, **options)
    return SigningKey(key, leaf, (root,))


def packed(key: SigningKey, password: str = "") -> bytes:
    """The key as PKCS#12."""
    lock = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"key", key.key, key.certificate, key.chain, lock)
