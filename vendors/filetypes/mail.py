"""E-mail as a file: headers first; what is attached must be acceptable by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from io import BytesIO
from mmap import mmap

from vendors.filetypes.outcomes import Kind, NotAcceptedError, Why

#: Parts that one message may have.
MAX_PARTS = 100
_HEADER = re.compile(rb"[!-9;-~]{1,76}:[ \t]?")
_NEEDED = ("from", "subject", "date", "to", "received", "message-id")


def check(data: bytes | mmap, recognise: Callable[[bytes, str], Kind]) -> None:
    """Raise NotAcceptedError unless it is a message whose attachments are accepted too."""
    if not _HEADER.match(data):
        raise NotAcceptedError(Why.BROKEN)
    try:
        message = BytesParser(policy=compat32).parse(BytesIO(data[:]))
        parts = list(message.walk())
    except (RecursionError, ValueError, LookupError) as error:
        raise NotAcceptedError(Why.BROKEN) from error
    if sum(name in message for name in _NEEDED) < 2:
        raise NotAcceptedError(Why.BROKEN)
    if len(parts) > MAX_PARTS:
        raise NotAcceptedError(Why.BOMB)
    for part in parts:
        _check_part(part, recognise)


def _check_part(part: Message, recognise: Callable[[bytes, str], Kind]) -> None:
    name = part.get_filename()
    is_text = part.get_content_maintype() == "text"
    if part.is_multipart() or (is_text and name is None):
        return
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes) or name is None:
        raise NotAcceptedError(Why.ATTACHMENT)
    if name.casefold().endswith(".eml"):
        raise NotAcceptedError(Why.ATTACHMENT, name)
    try:
        recognise(content, name)
    except NotAcceptedError as error:
        raise NotAcceptedError(Why.ATTACHMENT, name) from error
