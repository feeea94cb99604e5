"""Signs of life: what workers and sweepers leave in the data folder, for pages to read.

Small files whose time of change is what counts. They are no record of anything: losing them, or a
disk that refuses them, does nothing but make a worker look silent until its next task.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

FOLDER = "signs"
SWEEPER = "sweeper"
#: The longest that a worker at work can be silent: a build that is ended, and a round of the clock.
SILENT_AFTER = timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT + 30)
#: Names of hosts change with each container; what was silent so long is forgotten.
FORGOTTEN_AFTER = timedelta(days=1)


def leave(name: str) -> None:
    """Leave a sign that somebody is alive now."""
    path = _folder() / hashlib.sha256(name.encode()).hexdigest()[:16]
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if not path.exists():
            path.write_text(name, encoding="utf-8")
        path.touch()
    except OSError:
        return


def seen() -> dict[str, datetime]:
    """Who left a sign within the last day, and when: workers by their names, SWEEPER."""
    found: dict[str, datetime] = {}
    earliest = timezone.now() - FORGOTTEN_AFTER
    for path in _signs():
        try:
            moment = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
            if moment > earliest:
                found[path.read_text(encoding="utf-8")] = moment
        except (OSError, ValueError):
            continue
    return found


def is_any_worker_seen() -> bool:
    """Whether a worker did something as lately as one that runs must have."""
    earliest = timezone.now() - SILENT_AFTER
    return any(moment > earliest for name, moment in seen().items() if name != SWEEPER)


def forget_old() -> None:
    """Remove the signs of workers that are long gone."""
    earliest = (timezone.now() - FORGOTTEN_AFTER).timestamp()
    for path in _signs():
        try:
            if path.stat().st_mtime < earliest:
                path.unlink()
        except OSError:
            continue


def _folder() -> Path:
    return Path(settings.DATA_DIR) / FOLDER


def _signs() -> list[Path]:
    try:
        return [path for path in _folder().iterdir() if path.is_file()]
    except OSError:
        return []
