"""The message that wakes a worker. The row is the job, so a message that is lost costs time alone."""

from __future__ import annotations

import logging
from uuid import UUID

from amqp.exceptions import AMQPError
from celery import current_app
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

#: The tasks by name: whoever asks need not load what builds.
BUILD = "scorecards.tasks.build_scorecard"
ADVANCE = "scorecards.bundle_tasks.advance_bundle"


def wake_builder(public_id: UUID) -> bool:
    """Tell a worker that a document waits; return whether the message went out."""
    return _sent(BUILD, public_id)


def wake_bundler(public_id: UUID) -> bool:
    """Tell a worker that a bundle waits; return whether the message went out."""
    return _sent(ADVANCE, public_id)


def _sent(task: str, public_id: UUID) -> bool:
    """Send it. A broker that is down, frozen or full is no fault: the sweeper tells again."""
    try:
        current_app.send_task(task, [str(public_id)])
    except (KombuError, AMQPError, RedisError, OSError) as error:
        logger.warning("No worker could be woken by %s for %s: %s", task, public_id, error)
        return False
    return True
