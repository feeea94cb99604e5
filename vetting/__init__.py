"""How the rooms are wired: settings, users, sign-in, URLs and the queue."""

from vetting.celery import app as celery_app

__all__ = ["celery_app"]
