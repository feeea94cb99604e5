"""Check a framework file and publish it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from vendors.scoring import FrameworkError
from vendors.services.frameworks import publish_framework
from vendors.services.refusals import FaultyInput


class Command(BaseCommand):
    """`load_framework FILE.yaml`: lists faults with their paths, and stores nothing then."""

    help = "Check a framework file and publish it. With any fault nothing is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        """One file."""
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, file: Path, **_options: Any) -> None:
        """Publish, or list the faults and exit 1."""
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        try:
            published = publish_framework(text=text, by=None)
        except (FrameworkError, FaultyInput) as error:
            for fault in error.faults:
                self.stderr.write(f"{fault.path}: {fault.message}")
            raise CommandError(
                f"{file.name}: {len(error.faults)} faults, nothing stored"
            ) from error
        verb = "published" if published.is_new else "is published already, no change"
        framework = published.framework
        self.stdout.write(
            f"{framework.name} {framework.version} {verb}: "
            f"{len(framework.rules.criteria)} criteria, fingerprint {framework.fingerprint}"
        )
