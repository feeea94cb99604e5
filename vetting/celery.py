"""The queue. A database row says what is to be done; a message only wakes a worker."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun, worker_ready
from kombu import Connection

from vendors.trail import origin

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vetting.settings")

SWEEP_TASKS = (
    "scorecards.tasks.sweep_scorecards",
    "scorecards.bundle_tasks.sweep_bundles",
    "vendors.tasks.sweep_evidence",
)


class Queue(Celery):
    """Celery whose publishers give up sooner than its consumers: a person waits for them."""

    def connection_for_write(self, url: str | None = None, **options: Any) -> Connection:
        """Return a connection for publishing."""
        patience = self.conf.get("publish_transport_options") or {}
        options["transport_options"] = {**patience, **(options.get("transport_options") or {})}
        return super().connection_for_write(url, **options)


app = Queue("vetting")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="bundle_tasks")


@worker_ready.connect
def sweep_on_start(**_kwargs: Any) -> None:
    """Look for scorecards and pages of evidence that a worker killed earlier left behind."""
    for name in SWEEP_TASKS:
        app.send_task(name)


@task_prerun.connect
def name_the_task(task: Any = None, **_kwargs: Any) -> None:
    """Let the trail say which task a change comes from."""
    origin.set(f"task {str(getattr(task, 'name', '')).rpartition('.')[2]}")
