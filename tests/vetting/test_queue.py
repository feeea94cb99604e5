"""The queue: what a worker does when it starts."""

from __future__ import annotations

from django.conf import settings

from vetting import celery


def test_a_worker_that_starts_looks_for_what_was_left_behind(monkeypatch):
    sent = []
    monkeypatch.setattr(celery.app, "send_task", sent.append)
    celery.sweep_on_start()
    assert sent == [
        "scorecards.tasks.sweep_scorecards",
        "scorecards.bundle_tasks.sweep_bundles",
        "vendors.tasks.sweep_evidence",
    ]


def test_what_is_swept_at_the_start_is_swept_by_the_clock_too():
    celery.app.loader.import_default_modules()
    planned = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert planned >= set(celery.SWEEP_TASKS)
    assert set(celery.app.tasks) >= planned
