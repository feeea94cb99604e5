"""Bring everything up with sample data: migrate, add the samples, serve."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from vetting.samples import add_samples, add_signing_key


class Command(BaseCommand):
    """`demo [--port N]`: runs again without changing what is there."""

    help = "Migrate, add sample people and vendors where they are missing, and serve."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The port, and whether to stop before serving."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="only prepare the data")

    def handle(self, *_args: Any, port: int, no_serve: bool, **_options: Any) -> None:
        """Prepare the data, print who signs in, and serve until it is stopped."""
        call_command("migrate", verbosity=0, interactive=False)
        signing_line = add_signing_key()
        sign_ins = add_samples()
        self.stdout.write("\nSample people (every vendor, person and document is fictional):\n")
        for one in sign_ins:
            self.stdout.write(f"  {one.role:<14} {one.email:<34} {one.password}")
        if signing_line:
            self.stdout.write(f"\n{signing_line}")
        self.stdout.write("")
        if not no_serve:
            call_command("serve", port=port)
