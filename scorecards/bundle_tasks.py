"""The queue's side of bundles: thin tasks, and what a finished document wakes."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.dispatch import receiver

from scorecards.builder import document_settled
from scorecards.models import Scorecard
from scorecards.services import bundles, preparing


@shared_task(name=bundles.ADVANCE)
def advance_bundle(public_id: str) -> None:
    """Bring one bundle as far as it goes. Twice is as good as once."""
    preparing.advance(public_id)


@shared_task(name="scorecards.bundle_tasks.sweep_bundles")
def sweep_bundles() -> int:
    """Wake a worker for whatever stalled; return how many."""
    return len(bundles.sweep_bundles(bundles.wake))


@receiver(document_settled, dispatch_uid="scorecards.bundles")
def wake_bundles(row: Scorecard, **_kwargs: Any) -> None:
    """Wake a worker for the bundles whose last document this was."""
    bundles.wake_waiting(row)
