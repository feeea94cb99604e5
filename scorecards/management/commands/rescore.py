"""Computes every figure of a scorecard anew, from the record alone."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scorecards import record
from scorecards.paper.kinds import VENDOR
from scorecards.rescoring import Rescored, UnknownEngine, rescore
from scorecards.seal import enclosed
from vendors import scoring

#: The longest file that is read, in bytes.
LONGEST = enclosed.LONGEST


class Command(BaseCommand):
    """`manage.py rescore FILE`: exits 1 on a difference, 2 for what cannot be computed."""

    help = (
        "Computes every figure of a scorecard anew, from the answers and the framework inside FILE "
        "(the PDF, or the JSON attached to it), with the engine version that it names. Needs no "
        "database. Exits 1 where a figure differs, 2 for a file that cannot be computed."
    )
    #: It touches nothing that the checks look at, so a bare clone will do.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file."""
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the parts with their figures, then each difference."""
        text = _text_of(options["file"])
        try:
            found = rescore(record.read_strictly(text))
        except record.RecordError as error:
            raise CommandError(f"Not a sound record: {error}.", returncode=2) from error
        except UnknownEngine as error:
            message = (
                f"It was scored by engine {error}, and this app has engine "
                f"{scoring.ENGINE_VERSION} alone. Take the release that had it."
            )
            raise CommandError(message, returncode=2) from error
        self.stdout.write(_table(found, scoring.digest(text)))
        if found.differences:
            lines = [
                f"{d.path}: stored {d.stored}, recomputed {d.recomputed}" for d in found.differences
            ]
            self.stdout.write("\n".join(lines))
            count = len(found.differences)
            verdict = f"{count} {'differs' if count == 1 else 'differ'}"
            message = f"{found.figures:,} figures recomputed, {verdict}."
            raise CommandError(message, returncode=1)
        self.stdout.write(f"{found.figures:,} figures recomputed, all equal.")
        if options["file"].suffix.lower() == ".pdf":
            self.stdout.write("Only its record was read: manage.py verify checks the file itself.")


def _text_of(path: Path) -> str:
    """The record in a file. Raises CommandError for anything else."""
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.", returncode=2) from error
    if len(data) > LONGEST:
        raise CommandError("The file is too long for a scorecard.", returncode=2)
    if data.startswith(b"%PDF-"):
        return _attached(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CommandError("The file is neither a PDF nor JSON.", returncode=2) from error


def _attached(data: bytes) -> str:
    try:
        found = enclosed.read(data)
    except enclosed.NotOurs as error:
        raise CommandError(str(error), returncode=2) from error
    if found.kind != VENDOR:
        message = f"It is no scorecard of a vendor, but a {found.kind}: there is nothing to score."
        raise CommandError(message, returncode=2)
    return found.text


def _table(found: Rescored, digest: str) -> str:
    """What the file is, then a line a part."""
    width = max(len(part.name) for part in found.parts)
    rows = [
        f"  {part.name:<{width}}  {part.figures:>6,}  "
        + (f"{len(part.differences):,} differ" if part.differences else "equal")
        for part in found.parts
    ]
    return "\n".join(
        [
            f"{found.number or 'Draft'}, {found.vendor}, as of {found.as_of}",
            f"{found.framework}, engine {found.engine}",
            f"SHA-256 of the record {digest}",
            *rows,
        ]
    )
