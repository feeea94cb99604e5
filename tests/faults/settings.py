"""The app's own settings with short limits, and the probe in place of most of the drawing.

The order of the limits is that of the real ones: soft, hard, lease, redelivery by the broker.
"""

import os
from datetime import timedelta

from vetting.settings import *  # noqa: F403
from vetting.settings import (
    CELERY_BEAT_SCHEDULE,
    CELERY_BROKER_TRANSPORT_OPTIONS,
    DATABASES,
    INSTALLED_APPS,
    IS_SQLITE,
)

#: Longer limits for a machine that does other work as well; see `--pace`.
PACE = float(os.environ.get("FAULTS_PACE", "1"))
SOFT_SECONDS, HARD_SECONDS, LEASE_SECONDS, REDELIVERY_SECONDS, STALLED_SECONDS = (
    round(seconds * PACE) for seconds in (15, 18, 20, 21, 8)
)
SWEEP_SECONDS, LOCK_SECONDS = 2, 5

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.probe.ProbeConfig"]
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = SOFT_SECONDS, HARD_SECONDS
SCORECARD_LEASE_SECONDS = LEASE_SECONDS
SCORECARD_STALLED_SECONDS = STALLED_SECONDS
CELERY_BEAT_SCHEDULE = {
    "sweep-scorecards": {
        **CELERY_BEAT_SCHEDULE["sweep-scorecards"],
        "schedule": timedelta(seconds=SWEEP_SECONDS),
    }
}
if "visibility_timeout" in CELERY_BROKER_TRANSPORT_OPTIONS:
    CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] = REDELIVERY_SECONDS
if IS_SQLITE:
    DATABASES["default"]["OPTIONS"]["timeout"] = LOCK_SECONDS
