"""The queue's side of building: thin tasks, and the message that wakes a worker."""

from __future__ import annotations

import logging
import resource
from typing import Any
from uuid import UUID

from amqp.exceptions import AMQPError
from celery import shared_task
from celery.signals import task_postrun, task_prerun, worker_process_init
from django.conf import settings
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from scorecards import builder, pdf, signs
from scorecards.models import Scorecard
from vendors.services import heads

logger = logging.getLogger(__name__)


@shared_task(name="scorecards.tasks.build_scorecard")
def build_scorecard(public_id: str) -> None:
    """Build one scorecard. Twice is as good as once: the second finds nothing to claim."""
    builder.build(public_id)


@shared_task(name="scorecards.tasks.sweep_scorecards")
def sweep_scorecards() -> int:
    """Wake a worker for whatever stalled; return how many."""
    return len(sweep())


@shared_task(name="scorecards.tasks.export_heads")
def export_heads() -> str:
    """Write down where each chain of the trail ends today; return the file's name."""
    return heads.export_heads().name


def sweep() -> list[Scorecard]:
    """Wake a worker for whatever stalled; return those rows."""
    found = builder.sweep(wake)
    signs.forget_old()
    signs.leave(signs.SWEEPER)
    return found


def wake(public_id: UUID) -> bool:
    """Tell a worker that a row waits; return whether the message went out.

    A broker that is down, frozen or full is no fault: the sweeper tells again.
    """
    try:
        build_scorecard.delay(str(public_id))
    except (KombuError, AMQPError, RedisError, OSError) as error:
        logger.warning("No worker could be woken for scorecard %s: %s", public_id, error)
        return False
    return True


@worker_process_init.connect
def warm_up(sender: Any = None, **_kwargs: Any) -> None:
    """Set this process its limit, then read fonts and styles before the first job.

    That job would take twice as long otherwise. Without a renderer the jobs fail and say why.
    """
    limit_memory()
    try:
        pdf.warm_up()
    except pdf.RendererUnavailable as reason:
        logger.warning("%s", reason)
    except Exception:
        logger.exception("The renderer could not be warmed up; the first job tries again")
    if sender:
        signs.leave(str(sender))


def limit_memory() -> None:
    """Let this process take WORKER_MEMORY and no more: a build then fails, not the machine.

    What is counted is memory of its own: address space would also count libraries and what
    threads reserve, twice of what is used.
    """
    _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = settings.WORKER_MEMORY * 2**20
    if hard == resource.RLIM_INFINITY or wanted < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (wanted, hard))


@task_prerun.connect
@task_postrun.connect
def leave_sign(task: Any = None, **_kwargs: Any) -> None:
    """Show that this worker gets its messages and ends its tasks."""
    name = getattr(getattr(task, "request", None), "hostname", None)
    if name:
        signs.leave(str(name))
