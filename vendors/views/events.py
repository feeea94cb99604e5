"""The trail: its events by filters, checking its chains, and taking it away as a table."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.events import event_chips, read_event_filters
from vendors.integrity.heads import last_export
from vendors.permissions import can_read_trail
from vendors.queries.event_lines import event_lines
from vendors.queries.events import (
    PAGE_SIZE,
    all_events,
    assessment_title,
    event_options,
    matching_events,
    withheld_events,
)
from vendors.services.exports import export_events
from vendors.services.refusals import Refused
from vendors.services.verifications import last_outcome, verify_chains


def _permit(request: StaffRequest) -> None:
    permit(
        can_read_trail(request.user),
        _("Managers, auditors and administrators read the audit trail."),
    )


@staff_required
@require_safe
def event_list(request: StaffRequest) -> HttpResponse:
    """The events, newest first, by the filters of the address."""
    _permit(request)
    offered = event_options()
    filters = read_event_filters(request.GET, offered)
    title = assessment_title(filters.assessment)
    found = matching_events(filters, request.user).select_related("vendor", "assessment")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "options": offered,
        "chips": event_chips(filters, offered, title, request.GET),
        "page_obj": page,
        "lines": event_lines(page),
        "total": all_events(),
        "withheld": withheld_events(request.user),
        "outcome": last_outcome(),
        "exported_on": last_export(),
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "vendors/event_list.html", context)


@staff_required
@require_POST
def event_export(request: StaffRequest) -> HttpResponse:
    """The events of the filters as a CSV file; taking it away is an event too."""
    _permit(request)
    filters = read_event_filters(request.GET, event_options())
    lines = export_events(filters=filters, by=request.user)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"trail-{timezone.localdate().isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return cast(HttpResponse, response)


@staff_required
@require_POST
def event_verify(request: StaffRequest) -> HttpResponse:
    """Check every chain now."""
    _permit(request)
    try:
        outcome = verify_chains(by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if outcome.holds:
            messages.success(request, _("All %d chains hold.") % outcome.chains)
        else:
            messages.error(request, _("The trail is broken. What was found stands below."))
    return redirect("vendors:event-list")
