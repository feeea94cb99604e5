"""PDF: whole, one thing only, not encrypted, nothing that runs, no files within, no bomb."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from mmap import mmap

from vendors.filetypes.outcomes import (
    ARCHIVE_END,
    ARCHIVE_TAIL,
    MAX_RATIO,
    MAX_UNPACKED,
    SNIFFED,
    NotAcceptedError,
    Why,
    has_markup,
)

#: Bytes that all streams of one file may unpack to before looking takes too long, and at the ratio.
MAX_IN_ALL, MAX_IN_ALL_AT_RATIO = 512 * 1024 * 1024, 192 * 1024 * 1024
_CHUNK = 1024 * 1024
_TAIL = 2048
_VERSION = re.compile(rb"%PDF-[12]\.\d")
_STREAM = re.compile(rb">>\s{0,16}stream(?:\r\n|\n|\r)")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_NAME_END = rb"(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
_FILTER = re.compile(
    rb"/(FlateDecode|Fl|LZWDecode|LZW|ASCIIHexDecode|ASCII85Decode|RunLengthDecode)" + _NAME_END
)
_ENCRYPTED = re.compile(rb"/Encrypt" + _NAME_END)
_ACTIVE = re.compile(
    rb"/(JavaScript|JS|Launch|RichMedia|XFA|ImportData|SubmitForm|GoToE)" + _NAME_END
)
_FILES = re.compile(rb"/(EmbeddedFiles?|FileAttachment)" + _NAME_END)
_OBJECTS = re.compile(rb"/(ObjStm|XRef)" + _NAME_END)


def check(data: bytes | mmap) -> None:
    """Raise NotAcceptedError unless it is a PDF that may be kept and drawn."""
    if not _VERSION.match(data):
        raise NotAcceptedError(Why.BROKEN)
    _check_ends(data)
    total = 0
    for written, packed in _parts(data):
        _check_objects(written)
        if packed is None:
            continue
        unpacked, start = _unpack(packed, keeps=_OBJECTS.search(written) is not None)
        total += unpacked
        is_over_ratio = total > MAX_IN_ALL_AT_RATIO and total > MAX_RATIO * len(data)
        if total > MAX_IN_ALL or is_over_ratio:
            raise NotAcceptedError(Why.BOMB)
        _check_objects(start)


def _check_ends(data: bytes | mmap) -> None:
    """Refuse what is cut off, and what is a page or an archive besides."""
    if has_markup(data[:SNIFFED].replace(b"<?xml", b"").replace(b"<?xpacket", b"")):
        raise NotAcceptedError(Why.TWO_KINDS)
    if data.find(ARCHIVE_END, max(0, len(data) - ARCHIVE_TAIL)) >= 0:
        raise NotAcceptedError(Why.TWO_KINDS)
    if data.find(b"\x89PNG\r\n", 0, SNIFFED) >= 0 or data.find(b"GIF8", 0, SNIFFED) >= 0:
        raise NotAcceptedError(Why.TWO_KINDS)
    tail = data[-_TAIL:]
    end = tail.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in tail or data.find(b"/Root") < 0:
        raise NotAcceptedError(Why.BROKEN)
    if tail[end + 5 :].strip(b"\r\n\t \x00"):
        raise NotAcceptedError(Why.TWO_KINDS)


def _parts(data: bytes | mmap) -> Iterator[tuple[bytes, bytes | None]]:
    """What is written between streams, each with the packed stream behind it where it is packed."""
    position = 0
    while (found := _STREAM.search(data, position)) is not None:
        written = data[position : found.start() + 2]
        start, end = found.end(), data.find(b"endstream", found.end())
        if end < 0:
            raise NotAcceptedError(Why.BROKEN)
        dictionary = _plain(written[-SNIFFED:].rpartition(b" obj")[2])
        yield written, data[start:end] if _FILTER.search(dictionary) else None
        position = end
    yield data[position:], None


def _plain(written: bytes) -> bytes:
    """Names with their escapes resolved: /J#61vaScript is /JavaScript."""
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), written)


def _check_objects(written: bytes) -> None:
    plain = _plain(written)
    if _ENCRYPTED.search(plain):
        raise NotAcceptedError(Why.ENCRYPTED)
    if _ACTIVE.search(plain):
        raise NotAcceptedError(Why.ACTIVE)
    if _FILES.search(plain):
        raise NotAcceptedError(Why.CARRIES_FILES)


def _unpack(packed: bytes, *, keeps: bool) -> tuple[int, bytes]:
    """How long a deflated stream gets, and what it holds where it holds objects.

    What is packed a second time is unpacked a second time. Other filters give nothing here.
    """
    size, kept, start = 0, [], b""
    try:
        for chunk in _inflated(packed):
            start = start or chunk
            size += len(chunk)
            if keeps:
                kept.append(chunk)
            if size > MAX_UNPACKED and size > MAX_RATIO * len(packed):
                raise NotAcceptedError(Why.BOMB)
    except zlib.error:
        return size, b"".join(kept)
    if not keeps and start[:1] == b"\x78" and int.from_bytes(start[:2]) % 31 == 0:
        return _unpack_again(packed, size)
    return size, b"".join(kept)


def _unpack_again(packed: bytes, size: int) -> tuple[int, bytes]:
    """A stream within a stream, measured against the outer one."""
    inner, again = zlib.decompressobj(), 0
    try:
        for chunk in _inflated(packed):
            rest = chunk
            while rest:
                again += len(inner.decompress(rest, _CHUNK))
                rest = inner.unconsumed_tail
                if again > MAX_UNPACKED and again > MAX_RATIO * len(packed):
                    raise NotAcceptedError(Why.BOMB)
    except zlib.error:
        pass
    return size + again, b""


def _inflated(packed: bytes) -> Iterator[bytes]:
    """A deflated stream in chunks of at most a mebibyte. Raises zlib.error."""
    inflater, rest = zlib.decompressobj(), packed.lstrip(b"\r\n")
    while rest and not inflater.eof:
        chunk = inflater.decompress(rest, _CHUNK)
        if not chunk and not inflater.unconsumed_tail:
            return
        yield chunk
        rest = inflater.unconsumed_tail
