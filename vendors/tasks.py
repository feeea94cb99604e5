"""The queue's side of evidence: thin tasks, and the message that wakes a worker."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from vendors import pages

logger = logging.getLogger(__name__)


@shared_task(name="vendors.tasks.draw_pages")
def draw_pages(public_id: str) -> None:
    """Draw the pages of one file. Twice is as good as once: the second finds nothing to claim."""
    pages.draw(public_id)


@shared_task(name="vendors.tasks.sweep_evidence")
def sweep_evidence() -> int:
    """Wake a worker for files whose pages wait, remove orphans; return how many were woken."""
    return pages.sweep(wake)


def wake(public_id: UUID) -> None:
    """Tell a worker that a file waits. A broker that is down is no fault: the sweep tells again."""
    try:
        draw_pages.delay(str(public_id))
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("No worker could be woken for evidence file %s: %s", public_id, error)
