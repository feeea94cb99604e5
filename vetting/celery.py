"""The queue. A database row says what is to be done; a message only wakes a worker."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vetting.settings")

SWEEP_TASK = "scorecards.tasks.sweep_scorecards"

app = Celery("vetting")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def sweep_on_start(**_kwargs: Any) -> None:
    """Look for scorecards that a worker killed earlier left behind."""
    app.send_task(SWEEP_TASK)
