"""The certification register of a vendor: its entries, and what is done with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from vendors.access import StaffRequest, address_after, permit, staff_required
from vendors.forms.certifications import (
    CertificationForm,
    RemovalForm,
    StandingForm,
    VerificationForm,
    VersionedForm,
)
from vendors.models import Certification, Standing
from vendors.permissions import can_add_evidence, can_edit_vendor, can_verify_certification
from vendors.queries.certifications import (
    answers_behind,
    any_entry_for,
    entry_for,
    entry_page,
    suggested_standards,
)
from vendors.queries.vendor_pages import vendor_for
from vendors.services.certifications import (
    StaleCertification,
    add_certification,
    change_standing,
    edit_certification,
    remove_certification,
    verify_certification,
)
from vendors.services.refusals import Refused

CONFLICT = 409
UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Deed:
    """What is asked before something is done with an entry, and said afterwards."""

    title: str | Promise
    text: str | Promise
    button: str | Promise
    done: str | Promise
    is_danger: bool = False


VERIFY = Deed(
    gettext_lazy("Verify %s"),
    gettext_lazy("Compare standard, number, issuer and dates with the issuer's register."),
    gettext_lazy("Note as verified"),
    gettext_lazy("%s is verified."),
)
REMOVE = Deed(
    gettext_lazy("Remove %s?"),
    gettext_lazy("It leaves the register. Its history stays."),
    gettext_lazy("Remove certification"),
    gettext_lazy("%s is removed from the register."),
    is_danger=True,
)
STANDINGS = {
    Standing.SUSPENDED: Deed(
        gettext_lazy("Suspend %s"),
        gettext_lazy("The issuer has put it on hold. It backs no further answer until it is back."),
        gettext_lazy("Note as suspended"),
        gettext_lazy("%s is noted as suspended."),
        is_danger=True,
    ),
    Standing.WITHDRAWN: Deed(
        gettext_lazy("Withdraw %s"),
        gettext_lazy("The issuer has taken it back. It backs no further answer."),
        gettext_lazy("Note as withdrawn"),
        gettext_lazy("%s is noted as withdrawn."),
        is_danger=True,
    ),
    Standing.IN_FORCE: Deed(
        gettext_lazy("%s is back in force"),
        gettext_lazy("The issuer stands by it again. It may back answers."),
        gettext_lazy("Note as in force"),
        gettext_lazy("%s is noted as in force."),
    ),
}


def who_keeps() -> str:
    """Who may change the register, for those who may not."""
    return _(
        "Procurement staff who added this vendor, or who own or help with one of its assessments, "
        "can change its certifications."
    )


def _posted(request: StaffRequest) -> QueryDict | None:
    """What was typed, None before anything was."""
    return request.POST if request.method == "POST" else None


@staff_required
@require_safe
def certification_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One entry: what it says, who checked it, what rests on it, what was done with it."""
    entry = get_object_or_404(any_entry_for(request.user, public_id))
    is_kept = entry.removed_at is None
    context = {
        "page": entry_page(entry),
        "entry": entry,
        "vendor": entry.vendor,
        "may_edit": is_kept and can_edit_vendor(request.user, entry.vendor),
        "may_verify": entry.is_in_force and can_verify_certification(request.user, entry),
        "may_add_evidence": is_kept and can_add_evidence(request.user, entry.vendor),
    }
    return render(request, "vendors/certification_detail.html", context)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def certification_add(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A new entry in a vendor's register."""
    vendor = get_object_or_404(vendor_for(request.user, public_id))
    permit(can_edit_vendor(request.user, vendor), who_keeps())
    form = CertificationForm(_posted(request), instance=Certification(vendor=vendor))
    if request.method == "POST" and form.is_valid():
        entry = add_certification(entry=form.save(commit=False), by=request.user)
        messages.success(request, _("%s is in the register.") % entry)
        return redirect(address_after(request, vendor.get_absolute_url()))
    return _form_page(request, form, title=None)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def certification_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """An entry of the register; what somebody else changed meanwhile is shown beside it."""
    entry = get_object_or_404(entry_for(request.user, public_id))
    permit(can_edit_vendor(request.user, entry.vendor), who_keeps())
    title = str(entry)
    form = CertificationForm(_posted(request), instance=entry)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            entry = edit_certification(
                entry=form.save(commit=False),
                version=-1 if version is None else version,
                by=request.user,
            )
        except StaleCertification as stale:
            return _form_page(
                request, form.upon(stale.current), title=title, stands_now=stale.current
            )
        messages.success(request, _("%s is saved.") % entry)
        return redirect(entry)
    return _form_page(request, form, title=title)


def _form_page(
    request: StaffRequest,
    form: CertificationForm,
    *,
    title: str | None,
    stands_now: Certification | None = None,
) -> HttpResponse:
    """The page to fill in; with what was typed and 422 or 409 after a POST that was not stored."""
    entry = form.instance
    home = entry if entry.pk else entry.vendor
    context = {
        "form": form,
        "title": title,
        "vendor": entry.vendor,
        "stands_now": stands_now,
        "back": address_after(request, home.get_absolute_url()),
        "standards": suggested_standards(),
        "backed": answers_behind(entry) if entry.pk else [],
    }
    refused = CONFLICT if stands_now else UNPROCESSABLE
    status = refused if request.method == "POST" else 200
    return render(request, "vendors/certification_form.html", context, status=status)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def certification_verify(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Note that somebody other than who added an entry checked it, and where."""
    entry = get_object_or_404(entry_for(request.user, public_id))
    words = _("Procurement and managers verify entries, but not those that they added or changed.")
    permit(can_verify_certification(request.user, entry), words)
    form = VerificationForm(_posted(request), entry=entry)
    if request.method == "POST" and form.is_valid():
        try:
            verify_certification(entry=entry, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            return _deed_page(request, entry, VERIFY, form, refusal)
        return _done(request, entry, VERIFY)
    return _deed_page(request, entry, VERIFY, form)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def certification_standing(
    request: StaffRequest, public_id: UUID, standing: Standing
) -> HttpResponse:
    """Note that an entry is suspended, withdrawn or back in force."""
    entry = get_object_or_404(entry_for(request.user, public_id))
    permit(can_edit_vendor(request.user, entry.vendor), who_keeps())
    deed = STANDINGS[standing]
    form = StandingForm(_posted(request), entry=entry)
    if request.method == "POST" and form.is_valid():
        try:
            change_standing(entry=entry, standing=standing, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            return _deed_page(request, entry, deed, form, refusal)
        return _done(request, entry, deed)
    return _deed_page(request, entry, deed, form)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def certification_remove(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Ask, then take an entry out of the register."""
    entry = get_object_or_404(entry_for(request.user, public_id))
    permit(can_edit_vendor(request.user, entry.vendor), who_keeps())
    form = RemovalForm(_posted(request), entry=entry)
    if request.method == "POST" and form.is_valid():
        try:
            remove_certification(entry=entry, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            return _deed_page(request, entry, REMOVE, form, refusal)
        messages.success(request, str(REMOVE.done) % entry)
        return redirect(entry.vendor)
    return _deed_page(request, entry, REMOVE, form)


def _done(request: StaffRequest, entry: Certification, deed: Deed) -> HttpResponse:
    messages.success(request, str(deed.done) % entry)
    return redirect(entry)


def _deed_page(
    request: StaffRequest,
    entry: Certification,
    deed: Deed,
    form: VersionedForm,
    refusal: Refused | None = None,
) -> HttpResponse:
    """The page that asks; with what was typed and 422 or 409 after a POST that was refused."""
    status = UNPROCESSABLE if request.method == "POST" else 200
    context: dict[str, Any] = {
        "entry": entry,
        "vendor": entry.vendor,
        "title": str(deed.title) % entry,
        "deed": deed,
        "form": form,
        "backed": answers_behind(entry),
    }
    if isinstance(refusal, StaleCertification):
        status = CONFLICT
    elif refusal is not None:
        form.add_error(None, str(refusal))
    context["is_stale"] = status == CONFLICT
    return render(request, "vendors/certification_deed.html", context, status=status)
