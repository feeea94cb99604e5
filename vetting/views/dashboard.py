"""The page people land on."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from scorecards.queries.register import scorecards_of
from vendors.access import StaffRequest, staff_required
from vendors.queries import dashboard as queries
from vendors.queries import work
from vendors.queries.findings import late_actions, open_counts


@staff_required
@require_safe
def dashboard(request: StaffRequest) -> HttpResponse:
    """What waits for me, what is late, who fails a must-have, what ends soon."""
    counts = queries.counts()
    context = {
        "work": work.work_for(request.user),
        "counts": counts,
        "running": work.running(),
        "bands": queries.bands(counts.vendors),
        "failing": queries.failing_must_haves(),
        "actions": open_counts(request.user),
        "late_actions": late_actions(work.SHOWN),
        "ending": queries.ending_certifications(),
        "today": timezone.localdate(),
        "scorecards": scorecards_of(request.user),
    }
    return render(request, "dashboard.html", context)
