"""What the processes write about themselves: one line an event, to the standard error."""

from __future__ import annotations

from typing import Any


def logging_at(level: str) -> dict[str, Any]:
    """The logging configuration with our own loggers at a level."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request": {"()": "vetting.middleware.RequestIdFilter"}},
        "formatters": {
            "plain": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "plain",
                "filters": ["request"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # The default handlers would print each request twice.
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # These two say at INFO what nobody asked: which fonts, which glyphs, each poll.
            "fontTools": {"level": "WARNING"},
            "weasyprint": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
        },
    }
