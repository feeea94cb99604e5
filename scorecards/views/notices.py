"""The bell: what ended since somebody looked."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from scorecards.queries.notices import about, notices_of, unseen_count
from scorecards.services.notices import mark_seen
from vendors.access import StaffRequest, staff_required

PAGE_SIZE = 25


@never_cache
@staff_required
@require_safe
def notice_list(request: StaffRequest) -> HttpResponse:
    """What ended, newest first; with `bell` in the address only how much of it is unseen."""
    if "bell" in request.GET:
        return _bell(request, request.GET.get("at", ""))
    page = Paginator(notices_of(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "unseen": unseen_count(request.user)}
    return render(request, "scorecards/notices/list.html", context)


@staff_required
@require_POST
def notice_seen(request: StaffRequest) -> HttpResponse:
    """Mark seen what is about the page of `at`, as the bell asks; without one everything."""
    notices, address = notices_of(request.user), request.POST.get("at", "")
    if address:
        mark_seen(notices=notices.filter(about(address)), by=request.user)
        return _bell(request, address)
    mark_seen(notices=notices, by=request.user)
    return redirect("scorecards:notice-list")


def _bell(request: StaffRequest, address: str) -> HttpResponse:
    """How many are unseen, in words too, and whether one of them is about the page at hand."""
    count = unseen_count(request.user)
    words = ngettext("%d new notice", "%d new notices", count) % count if count else ""
    is_here = bool(count and address) and (
        notices_of(request.user).filter(about(address), seen_at=None).exists()
    )
    label = _("Notices, %s") % words if words else _("Notices")
    return JsonResponse({"unseen": count, "label": label, "said": words, "here": is_here})
