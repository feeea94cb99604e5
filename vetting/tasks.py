"""What the clock does for the whole installation."""

from __future__ import annotations

from celery import shared_task

from scorecards.services.checks import forget_windows


@shared_task(name="vetting.tasks.forget")
def forget() -> int:
    """Remove what is kept for minutes only: who checked how often. Return how many there were."""
    return forget_windows()
