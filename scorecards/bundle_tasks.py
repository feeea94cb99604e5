"""The queue's side of bundles: thin tasks."""

from __future__ import annotations

from celery import shared_task

from scorecards.services import bundles, preparing
from scorecards.waking import ADVANCE


@shared_task(name=ADVANCE)
def advance_bundle(public_id: str) -> None:
    """Bring one bundle as far as it goes. Twice is as good as once."""
    preparing.advance(public_id)


@shared_task(name="scorecards.bundle_tasks.sweep_bundles")
def sweep_bundles() -> int:
    """Wake a worker for whatever stalled; return how many."""
    return len(bundles.sweep_bundles())
