"""Draws a document anew from its record, and says whether the bytes are the same."""

from __future__ import annotations

import hashlib
import re
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError

from scorecards.integrity.texts import table
from scorecards.models import BuildState, Scorecard
from scorecards.paper import pdf, typeset
from scorecards.paper.kinds import COMPARISON, PAPERS, PORTFOLIO, VENDOR
from scorecards.seal import enclosed
from scorecards.storage import path_of
from vendors import scoring

#: What templates and readers raise over a record that is none.
_BROKEN = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    TemplateSyntaxError,
)
_NUMBER = re.compile(r"VET-\d{4}-\d{4,}")


@dataclass(frozen=True, slots=True)
class _Source:
    """What is drawn anew, and what it is compared with: unsigned bytes, else their SHA-256."""

    text: str
    kind: str
    number: str
    template: str
    data: bytes | None = None
    sha256: str = ""


class Command(BaseCommand):
    """`manage.py rebuild ID|NUMBER|FILE`: exits 1 where it differs, 2 for what cannot be drawn."""

    help = (
        "Draws a document anew from its record: of a row (public id or number), or of a PDF or "
        "JSON file, which needs no database. With --compare it says whether the unsigned bytes are "
        "the same; exits 1 where they differ, 2 for what cannot be drawn."
    )
    #: A bare clone without data will do.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to draw, where to put it, and whether to compare."""
        parser.add_argument("source", metavar="ID|NUMBER|FILE.pdf|FILE.json")
        parser.add_argument("--output", metavar="FILE", type=Path, help="write the PDF there")
        parser.add_argument("--compare", action="store_true", help="compare the unsigned bytes")
        parser.add_argument("--number", help="of a comparison or portfolio given as a JSON file")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Draw it, write it, compare it."""
        source = _source(options["source"], options["number"])
        version = PAPERS[source.kind].version
        if source.template and source.template != version:
            message = (
                f"It was drawn with version {source.template} of its template, and this app has "
                f"version {version} alone. Take the release that had it."
            )
            raise CommandError(message, returncode=2)
        drawn = _drawn(source)
        if options["output"]:
            _write(options["output"], drawn)
        digest = hashlib.sha256(drawn).hexdigest()
        self.stdout.write(f"Record   {scoring.digest(source.text)}, template version {version}")
        self.stdout.write(f"Drawn    {digest}, {len(drawn):,} bytes")
        if options["compare"]:
            self._compare(source, drawn, digest)

    def _compare(self, source: _Source, drawn: bytes, digest: str) -> None:
        if not source.sha256:
            message = "There is nothing to compare it with: a record has no file. Give the PDF."
            raise CommandError(message, returncode=2)
        self.stdout.write(f"Unsigned {source.sha256}")
        if source.sha256 == digest:
            self.stdout.write("Same bytes.")
            return
        words = f"Different (template version {source.template or 'unknown'})"
        if source.data is not None:
            words += f", from byte {_first_difference(source.data, drawn):,} on"
        raise CommandError(f"{words}.", returncode=1)


def _source(name: str, number: str | None) -> _Source:
    """What is meant: a file where there is one of that name, else a row. Raises CommandError."""
    path = Path(name)
    if path.suffix.casefold() in {".pdf", ".json"} or path.is_file():
        return _from_file(path, number)
    return _from_row(name)


def _from_row(name: str) -> _Source:
    try:
        found = Scorecard.objects.filter(public_id=UUID(name)).first()
    except ValueError:
        found = Scorecard.objects.filter(number=name.upper()).first()
    if found is None:
        raise CommandError(f"There is no document {name}.", returncode=2)
    if scoring.digest(found.content) != found.digest:
        raise CommandError("The stored record does not give its SHA-256.", returncode=2)
    data, sha256 = None, found.unsigned_sha256
    if found.state == BuildState.READY and found.unsigned_size:
        try:
            data = path_of(found.file).read_bytes()[: found.unsigned_size]
        except OSError:
            pass  # the SHA-256 of the register is enough to compare
        else:
            sha256 = hashlib.sha256(data).hexdigest()
    version = found.template_version
    return _Source(found.content, found.kind, found.number, version, data, sha256)


def _from_file(path: Path, number: str | None) -> _Source:
    try:
        with path.open("rb") as file:
            data = file.read(enclosed.LONGEST + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.", returncode=2) from error
    if path.suffix.casefold() == ".json":
        return _from_record(data, number)
    try:
        found = enclosed.read(data)
        said = enclosed.said(found.unsigned)
    except enclosed.NotOurs as reason:
        raise CommandError(str(reason), returncode=2) from reason
    printed = _NUMBER.search(said.title)
    number = number or str(table(found.text).get("number") or "") or (printed or [""])[0]
    sha256 = hashlib.sha256(found.unsigned).hexdigest()
    return _Source(found.text, found.kind, number, said.template, found.unsigned, sha256)


def _from_record(data: bytes, number: str | None) -> _Source:
    if len(data) > enclosed.LONGEST:
        raise CommandError("The file is too long for a record.", returncode=2)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CommandError("The file is no record: it is not UTF-8.", returncode=2) from error
    found = table(text)
    if "summary" not in found:
        message = "The file is no record of a document: it is not JSON, or says something else."
        raise CommandError(message, returncode=2)
    return _Source(text, _kind_of(found), number or str(found.get("number") or ""), "")


def _kind_of(record: dict[str, Any]) -> str:
    """The kind of document that a record is of."""
    if "snapshot" in record or "engine_version" in record:
        return VENDOR
    return COMPARISON if "saved" in record else PORTFOLIO


def _drawn(source: _Source) -> bytes:
    """The document, unsigned. Raises CommandError for a record that cannot be drawn."""
    digest = scoring.digest(source.text)
    try:
        return typeset.draw_scorecard(
            source.text, digest=digest, number=source.number, kind=source.kind
        ).data
    except (pdf.RendererUnavailable, pdf.DocumentRefused) as reason:
        raise CommandError(str(reason), returncode=2) from reason
    except _BROKEN as error:
        message = "This record cannot be drawn: it is none of this version, or it was changed."
        raise CommandError(message, returncode=2) from error


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.", returncode=2) from error


def _first_difference(one: bytes, other: bytes) -> int:
    """The place of the first byte that differs, counted from 0."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
