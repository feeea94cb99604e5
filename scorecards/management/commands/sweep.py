"""Re-queues what stalled; for cron where no beat runs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from scorecards import builder, tasks


class Command(BaseCommand):
    """`manage.py sweep`: wake a worker for each scorecard that waits in vain."""

    help = "Re-queues scorecards that no worker picked up, or that a worker left behind."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print a line for each, and how many there were."""
        found = builder.sweep(tasks.wake)
        for scorecard in found:
            self.stdout.write(f"{scorecard.public_id} {scorecard.number or 'draft'} re-queued")
        self.stdout.write(f"{len(found)} re-queued")
