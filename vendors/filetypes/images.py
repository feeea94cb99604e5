"""PNG and JPEG: well-formed from the first byte to the last, and not too large to draw."""

from __future__ import annotations

from mmap import mmap

from vendors.filetypes.outcomes import (
    ARCHIVE_END,
    ARCHIVE_TAIL,
    SNIFFED,
    NotAcceptedError,
    Why,
    has_markup,
)

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: More than this many pixels is not drawn: a page of A3 at 400 dpi has 31 million.
MAX_PIXELS = 50_000_000
#: Chunks and segments that one image may have.
MAX_PARTS = 100_000
#: JPEG markers of a frame, which carry its size.
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def check_png(data: bytes | mmap) -> None:
    """Walk all chunks. Raises NotAcceptedError."""
    position, seen = len(PNG_SIGNATURE), 0
    while True:
        head = data[position : position + 8]
        length = int.from_bytes(head[:4])
        name, end = head[4:], position + 12 + length
        if len(head) < 8 or end > len(data) or (seen == 0) != (name == b"IHDR"):
            raise NotAcceptedError(Why.BROKEN)
        if name == b"IHDR":
            size = data[position + 8 : position + 16]
            _check_size(int.from_bytes(size[:4]), int.from_bytes(size[4:]))
        position, seen = end, seen + 1
        if name == b"IEND":
            break
        if seen > MAX_PARTS:
            raise NotAcceptedError(Why.BOMB)
    if data.find(b"IDAT") < 0:
        raise NotAcceptedError(Why.BROKEN)
    if position != len(data):
        raise NotAcceptedError(Why.TWO_KINDS)
    _check_one_kind(data)


def check_jpeg(data: bytes | mmap) -> None:
    """Walk the segments up to the picture. Raises NotAcceptedError."""
    position, is_sized = 2, False
    for _segment in range(MAX_PARTS):
        head = data[position : position + 4]
        if len(head) < 4 or head[0] != 0xFF:
            raise NotAcceptedError(Why.BROKEN)
        if head[1] == 0xFF:
            position += 1
            continue
        length = int.from_bytes(head[2:])
        body = data[position + 4 : position + 2 + length]
        if length < 2 or len(body) != length - 2:
            raise NotAcceptedError(Why.BROKEN)
        if head[1] in _FRAMES and len(body) >= 5:
            _check_size(int.from_bytes(body[3:5]), int.from_bytes(body[1:3]))
            is_sized = True
        if head[1] == 0xFE and has_markup(body):
            raise NotAcceptedError(Why.TWO_KINDS)
        position += 2 + length
        if head[1] == 0xDA:
            break
    if not is_sized or data.find(b"\xff\xd9", position) < 0:
        raise NotAcceptedError(Why.BROKEN)
    _check_one_kind(data)


def _check_size(width: int, height: int) -> None:
    if not width or not height:
        raise NotAcceptedError(Why.BROKEN)
    if width * height > MAX_PIXELS:
        raise NotAcceptedError(Why.TOO_MANY_PIXELS)


def _check_one_kind(data: bytes | mmap) -> None:
    """A picture that is also a page, a script or an archive is refused."""
    tail = max(0, len(data) - ARCHIVE_TAIL)
    if (
        _has_page(data[:SNIFFED])
        or _has_page(data[-SNIFFED:])
        or data.find(b"%PDF-", 0, SNIFFED) >= 0
        or data.find(ARCHIVE_END, tail) >= 0
    ):
        raise NotAcceptedError(Why.TWO_KINDS)


def _has_page(part: bytes) -> bool:
    """Whether there is markup; the XML of a picture's own description is none."""
    return has_markup(part.replace(b"<?xml", b"").replace(b"<?xpacket", b""))
