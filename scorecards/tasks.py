"""The queue's side of building: thin tasks, and what a worker does before the first."""

from __future__ import annotations

import logging
import resource
from typing import Any

from celery import shared_task
from celery.signals import task_postrun, task_prerun, worker_process_init
from django.conf import settings

from scorecards import builder, signs
from scorecards.models import Scorecard
from scorecards.paper import pdf
from scorecards.waking import BUILD, wake_builder
from vendors.services import heads

logger = logging.getLogger(__name__)


@shared_task(name=BUILD)
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
    found = builder.sweep(wake_builder)
    signs.forget_old()
    signs.leave(signs.SWEEPER)
    return found


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
