"""The public page that says whether a scorecard is genuine and in force."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """The answer to a number, a hash, or both."""
    return HttpResponse(str(request.GET))
