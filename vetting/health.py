"""Is this process fit to answer? Asked by supervisors, containers and load balancers."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from scorecards.queries.queue import queue_figures


def database() -> str:
    """Return "" where the database answers, else what is wrong (without its address)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"does not answer ({type(error).__name__})"
    return ""


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Run each check of settings.HEALTH_CHECKS: 200 where all are well, else 503.

    `?only=database` runs that check alone, for what must not end the web because of a worker;
    a name that is no check is answered with 404. Nothing that is said here names anybody.
    """
    checks = {path.rpartition(".")[2]: path for path in settings.HEALTH_CHECKS}
    only = request.GET.get("only")
    if only is not None:
        if only not in checks:
            return JsonResponse({"status": "unknown", "known": sorted(checks)}, status=404)
        checks = {only: checks[only]}
    found = {name: import_string(path)() for name, path in checks.items()}
    is_well = not any(found.values())
    status: dict[str, Any] = {
        "status": "ok" if is_well else "failing",
        "checks": {name: fault or "ok" for name, fault in found.items()},
    }
    if found.get("queue_health") is not None:
        status.update(_figures())
    return JsonResponse(status, status=200 if is_well else 503)


def _figures() -> dict[str, Any]:
    """What waits; nothing where the database does not answer."""
    try:
        return queue_figures()
    except DatabaseError:
        return {}
