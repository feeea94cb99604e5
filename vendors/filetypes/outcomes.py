"""The kinds that are accepted, and every reason to refuse one."""

from __future__ import annotations

from enum import StrEnum

#: Bytes that one file may have: 25 MB, the megabyte as 1024 x 1024.
MAX_SIZE = 25 * 1024 * 1024
#: More than this many bytes unpacked, at more than this ratio, is a bomb.
MAX_UNPACKED, MAX_RATIO = 64 * 1024 * 1024, 50
#: Signs of a web page, as browsers look for them.
MARKUP = (
    b"<!doctype",
    b"<html",
    b"<head",
    b"<body",
    b"<script",
    b"<svg",
    b"<iframe",
    b"<?xml",
    b"<?php",
    b"<math",
)
#: Where browsers look for them.
SNIFFED = 1024
#: An end-of-archive record, on one disk.
ARCHIVE_END = b"PK\x05\x06\x00\x00\x00\x00"
#: How far from the end that record may stand.
ARCHIVE_TAIL = 22 + 65_535


class Kind(StrEnum):
    """What is accepted."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"
    DOCX = "docx"
    XLSX = "xlsx"
    CSV = "csv"
    TXT = "txt"
    EML = "eml"


#: The endings that a name may have, by kind.
ENDINGS = {
    Kind.PDF: frozenset({"pdf"}),
    Kind.PNG: frozenset({"png"}),
    Kind.JPEG: frozenset({"jpg", "jpeg"}),
    Kind.DOCX: frozenset({"docx"}),
    Kind.XLSX: frozenset({"xlsx"}),
    Kind.CSV: frozenset({"csv"}),
    Kind.TXT: frozenset({"txt"}),
    Kind.EML: frozenset({"eml"}),
}
#: What a download says it is.
CONTENT_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.CSV: "text/csv",
    Kind.TXT: "text/plain",
    Kind.EML: "message/rfc822",
}


class Why(StrEnum):
    """Why a file is refused; pages give these words."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    NAME = "name"
    NO_ENDING = "no-ending"
    OTHER_ENDING = "other-ending"
    UNKNOWN = "unknown"
    MARKUP = "markup"
    TWO_KINDS = "two-kinds"
    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    ACTIVE = "active"
    MACROS = "macros"
    CARRIES_FILES = "carries-files"
    ARCHIVE = "archive"
    BOMB = "bomb"
    TOO_MANY_PIXELS = "too-many-pixels"
    OLD_OFFICE = "old-office"
    ENTITIES = "entities"
    TEST_VIRUS = "test-virus"
    ATTACHMENT = "attachment"


class NotAcceptedError(Exception):
    """The file is refused; `why` is the reason, `detail` what it is or holds."""

    def __init__(self, why: Why, detail: str = "") -> None:
        self.why = why
        self.detail = detail
        super().__init__(f"{why}: {detail}" if detail else str(why))


def has_markup(start: bytes) -> bool:
    """Whether a browser that guesses would take it for a page."""
    lowered = start.replace(b"\x00", b"").lower()
    return any(sign in lowered for sign in MARKUP)
