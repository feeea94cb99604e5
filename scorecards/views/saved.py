"""Comparisons that were kept, and what was decided from them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from scorecards.comparison import Asked, Comparison, compare
from scorecards.comparison.address import kept_address
from scorecards.comparison.document import comparison_document
from scorecards.forms import ChooseForm, SaveForm
from scorecards.models import SavedComparison
from scorecards.permissions import can_choose_vendor, can_save_comparison
from scorecards.queries.saved import (
    choices_of,
    document_of,
    documents_of,
    is_whole,
    options_of,
    saved_comparison_for,
    saved_comparisons,
    since_saved,
)
from scorecards.services.comparisons import StaleChoice, choose_vendor, save_comparison
from vendors.access import StaffRequest, permit, staff_required
from vendors.models import Vendor
from vendors.permissions import can_request_scorecard
from vendors.services.refusals import Refused

PAGE_SIZE = 25
CONFLICT, UNPROCESSABLE = 409, 422
WHO_SAVES = "Procurement staff and managers keep comparisons."
WHO_CHOOSES = "Managers record which vendor was chosen."


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def comparison_save(request: StaffRequest) -> HttpResponse:
    """Keep the comparison of the address under a purpose."""
    permit(can_save_comparison(request.user), _(WHO_SAVES))
    shown = _of_address(request)
    form = SaveForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            saved = save_comparison(comparison=shown, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The comparison is saved."))
            return redirect(saved)
    return _save_page(request, shown, form)


def _of_address(request: StaffRequest) -> Comparison:
    asked = Asked.from_query(dict(request.GET.lists()))
    return compare(Vendor.objects.visible_to(request.user), asked)


def _save_page(request: StaffRequest, shown: Comparison, form: SaveForm) -> HttpResponse:
    """What would be kept, in words, and the form; without two vendors only why not."""
    table = shown.table
    can_be_kept = table is not None and len(table.columns) > 1
    context = {
        "comparison": shown,
        "table": table,
        "document": comparison_document(shown, table) if table and can_be_kept else None,
        "form": form,
        "back": kept_address(shown.asked),
    }
    status = UNPROCESSABLE if form.errors or not can_be_kept else 200
    return render(request, "scorecards/saved/save.html", context, status=status)


@staff_required
@require_safe
def comparison_list(request: StaffRequest) -> HttpResponse:
    """The comparisons that were kept, newest first, found by purpose or vendor."""
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:200]
    page = Paginator(saved_comparisons(request.user, text), PAGE_SIZE)
    context = {"page_obj": page.get_page(request.GET.get("page")), "q": text}
    return render(request, "scorecards/saved/list.html", context)


@staff_required
@require_safe
def comparison_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One kept comparison as it stood, and which vendor was chosen."""
    saved = get_object_or_404(saved_comparison_for(request.user, public_id))
    document = document_of(saved)
    context = {
        "saved": saved,
        "document": document,
        "is_whole": is_whole(saved),
        "since": since_saved(request.user, saved, document),
        "choices": choices_of(saved),
        "papers": documents_of(request.user, saved),
        "may_choose": can_choose_vendor(request.user),
        "may_request": can_request_scorecard(request.user),
    }
    return render(request, "scorecards/saved/detail.html", context)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def comparison_choose(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Record which vendor was chosen, and why."""
    saved = get_object_or_404(saved_comparison_for(request.user, public_id))
    permit(can_choose_vendor(request.user), _(WHO_CHOOSES))
    document = document_of(saved)
    choices = choices_of(saved)
    in_force = next((item for item in choices if item.replaced_at is None), None)
    typed = request.POST if request.method == "POST" else None
    options = options_of(document, timezone.localdate())
    form = ChooseForm(options, typed, seen=in_force.pk if in_force else 0)
    context = {"saved": saved, "document": document, "in_force": in_force, "form": form}
    if typed is None or not form.is_valid():
        status = UNPROCESSABLE if form.errors else 200
        return render(request, "scorecards/saved/choose.html", context, status=status)
    return _chosen(request, saved, form, context)


def _chosen(
    request: StaffRequest, saved: SavedComparison, form: ChooseForm, context: dict[str, Any]
) -> HttpResponse:
    """Record what a valid form says; a refusal comes back with what was typed."""
    given = form.cleaned_data
    try:
        choose_vendor(
            comparison=saved,
            vendor_id=given["vendor"],
            reason=given["reason"],
            seen=form.seen_key,
            by=request.user,
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        form.see(context["in_force"])
        status = CONFLICT if isinstance(refusal, StaleChoice) else UNPROCESSABLE
        return render(request, "scorecards/saved/choose.html", context, status=status)
    messages.success(request, _("The choice is recorded."))
    return redirect(saved)
