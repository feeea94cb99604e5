"""Read portable assessments."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from vendors.scoring import Fault, canonical_json
from vendors.services.imports import import_assessment
from vendors.services.refusals import FaultyInput


class Command(BaseCommand):
    """`import_assessment FILE.json [FILE ...] [--approve-as EMAIL]`: one JSON line a file."""

    help = "Import portable assessments; a bad file is refused whole, the others go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files, and in whose name they are approved."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--approve-as", metavar="EMAIL", default=None)

    def handle(
        self, *_args: Any, files: list[Path], approve_as: str | None, **_options: Any
    ) -> None:
        """Print a line a file; exit 1 when any was refused."""
        approver = self._approver(approve_as)
        refused = 0
        for file in files:
            line = self._import(file, approver)
            refused += line["id"] is None
            self.stdout.write(canonical_json(line))
        if refused:
            raise CommandError(f"{refused} of {len(files)} files refused")

    def _approver(self, email: str | None) -> Any:
        """The person in whose name to approve, or None."""
        if email is None:
            return None
        person = get_user_model().objects.filter(email__iexact=email, is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody signs in as {email}")
        return person

    def _import(self, file: Path, approver: Any) -> dict[str, Any]:
        """The line for one file."""
        try:
            text = file.read_text(encoding="utf-8")
            imported = import_assessment(text=text, approve_as=approver, by=None)
        except (OSError, UnicodeDecodeError) as error:
            return _refused(file, [Fault("", f"cannot be read: {error}")])
        except FaultyInput as error:
            return _refused(file, error.faults)
        return {
            "file": str(file),
            "id": str(imported.assessment.public_id),
            "result": imported.result.document(),
        }


def _refused(file: Path, faults: list[Fault]) -> dict[str, Any]:
    """The line for a file that was not taken."""
    errors = [{"path": fault.path, "message": fault.message} for fault in faults]
    return {"file": str(file), "id": None, "result": None, "errors": errors}
