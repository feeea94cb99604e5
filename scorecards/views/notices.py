"""The bell: what ended since somebody looked."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_POST,
    require_safe,
)

from vendors.access import StaffRequest, staff_required


@never_cache
@staff_required
@require_safe
def notice_list(request: StaffRequest) -> HttpResponse:
    """What ended."""
    return HttpResponse(str(request.user))


@staff_required
@require_POST
def notice_seen(request: StaffRequest) -> HttpResponse:
    """Mark it seen."""
    return HttpResponse(str(request.user))
