"""Writes down where each chain of the trail ends; for cron where no beat runs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from vendors.services.heads import export_heads


class Command(BaseCommand):
    """`manage.py export_heads`: today's file of heads."""

    help = "Writes today's file of heads below the data folder; copy it to another machine."

    def handle(self, *_args: Any, verbosity: int = 1, **_options: Any) -> None:
        """Write it and say where it is."""
        path = export_heads()
        if verbosity:
            self.stdout.write(str(path))
