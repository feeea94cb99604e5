"""How the installation is doing: queue, workers, disk, signing key."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from scorecards.permissions import can_read_system
from scorecards.queries import machine, queue
from vendors.access import StaffRequest, permit, staff_required

WHO_MAY = "Administrators see how the installation is doing."
FAILED_SHOWN = 25


@never_cache
@staff_required
@require_safe
def system(request: StaffRequest) -> HttpResponse:
    """The queue, what failed and why, who works, and what this machine lacks."""
    permit(can_read_system(request.user), _(WHO_MAY))
    failed = queue.failed_documents(request.user)
    context = {
        "queue": queue.overview(),
        "failed": failed[:FAILED_SHOWN],
        "failed_count": failed.count(),
        "workers": machine.workers(),
        "checks": machine.checks(),
        "facts": machine.facts(),
    }
    return render(request, "scorecards/system.html", context)
