"""Re-queues what stalled; for cron where no beat runs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from scorecards import tasks
from scorecards.services.bundles import sweep_bundles
from scorecards.services.checks import forget_windows
from vendors import pages
from vendors.tasks import wake


class Command(BaseCommand):
    """`manage.py sweep`: wake a worker for each job that waits in vain."""

    help = (
        "Re-queues scorecards, bundles and pages of evidence that no worker picked up, or that a "
        "worker left behind; files that no row names are removed."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print a line for each scorecard, and how many there were of each kind."""
        found = tasks.sweep()
        for scorecard in found:
            self.stdout.write(f"{scorecard.public_id} {scorecard.number or 'draft'} re-queued")
        bundles = sweep_bundles()
        drawn = pages.sweep(wake)
        forget_windows()
        self.stdout.write(
            f"Re-queued: scorecards {len(found)}, bundles {len(bundles)}, evidence files {drawn}"
        )
