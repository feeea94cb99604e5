"""Plain text: CSV, TXT and the text of e-mail. Decodable, no control characters, no page."""

from __future__ import annotations

import codecs
import re
from mmap import mmap

from vendors.filetypes.outcomes import SNIFFED, NotAcceptedError, Why, has_markup

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
#: Bytes that no text has, tab, line ends, form feed and escape aside.
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_WIDE_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def check(data: bytes | mmap, *, is_mail: bool = False) -> None:
    """Raise NotAcceptedError unless it is text that no browser takes for a page.

    E-mail may hold a page as one of its parts, behind its headers.
    """
    encoding = next((name for mark, name in _MARKS.items() if data[:4].startswith(mark)), "")
    if encoding == "utf-16":
        _check_wide(data[:])
    elif _CONTROL.search(data):
        raise NotAcceptedError(Why.UNKNOWN)
    start = data[:SNIFFED]
    if (has_markup(start) and not is_mail) or start.lstrip(b"\xef\xbb\xbf \t\r\n\x0c").startswith(
        b"<"
    ):
        raise NotAcceptedError(Why.MARKUP)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"#!", b"MZ", b"GIF8", b"{\\rtf")):
        raise NotAcceptedError(Why.UNKNOWN)
    if data.find(b"%PDF-", 0, SNIFFED) >= 0:
        raise NotAcceptedError(Why.TWO_KINDS)


def _check_wide(data: bytes) -> None:
    try:
        decoded = data.decode("utf-16")
    except UnicodeDecodeError as error:
        raise NotAcceptedError(Why.BROKEN) from error
    if _WIDE_CONTROL.search(decoded):
        raise NotAcceptedError(Why.UNKNOWN)
