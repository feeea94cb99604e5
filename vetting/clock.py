"""What beat does, and when: the part of the settings that no host changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "export-heads": {
        "task": "scorecards.tasks.export_heads",
        "schedule": crontab(hour=0, minute=5),
        "options": {"expires": 12 * 60 * 60},
    },
    "sweep-scorecards": {
        "task": "scorecards.tasks.sweep_scorecards",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 60},
    },
    "sweep-bundles": {
        "task": "scorecards.bundle_tasks.sweep_bundles",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 60},
    },
    "forget": {
        "task": "vetting.tasks.forget",
        "schedule": timedelta(minutes=10),
        "options": {"expires": 60},
    },
    "sweep-evidence": {
        "task": "vendors.tasks.sweep_evidence",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 60},
    },
}
