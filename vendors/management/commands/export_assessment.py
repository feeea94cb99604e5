"""Write a portable assessment."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from vendors.models import Assessment
from vendors.queries.documents import exported_assessment
from vendors.scoring import canonical_json


class Command(BaseCommand):
    """`export_assessment ID`: the portable JSON with its result on standard output."""

    help = "Print an assessment as portable JSON, with its result."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The public id, as in the address of its page."""
        parser.add_argument("id", type=UUID)

    def handle(self, *_args: Any, id: UUID, **_options: Any) -> None:  # noqa: A002 - the option's name
        """Print one line of canonical JSON."""
        found = (
            Assessment.objects.select_related("vendor", "framework").filter(public_id=id).first()
        )
        if found is None:
            raise CommandError(f"There is no assessment {id}")
        self.stdout.write(canonical_json(exported_assessment(found)))
