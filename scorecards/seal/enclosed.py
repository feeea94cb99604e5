"""The record that one of our PDFs carries, read from whatever somebody hands over.

The file is judged by what it holds and nothing of it is run, opened or fetched. What is no document
of ours, or no longer whole, is refused in one sentence.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from pyhanko.pdf_utils.reader import PdfFileReader

from scorecards.paper.kinds import PAPERS
from scorecards.seal import hanko

MIB = 1024 * 1024
#: The longest file that is read, in bytes.
LONGEST = 32 * MIB
_KINDS = {paper.attachment: kind for kind, paper in PAPERS.items()}
#: How a PDF ends. Without a look at it first the library goes through the whole file backwards.
_TAIL = re.compile(rb"startxref\s+\d+\s+%%EOF\s*\Z")
#: A PDF has a handful; what names more is no document of ours.
_MOST_ATTACHMENTS = 20


class NotOurs(Exception):  # noqa: N818  an outcome, said in words
    """The file is no whole document of ours; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """The record in a PDF: the attachment's name, the kind of document, its text and SHA-256.

    `unsigned` is the file up to where a signature was added; of an unsigned one all of it.
    """

    name: str
    kind: str
    text: str
    digest: str
    unsigned: bytes


def read(data: bytes) -> Enclosed:
    """The record that is attached to a PDF of ours. Raises NotOurs for anything else."""
    with opened(data) as reader:
        return record_in(data, reader)


def record_in(data: bytes, reader: PdfFileReader) -> Enclosed:
    """The same, of a file that is open already; within `opened`."""
    name, raw = _attached(reader.get_historical_root(0))
    if _attached(reader.root) != (name, raw):
        raise NotOurs(_("The record in this file was exchanged after the file was made."))
    unsigned = data[: _first_end(data, reader)]
    digest = hashlib.sha256(raw).hexdigest()
    return Enclosed(name, _KINDS[name], raw.decode("utf-8"), digest, unsigned)


@contextmanager
def opened(data: bytes) -> Iterator[PdfFileReader]:
    """A reader of a PDF, bounded in what it unpacks.

    Raises NotOurs for what is no PDF, also for whatever goes wrong while it is read.
    """
    if not data:
        raise NotOurs(_("The file is empty."))
    if len(data) > LONGEST:
        message = _("The file is longer than %d MB, and so no document of this app.")
        raise NotOurs(message % (LONGEST // MIB))
    if not data.startswith(b"%PDF-"):
        raise NotOurs(_("The file is not a PDF."))
    if _TAIL.search(data, max(0, len(data) - 1024)) is None:
        raise NotOurs(_("The file is damaged, or no document of this app."))
    try:
        reader = hanko.reader(data, unpacked=2 * LONGEST)
        _refuse_encrypted(reader)
        yield reader
    except NotOurs:
        raise
    except Exception as error:
        # A damaged file fails anywhere in the parser, in ways that it doesn't list.
        message = _("The file is damaged, or no document of this app.")
        raise NotOurs(message) from error


def _refuse_encrypted(reader: PdfFileReader) -> None:
    if "/Encrypt" in reader.trailer:
        raise NotOurs(_("The file is encrypted; no document of this app is."))


def _first_end(data: bytes, reader: PdfFileReader) -> int:
    """Where the file ended before anything was added to it."""
    start: int = reader.xrefs.get_startxref_for_revision(0)
    ending = re.compile(rb"startxref\r?\n0*%d\r?\n%%%%EOF\r?\n?" % start)
    found = ending.search(data, start)
    if found is None:
        raise NotOurs(_("The file is damaged, or no document of this app."))
    return found.end()


def _attached(root: Any) -> tuple[str, bytes]:
    """Name and bytes of the one attachment that has a name of ours."""
    try:
        names = root["/Names"]["/EmbeddedFiles"]["/Names"]
    except KeyError as error:
        raise NotOurs(_("The PDF carries no record, so it is no document of this app.")) from error
    if len(names) > 2 * _MOST_ATTACHMENTS:
        raise NotOurs(_("The PDF carries too many files to be a document of this app."))
    files = [names[place] for place in range(1, len(names), 2)]
    ours = [file for file in files if _name_of(file) in _KINDS]
    if len(ours) != 1:
        raise NotOurs(_("The PDF carries no record, so it is no document of this app."))
    return _name_of(ours[0]), bytes(ours[0]["/EF"]["/F"].data)


def _name_of(file: Any) -> str:
    return str(file["/UF"] if "/UF" in file else file["/F"])


@dataclass(frozen=True, slots=True)
class Said:
    """What a PDF says of itself in its metadata: title and version of its template, "" for none."""

    title: str
    template: str


def said(data: bytes) -> Said:
    """What the metadata of a PDF say; not proved by anything. Raises NotOurs for no PDF."""
    with opened(data) as reader:
        root = reader.root
        text = bytes(root["/Metadata"].data) if "/Metadata" in root else b""
        title = re.search(rb"<dc:title>.*?<rdf:li[^>]*>(.*?)</rdf:li>", text, re.DOTALL)
        template = re.search(rb"template ([0-9A-Za-z.]{1,20})\s*<", text)
        return Said(
            title[1].decode("utf-8") if title else "", template[1].decode() if template else ""
        )
