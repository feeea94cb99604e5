"""Builds the scorecard of an assessment in this process."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from scorecards import builder, storage
from scorecards.models import LEASE, BuildState, Scorecard
from scorecards.services import scorecards as services
from vendors.models import Assessment

PAUSE_SECONDS = 0.5


class Command(BaseCommand):
    """`manage.py build_scorecard ID --output FILE.pdf`: the same row and bytes as the worker's."""

    help = "Builds the scorecard of an assessment here, without a worker, and writes it to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the assessment's id and the file to write."""
        parser.add_argument("id", type=_uuid, help="the assessment's id, as in its address")
        parser.add_argument("--output", type=Path, required=True, help="the PDF to write")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Ask, build, write; say what was written in one line."""
        assessment = Assessment.objects.filter(public_id=options["id"]).first()
        if assessment is None:
            raise CommandError(f"There is no assessment {options['id']}.")
        try:
            scorecard = services.request_scorecard(assessment=assessment, by=None, wakes=False)
            if services.can_be_rebuilt(scorecard):
                services.retry_scorecard(scorecard=scorecard, by=None, wakes=False)
            data = _built(scorecard)
        except (services.NoScorecard, storage.FileDamaged) as reason:
            raise CommandError(str(reason)) from reason
        try:
            options["output"].write_bytes(data)
        except OSError as error:
            raise CommandError(
                f"{options['output']} cannot be written: {error.strerror}"
            ) from error
        scorecard.refresh_from_db()
        name = scorecard.number or "draft"
        about = f"{scorecard.pages} pages, SHA-256 {scorecard.file_sha256}"
        self.stdout.write(f"{options['output']}: {name}, {about}")


def _uuid(text: str) -> UUID:
    return UUID(text)


def _built(scorecard: Scorecard) -> bytes:
    """Build it, or wait for the worker that has it already. Raises NoScorecard if it fails."""
    deadline = time.monotonic() + LEASE.total_seconds()
    while time.monotonic() < deadline:
        builder.build(scorecard.public_id)
        scorecard.refresh_from_db()
        if scorecard.state == BuildState.READY:
            return storage.stored_file(scorecard)
        if scorecard.state == BuildState.FAILED:
            raise services.NoScorecard(scorecard.error)
        if scorecard.state == BuildState.QUEUED:
            raise services.NoScorecard(f"{scorecard.error} Run the command again.")
        time.sleep(PAUSE_SECONDS)
    raise services.NoScorecard("A worker has it and has not finished. Run the command again.")
