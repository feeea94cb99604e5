"""Re-queues what stalled; for cron where no beat runs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from scorecards import builder, tasks
from vendors import pages
from vendors.tasks import wake


class Command(BaseCommand):
    """`manage.py sweep`: wake a worker for each scorecard and evidence file that waits in vain."""

    help = (
        "Re-queues scorecards and pages of evidence that no worker picked up, or that a worker "
        "left behind; files that no row names are removed."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print a line for each scorecard, and how many there were of both."""
        found = builder.sweep(tasks.wake)
        for scorecard in found:
            self.stdout.write(f"{scorecard.public_id} {scorecard.number or 'draft'} re-queued")
        drawn = pages.sweep(wake)
        self.stdout.write(f"Re-queued: scorecards {len(found)}, evidence files {drawn}")
