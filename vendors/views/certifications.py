"""The certification register of a vendor: adding, editing and removing entries."""

from __future__ import annotations

from copy import copy
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vendors.access import StaffRequest, address_after, permit, staff_required
from vendors.forms.certifications import CertificationForm
from vendors.models import Certification
from vendors.permissions import can_edit_vendor
from vendors.queries.certifications import answers_behind, entry_for, suggested_standards
from vendors.queries.vendor_pages import vendor_for
from vendors.services.vendors import remove_certification, save_certification

UNPROCESSABLE = 422


def who_keeps() -> str:
    """Who may change the register, for those who may not."""
    return _(
        "Procurement staff who added this vendor, or who own or help with one of its assessments, "
        "can change its certifications."
    )


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def certification_add(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A new entry in a vendor's register."""
    vendor = get_object_or_404(vendor_for(request.user, public_id))
    permit(can_edit_vendor(request.user, vendor), who_keeps())
    data = request.POST if request.method == "POST" else None
    form = CertificationForm(data, instance=Certification(vendor=vendor))
    if request.method == "POST" and form.is_valid():
        entry = save_certification(entry=form.save(commit=False), by=request.user)
        messages.success(request, _("%s is in the register.") % entry)
        return redirect(address_after(request, vendor.get_absolute_url()))
    return _form_page(request, form, title=None)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def certification_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """An entry of the register."""
    entry = get_object_or_404(entry_for(request.user, public_id))
    permit(can_edit_vendor(request.user, entry.vendor), who_keeps())
    before = copy(entry)
    data = request.POST if request.method == "POST" else None
    form = CertificationForm(data, instance=entry)
    if request.method == "POST" and form.is_valid():
        if form.has_changed():
            save_certification(entry=form.save(commit=False), before=before, by=request.user)
        messages.success(request, _("%s is saved.") % entry)
        return redirect(entry.vendor)
    return _form_page(request, form, title=str(before))


def _form_page(
    request: StaffRequest, form: CertificationForm, *, title: str | None
) -> HttpResponse:
    """The page to fill in; with what was typed and status 422 after a POST that was not stored."""
    entry = form.instance
    context = {
        "form": form,
        "title": title,
        "vendor": entry.vendor,
        "back": address_after(request, entry.vendor.get_absolute_url()),
        "standards": suggested_standards(),
        "backed": answers_behind(entry) if entry.pk else [],
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "vendors/certification_form.html", context, status=status)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def certification_remove(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Ask, then take an entry out of the register."""
    entry = get_object_or_404(entry_for(request.user, public_id))
    permit(can_edit_vendor(request.user, entry.vendor), who_keeps())
    if request.method == "POST":
        remove_certification(entry=entry, by=request.user)
        messages.success(request, _("%s is removed from the register.") % entry)
        return redirect(entry.vendor)
    context = {
        "verb": "remove",
        "entry": entry,
        "vendor": entry.vendor,
        "backed": answers_behind(entry),
        "action": request.path,
    }
    return render(request, "vendors/vendor_confirm.html", context)
