"""How uploads arrive: to a temporary file, no further than the limit, with the name as it was sent.

Django takes paths and control characters out of a file's name before anybody sees it. Here the name
that was sent is kept beside it, so that the evidence register can refuse it with the reason.
"""

from __future__ import annotations

import html
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http.multipartparser import MultiPartParser

from vendors.filetypes import MAX_SIZE

#: Bytes that all files of one request may write.
MAX_REQUEST = 10 * MAX_SIZE


class _NamingParser(MultiPartParser):
    """Remembers the name that the file at hand was sent with."""

    sent_name = ""

    def sanitize_file_name(self, file_name: str) -> str | None:
        """The name without its path; never none, which would drop the file in silence."""
        self.sent_name = html.unescape(file_name)
        return super().sanitize_file_name(file_name) or "file"


class CarefulUploadHandler(TemporaryFileUploadHandler):
    """Writes what is within the limits and counts the rest.

    The file gets `raw_name`, the name as sent, and `whole_size`, which may be more than was written.
    """

    file: Any
    parser: _NamingParser | None = None
    written = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - Django's name
        content_length: int,  # noqa: ARG002
        boundary: str,  # noqa: ARG002
        encoding: str | None = None,
    ) -> Any:
        """Parse with the parser that remembers names; that one asks again and gets None."""
        if self.parser is not None:
            return None
        handler = type(self)(self.request)
        handler.parser = _NamingParser(META, input_data, [handler], encoding)
        return handler.parser.parse()

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file under the name that the parser has just read."""
        super().new_file(*args, **kwargs)
        self.file.raw_name = self.parser.sent_name if self.parser else ""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write a piece, unless the file or the request has gone beyond its limit."""
        if start + len(raw_data) <= MAX_SIZE and self.written + len(raw_data) <= MAX_REQUEST:
            self.written += len(raw_data)
            return super().receive_data_chunk(raw_data, start)
        self.file.is_cut = True
        return None

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """The file, with the size that was sent."""
        is_cut = getattr(self.file, "is_cut", False)
        self.file.whole_size = max(file_size, MAX_SIZE + 1) if is_cut else file_size
        return super().file_complete(file_size)
