"""The queue. A database row says what is to be done; a message only wakes a worker."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun, worker_ready

from vendors.trail import origin

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vetting.settings")

SWEEP_TASKS = ("scorecards.tasks.sweep_scorecards", "vendors.tasks.sweep_evidence")

app = Celery("vetting")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def sweep_on_start(**_kwargs: Any) -> None:
    """Look for scorecards and pages of evidence that a worker killed earlier left behind."""
    for name in SWEEP_TASKS:
        app.send_task(name)


@task_prerun.connect
def name_the_task(task: Any = None, **_kwargs: Any) -> None:
    """Let the trail say which task a change comes from."""
    origin.set(f"task {str(getattr(task, 'name', '')).rpartition('.')[2]}")
