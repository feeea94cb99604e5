"""The app's own settings, but nothing is published again while a benchmark counts."""

from vetting.settings import *  # noqa: F403

SCORECARD_STALLED_SECONDS = 3600
