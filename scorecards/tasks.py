"""The queue's side of building: thin tasks, and the message that wakes a worker."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import worker_process_init
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from scorecards import builder, pdf
from vendors.services import heads

logger = logging.getLogger(__name__)


@shared_task(name="scorecards.tasks.build_scorecard")
def build_scorecard(public_id: str) -> None:
    """Build one scorecard. Twice is as good as once: the second finds nothing to claim."""
    builder.build(public_id)


@shared_task(name="scorecards.tasks.sweep_scorecards")
def sweep_scorecards() -> int:
    """Wake a worker for whatever stalled; return how many."""
    return len(builder.sweep(wake))


@shared_task(name="scorecards.tasks.export_heads")
def export_heads() -> str:
    """Write down where each chain of the trail ends today; return the file's name."""
    return heads.export_heads().name


def wake(public_id: UUID) -> None:
    """Tell a worker that a row waits. A broker that is down is no fault: the sweeper tells again."""
    try:
        build_scorecard.delay(str(public_id))
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("No worker could be woken for scorecard %s: %s", public_id, error)


@worker_process_init.connect
def warm_up(**_kwargs: Any) -> None:
    """Read fonts and styles before the first job, which would take twice as long otherwise."""
    try:
        pdf.warm_up()
    except pdf.RendererUnavailable as reason:
        logger.warning("%s", reason)
