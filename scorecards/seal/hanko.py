"""What every use of pyHanko needs: quiet logs, its form of certificates, waiting for its work."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine
from io import BytesIO
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.reader import PdfFileReader

# What is wrong with somebody's file is the answer to them, and nothing for the log.
for name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(name).setLevel(logging.CRITICAL)


def reader(data: bytes, *, unpacked: int) -> PdfFileReader:
    """Read a PDF of which a part may give `unpacked` bytes, all of it three times as many.

    Raises whatever its parser stumbles over.
    """
    limits = DecodeLimits(
        per_stream=StreamDecodeLimits(max_output_size=unpacked),
        document_budget=DocumentDecodeBudget(base_allowance=3 * unpacked, max_ratio=0),
    )
    return PdfFileReader(BytesIO(data), decode_limits=limits)


def for_library(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """A certificate in the form that the library takes."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Wait for a coroutine of the library, also where a loop runs in this thread already."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    done: list[Any] = []

    def wait() -> None:
        try:
            done.append((asyncio.run(work), None))
        except BaseException as error:  # noqa: BLE001  it is raised below, where it is waited for
            done.append((None, error))

    thread = threading.Thread(target=wait)
    thread.start()
    thread.join()
    value, error = done[0]
    if error is not None:
        raise error
    return value
