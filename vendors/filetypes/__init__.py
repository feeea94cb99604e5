"""What a file is, by its content: the allow-list of the evidence register. Pure, no Django.

A name is no proof, so content decides and the name must agree with it. What could hide something,
be more than one thing at once, or unpack to far more than it holds is refused with a code that
says why. Nothing is ever unpacked to disk. Source: docs/security.md, "Files that people add".
"""

from __future__ import annotations

from mmap import mmap

from vendors.filetypes import images, mail, office, pdf, text
from vendors.filetypes.names import ending_of, name_fault, plain_name
from vendors.filetypes.outcomes import (
    CONTENT_TYPES,
    ENDINGS,
    MAX_SIZE,
    Kind,
    NotAcceptedError,
    Why,
)

__all__ = [
    "CONTENT_TYPES",
    "ENDINGS",
    "MAX_SIZE",
    "Kind",
    "NotAcceptedError",
    "Why",
    "name_fault",
    "plain_name",
    "recognise",
]

#: The antivirus industry's harmless test file, refused so that anybody can try the refusal.
#: Written in two parts, so that no scanner takes this module for it.
TEST_VIRUS = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!"


def recognise(data: bytes | mmap, name: str) -> Kind:
    """What the content is. Raises NotAcceptedError with the reason where it is not accepted."""
    fault = name_fault(name)
    if fault:
        raise NotAcceptedError(fault)
    if len(data) == 0:
        raise NotAcceptedError(Why.EMPTY)
    if len(data) > MAX_SIZE:
        raise NotAcceptedError(Why.TOO_LARGE)
    if data.find(TEST_VIRUS) >= 0:
        raise NotAcceptedError(Why.TEST_VIRUS)
    ending = ending_of(name)
    kind = _by_content(data, ending)
    if ending not in ENDINGS[kind]:
        raise NotAcceptedError(Why.OTHER_ENDING, kind)
    return kind


def _by_content(data: bytes | mmap, ending: str) -> Kind:
    """Look at the first bytes, then check the whole of what they promise."""
    head = data[:8]
    if head.startswith(b"%PDF-"):
        pdf.check(data)
        return Kind.PDF
    if head == images.PNG_SIGNATURE:
        images.check_png(data)
        return Kind.PNG
    if head.startswith(b"\xff\xd8\xff"):
        images.check_jpeg(data)
        return Kind.JPEG
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return office.check(data)
    if head == office.OLD_OFFICE:
        raise NotAcceptedError(Why.OLD_OFFICE)
    text.check(data, is_mail=ending == "eml")
    if ending == "eml":
        mail.check(data, recognise)
        return Kind.EML
    return Kind.CSV if ending == "csv" else Kind.TXT
