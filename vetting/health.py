"""Is this process fit to answer? Asked by supervisors, containers and load balancers."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe


def database() -> str:
    """Return "" where the database answers, else what is wrong (without its address)."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"does not answer ({type(error).__name__})"
    return ""


@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """Run each check of settings.HEALTH_CHECKS: 200 where all are well, else 503."""
    found = {path.rpartition(".")[2]: import_string(path)() for path in settings.HEALTH_CHECKS}
    is_well = not any(found.values())
    checks = {name: fault or "ok" for name, fault in found.items()}
    status = {"status": "ok" if is_well else "failing", "checks": checks}
    return JsonResponse(status, status=200 if is_well else 503)
