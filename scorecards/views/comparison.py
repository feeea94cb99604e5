"""Vendors side by side."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scorecards.comparison import Asked, compare
from scorecards.comparison.adding import adding_of, quick_picks
from scorecards.queries.saved import latest_comparisons
from vendors.access import StaffRequest, staff_required
from vendors.models import Vendor


@staff_required
@require_safe
def comparison(request: StaffRequest) -> HttpResponse:
    """The page; every member of staff reads it. 422 when none of the vendors named exists."""
    visible = Vendor.objects.visible_to(request.user)
    shown = compare(visible, Asked.from_query(dict(request.GET.lists())))
    context = {
        "comparison": shown,
        "table": shown.table,
        "adding": adding_of(request.user, shown.asked, request.GET.get("find", "")),
        "quick": [] if shown.chosen else quick_picks(request.user),
        "saved_comparisons": [] if shown.chosen else latest_comparisons(request.user),
    }
    status = 422 if shown.is_refused else 200
    return render(request, "scorecards/comparison.html", context, status=status)


@staff_required
@require_safe
def comparison_live(request: StaffRequest) -> HttpResponse:
    """The parts of the page that only the server computes, under the weights of the address."""
    visible = Vendor.objects.visible_to(request.user)
    shown = compare(visible, Asked.from_query(dict(request.GET.lists())))
    context = {"comparison": shown, "table": shown.table}
    return render(request, "scorecards/comparison/_live.html", context)


@staff_required
@require_safe
def comparison_find(request: StaffRequest) -> HttpResponse:
    """Vendors to add, found by what was typed, each with the address that has it too."""
    asked = Asked.from_query(dict(request.GET.lists()))
    context = {"adding": adding_of(request.user, asked, request.GET.get("find", ""))}
    return render(request, "scorecards/comparison/_found.html", context)
