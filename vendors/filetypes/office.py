"""DOCX and XLSX: the archive's directory and the start of each part, never unpacked."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from mmap import mmap

from vendors.filetypes.outcomes import (
    ARCHIVE_END,
    MAX_RATIO,
    MAX_UNPACKED,
    Kind,
    NotAcceptedError,
    Why,
)

#: First bytes of DOC, XLS and of encrypted DOCX and XLSX.
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Parts that one document may have, and bytes of its directory.
MAX_PARTS, MAX_DIRECTORY = 5000, 2 * 1024 * 1024
#: Bytes that are read of a part.
PEEK = 4096
CONTENT_LIST = "[content_types].xml"
#: Bytes that are read of the list of contents.
MAX_CONTENT_LIST = 1024 * 1024
#: Archives, programs and documents within the document.
_CARRIED = (
    ".zip", ".7z", ".rar", ".gz", ".tar", ".jar", ".exe", ".dll", ".js", ".vbs", ".bat", ".cmd",
    ".ps1", ".scr", ".com", ".hta", ".lnk", ".doc", ".docx", ".docm", ".xls", ".xlsx", ".xlsm",
    ".pdf", ".html", ".htm", ".svg",
)  # fmt: skip
_LISTS_MACROS = (b"macroenabled", b"vbaproject", b"macrosheet")


def check(data: bytes | mmap) -> Kind:
    """Which of the two it is. Raises NotAcceptedError."""
    _check_directory(data)
    try:
        with zipfile.ZipFile(BytesIO(data[:])) as archive:
            entries = archive.infolist()
            names = [entry.filename.casefold() for entry in entries]
            _check_names(names)
            _check_sizes(entries, len(data))
            kind = _kind_of(names)
            _check_carried(names)
            _check_parts(archive, entries)
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError,
        RuntimeError,
    ) as error:  # fmt: skip
        raise NotAcceptedError(Why.BROKEN) from error
    return kind


def _check_directory(data: bytes | mmap) -> None:
    """One directory that ends the file and is not too long to read."""
    end = data.rfind(ARCHIVE_END)
    record = data[end : end + 22] if end >= 0 else b""
    if len(record) < 22:
        raise NotAcceptedError(Why.BROKEN)
    if end + 22 + int.from_bytes(record[20:22], "little") != len(data):
        raise NotAcceptedError(Why.TWO_KINDS)
    if record[20:22] != b"\x00\x00" or end == 0:
        raise NotAcceptedError(Why.TWO_KINDS if end else Why.ARCHIVE)
    size, start = (int.from_bytes(record[a:b], "little") for a, b in ((12, 16), (16, 20)))
    if int.from_bytes(record[10:12], "little") > MAX_PARTS or size > MAX_DIRECTORY:
        raise NotAcceptedError(Why.BOMB)
    if start + size != end:
        raise NotAcceptedError(Why.BROKEN)


def _check_names(names: list[str]) -> None:
    """Refuse names that lead out of the archive, and two parts of one name."""
    for name in names:
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or name.startswith(("/", "\\")) or ":" in name or "\x00" in name:
            raise NotAcceptedError(Why.BROKEN)
    if len(set(names)) != len(names):
        raise NotAcceptedError(Why.BROKEN)


def _check_sizes(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse bombs by what the directory says; parts that share bytes say more than there is."""
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    if any(entry.flag_bits & 0x41 for entry in entries):
        raise NotAcceptedError(Why.ENCRYPTED)
    if any(
        entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for entry in entries
    ):
        raise NotAcceptedError(Why.BROKEN)
    if packed > size or (unpacked > MAX_UNPACKED and unpacked > MAX_RATIO * size):
        raise NotAcceptedError(Why.BOMB)


def _kind_of(names: list[str]) -> Kind:
    if CONTENT_LIST not in names:
        raise NotAcceptedError(Why.ARCHIVE)
    if any("vbaproject" in name or "macrosheets/" in name for name in names):
        raise NotAcceptedError(Why.MACROS)
    found = {"word/document.xml": Kind.DOCX, "xl/workbook.xml": Kind.XLSX}
    kinds = [kind for name, kind in found.items() if name in names]
    if len(kinds) != 1:
        raise NotAcceptedError(Why.ARCHIVE)
    return kinds[0]


def _check_carried(names: list[str]) -> None:
    """Refuse documents within the document, which nobody has checked."""
    if any(
        "/embeddings/" in name or "/activex/" in name or name.endswith(_CARRIED) for name in names
    ):
        raise NotAcceptedError(Why.CARRIES_FILES)


def _check_parts(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Read the start of each part: no entities in its XML, no archive under another name."""
    for entry in entries:
        if entry.is_dir():
            continue
        is_list = entry.filename.casefold() == CONTENT_LIST
        with archive.open(entry) as part:
            start = part.read(MAX_CONTENT_LIST if is_list else PEEK)
        if start.startswith((b"PK\x03\x04", OLD_OFFICE, b"MZ", b"%PDF-")):
            raise NotAcceptedError(Why.CARRIES_FILES)
        plain = start.replace(b"\x00", b"").lower()
        if b"<!doctype" in plain or b"<!entity" in plain:
            raise NotAcceptedError(Why.ENTITIES)
        if is_list and any(sign in plain for sign in _LISTS_MACROS):
            raise NotAcceptedError(Why.MACROS)
