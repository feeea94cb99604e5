"""The organisation's signing key: read from PKCS#12, judged, and made where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from django.utils.translation import gettext as _

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

#: Stands as the unit in certificates that an installation makes itself.
SELF_MADE = "Self-made, proves no identity"
LONGEST_NAME = 64
_LONGEST_FILE = 1_000_000
_LEAST_BITS = 2048


class SigningFailed(Exception):  # noqa: N818  a state of key or service, said in words
    """The file could not be signed; the message says why and what helps."""


class KeyUnusable(Exception):  # noqa: N818  a state of the key, said in words
    """The key cannot be used; the message says why and what helps, never password or folder."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, its certificate and those that issued it."""

    key: Key
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]


def load(path: Path, password: str) -> SigningKey:
    """Read a PKCS#12 file. Raises KeyUnusable; whether the certificate is valid today is not asked."""
    data = _read(path)
    try:
        found = _opened(data, password)
    except ValueError as error:
        message = _(
            "The signing key %s cannot be opened: SIGNING_PASSWORD is wrong, or the file is no PKCS#12."
        )
        raise KeyUnusable(message % path.name) from error
    certificate = found.cert.certificate if found.cert else None
    if found.key is None or certificate is None:
        message = _("The file %s holds no private key with its certificate. Export both together.")
        raise KeyUnusable(message % path.name)
    if not isinstance(found.key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise KeyUnusable(
            _("The signing key %s is neither RSA nor EC. Use one of these.") % path.name
        )
    if isinstance(found.key, rsa.RSAPrivateKey) and found.key.key_size < _LEAST_BITS:
        message = _("The signing key %s is too short: RSA needs 2048 bits or more.")
        raise KeyUnusable(message % path.name)
    if not _is_for_signing(certificate):
        message = _("The certificate in %s is not for signing documents. Ask for one that is.")
        raise KeyUnusable(message % path.name)
    chain = tuple(item.certificate for item in found.additional_certs)
    return SigningKey(found.key, certificate, chain)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST_FILE)
    except FileNotFoundError as error:
        message = _("The signing key %s is missing. Put the file there, or correct SIGNING_KEY.")
        raise KeyUnusable(message % path.name) from error
    except OSError as error:
        message = _("The signing key %(path)s cannot be read: %(reason)s.")
        reason = error.strerror or type(error).__name__
        raise KeyUnusable(message % {"path": path.name, "reason": reason}) from error


def _opened(data: bytes, password: str) -> pkcs12.PKCS12KeyAndCertificates:
    """Open it. Without a password it may be locked with none or with an empty one."""
    if password:
        return pkcs12.load_pkcs12(data, password.encode())
    try:
        return pkcs12.load_pkcs12(data, None)
    except ValueError:
        return pkcs12.load_pkcs12(data, b"")


def _is_for_signing(certificate: x509.Certificate) -> bool:
    """Whether the certificate allows it; one that says nothing does."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return True
    return usage.digital_signature or usage.content_commitment


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate in DER, in hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def name_of(certificate: x509.Certificate) -> str:
    """Whose it is: common name or organisation, else the whole subject; at most 300 characters."""
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in certificate.subject.get_attributes_for_oid(oid):
            if str(attribute.value).strip():
                return str(attribute.value)[:300]
    return certificate.subject.rfc4514_string()[:300] or _("Without a name")


def is_self_made(certificate: x509.Certificate) -> bool:
    """Whether an installation made it itself."""
    units = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    return SELF_MADE in {unit.value for unit in units}


def pem_of(*certificates: x509.Certificate) -> str:
    """Certificates one after the other in PEM."""
    return "".join(one.public_bytes(Encoding.PEM).decode("ascii") for one in certificates)


def make(name: str, *, days: int, password: str) -> tuple[bytes, x509.Certificate]:
    """A new EC key with a certificate for itself, as PKCS#12. `name` has 1 to 64 characters."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, SELF_MADE),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    start = datetime.now(tz=UTC).replace(microsecond=0)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_for_documents(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    lock: KeySerializationEncryption = NoEncryption()
    if password:
        lock = BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(None, key, certificate, None, lock), certificate


def _for_documents() -> x509.KeyUsage:
    """The key signs, and whoever signed stands to it; nothing else."""
    others = (
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(
        digital_signature=True, content_commitment=True, **dict.fromkeys(others, False)
    )
