"""The app's own settings, but a job that nobody picked up is published again after two seconds."""

from vetting.settings import *  # noqa: F403

SCORECARD_STALLED_SECONDS = 2
