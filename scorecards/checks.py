"""What `manage.py check` says about this machine."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning  # noqa: A004  Django's own name

from scorecards.paper import pdf


def renderer_check(**_kwargs: Any) -> list[CheckMessage]:
    """Warn where scorecards cannot be drawn; everything else works without it."""
    reason = pdf.unavailable()
    return [Warning(reason, id="scorecards.W001")] if reason else []
