"""How the installation is doing: queue, workers, disk, signing key."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_safe,
)

from scorecards.permissions import can_read_system
from vendors.access import StaffRequest, permit, staff_required

WHO_MAY = "Administrators see how the installation is doing."


@never_cache
@staff_required
@require_safe
def system(request: StaffRequest) -> HttpResponse:
    """The page."""
    permit(can_read_system(request.user), WHO_MAY)
    return HttpResponse("")
