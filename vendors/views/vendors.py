"""The vendor list, one vendor, and adding, editing, archiving and restoring."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.vendor_filters import (
    LESS_COMMON,
    all_off,
    chips_of,
    choices_of,
    hint_chip,
    read_filters,
)
from vendors.forms.vendors import VendorForms
from vendors.models import Vendor
from vendors.permissions import (
    can_add_vendor,
    can_answer,
    can_edit_vendor,
    can_raise_finding,
    can_request_scorecard,
    can_start_assessment,
)
from vendors.queries.findings import open_findings
from vendors.queries.vendor_conditions import PAGE_SIZES, VendorFilters
from vendors.queries.vendor_filters import (
    STATUSES,
    Options,
    best_without,
    counted,
    matching,
    options,
)
from vendors.queries.vendor_pages import vendor_for, vendor_page
from vendors.queries.vendors import all_frameworks, newest_of, rows_of, with_results
from vendors.services.refusals import Refused
from vendors.services.vendors import (
    add_vendor,
    archive_vendor,
    edit_vendor,
    profile_of,
    restore_vendor,
)

UNPROCESSABLE = 422


def who_edits() -> str:
    """Who may change a vendor, for those who may not."""
    return _(
        "Procurement staff who added this vendor, or who own or help with one of its assessments, "
        "can edit it."
    )


@staff_required
@require_safe
def vendor_list(request: StaffRequest) -> HttpResponse:
    """The vendors, by search, filters and order of the address."""
    frameworks = all_frameworks()
    offered = options(request.user, newest_of(frameworks.values()))
    filters = read_filters(request.GET, offered)
    counts = counted(request.user, filters)
    found = with_results(matching(request.user, filters))
    pages = Paginator(found, filters.per_page)
    pages.count = counts.by_status[filters.status]  # counted with the views already
    page = pages.get_page(request.GET.get("page"))
    hint = best_without(request.user, filters) if not pages.count and counts.total else None
    context = {
        **_filter_bar(request, filters, offered),
        "counts": counts,
        "tabs": [(code, name, counts.by_status[code]) for code, (name, _held) in STATUSES.items()],
        "page_obj": page,
        "rows": rows_of(list(page), frameworks),
        "hint": hint_chip(hint[0], filters, offered, request.GET) if hint else None,
        "hint_count": hint[1] if hint else 0,
        "page_sizes": PAGE_SIZES,
        "may_add": can_add_vendor(request.user),
    }
    return render(request, "vendors/vendor_list.html", context)


def _filter_bar(
    request: StaffRequest, filters: VendorFilters, offered: Options
) -> dict[str, object]:
    """The filters with what they offer, and those that are on."""
    chips = chips_of(filters, offered, request.GET)
    return {
        "filters": filters,
        "options": offered,
        "choices": choices_of(filters, offered),
        "chips": chips,
        "folded_on": sum(chip.name in LESS_COMMON for chip in chips),
        "all_off_url": all_off(chips, request.GET),
    }


@staff_required
@require_safe
def vendor_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One vendor: its rating and why, what is open, its register and its history."""
    vendor = get_object_or_404(vendor_for(request.user, public_id))
    page = vendor_page(vendor)
    context = {
        "page": page,
        "vendor": vendor,
        "may_edit": can_edit_vendor(request.user, vendor),
        "may_answer": page.draft is not None and can_answer(request.user, page.draft.assessment),
        "may_start": page.can_start and can_start_assessment(request.user, vendor),
        "findings": open_findings(vendor, request.user),
        "may_raise": can_raise_finding(request.user),
        "may_print": page.shown is not None and can_request_scorecard(request.user),
    }
    return render(request, "vendors/vendor_detail.html", context)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def vendor_add(request: StaffRequest) -> HttpResponse:
    """A new vendor with its sites and contacts."""
    permit(can_add_vendor(request.user), _("Procurement staff can add vendors."))
    forms = VendorForms(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and forms.is_valid():
        try:
            vendor = add_vendor(vendor=forms.vendor, **forms.rows(), by=request.user)
        except Refused as refusal:
            forms.refuse(refusal)
        else:
            messages.success(request, _("%s is added.") % vendor.name)
            return redirect(vendor)
    return _form_page(request, forms, None)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def vendor_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A vendor's profile, sites and contacts."""
    vendor = get_object_or_404(vendor_for(request.user, public_id))
    permit(can_edit_vendor(request.user, vendor), who_edits())
    name, before = vendor.name, profile_of(vendor)
    data = request.POST if request.method == "POST" else None
    forms = VendorForms(data, vendor=vendor, user=request.user)
    if request.method == "POST" and forms.is_valid():
        try:
            edit_vendor(
                vendor=forms.vendor,
                **forms.rows(),
                removed=forms.removed(),
                before=before,
                by=request.user,
            )
        except Refused as refusal:
            forms.refuse(refusal)
        else:
            messages.success(request, _("The profile is saved."))
            return redirect(vendor)
    return _form_page(request, forms, name)


def _form_page(request: StaffRequest, forms: VendorForms, name: str | None) -> HttpResponse:
    """The page to fill in; with what was typed and status 422 after a POST that was not stored."""
    status = UNPROCESSABLE if request.method == "POST" else 200
    context = {"forms": forms, "form": forms.profile, "name": name, "vendor": forms.vendor}
    return render(request, "vendors/vendor_form.html", context, status=status)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def vendor_archive(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Ask, then take a vendor out of the lists."""
    vendor = get_object_or_404(vendor_for(request.user, public_id))
    permit(can_edit_vendor(request.user, vendor), who_edits())
    if request.method == "POST":
        try:
            archive_vendor(vendor=vendor, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%s is archived.") % vendor.name)
        return redirect(vendor)
    return _question(request, vendor, "archive")


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def vendor_restore(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Ask, then bring an archived vendor back."""
    vendor = get_object_or_404(vendor_for(request.user, public_id))
    permit(can_edit_vendor(request.user, vendor), who_edits())
    if request.method == "POST":
        restore_vendor(vendor=vendor, by=request.user)
        messages.success(request, _("%s is back in the lists.") % vendor.name)
        return redirect(vendor)
    return _question(request, vendor, "restore")


def _question(request: StaffRequest, vendor: Vendor, verb: str) -> HttpResponse:
    """The page that asks before something is done, for readers without JavaScript."""
    action = reverse(f"vendors:vendor-{verb}", args=[vendor.public_id])
    context = {"vendor": vendor, "verb": verb, "action": action}
    return render(request, "vendors/vendor_confirm.html", context)
