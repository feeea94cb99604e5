"""The evidence register of a vendor: its list, one document, and what changes them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vendors import filestore
from vendors.access import StaffRequest, permit, staff_required
from vendors.filestore import FileDamagedError
from vendors.filetypes import CONTENT_TYPES, Kind, plain_name
from vendors.forms.evidence import AddForm, DetailsForm, RemoveForm, ReplaceForm
from vendors.models import Evidence, PageState, Vendor
from vendors.permissions import can_add_evidence
from vendors.queries.evidence import (
    citations_of,
    evidence_file_for,
    evidence_for,
    history_of,
    is_over,
    register_counts,
    register_lines,
    versions_of,
)
from vendors.queries.vendor_pages import vendor_for
from vendors.services.evidence import (
    edit_evidence,
    receive_evidence,
    remove_evidence,
    replace_evidence,
)
from vendors.services.evidence_pages import record_download, redraw_pages
from vendors.services.refusals import Refused

UNPROCESSABLE = 422
#: Nothing that comes from a stored file may run, load or be framed anywhere.
SEALED = "default-src 'none'; sandbox"
FILTERS = ("current", "ended", "removed", "all")


def who_keeps() -> str:
    """Who may change the register, for those who may not."""
    return _(
        "Procurement staff who added this vendor, or who own or help with one of its assessments, "
        "keep its evidence."
    )


@staff_required
@require_safe
def evidence_list(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The register: current documents, or those that the filter asks for."""
    vendor = get_object_or_404(vendor_for(request.user, public_id))
    show = request.GET.get("show", "current")
    show = show if show in FILTERS else "current"
    context = {
        "vendor": vendor,
        "show": show,
        "counts": register_counts(vendor),
        "lines": register_lines(vendor, show),
        "may_add": can_add_evidence(request.user, vendor),
    }
    return render(request, "vendors/evidence/list.html", context)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_add(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One or several new documents; files that are refused hold nothing else back."""
    vendor = get_object_or_404(vendor_for(request.user, public_id))
    permit(can_add_evidence(request.user, vendor), who_keeps())
    is_sent = request.method == "POST"
    form = (
        AddForm(request.POST, request.FILES, vendor=vendor)
        if is_sent
        else AddForm(vendor=vendor, initial=request.GET.dict())
    )
    added: list[Evidence] = []
    if is_sent and form.is_valid():
        added = _take_in(request, vendor, form)
    if request.htmx:
        return _add_reply(request, form, added)
    if is_sent and form.is_valid():
        return redirect("vendors:evidence-list", vendor.public_id)
    status = UNPROCESSABLE if is_sent else 200
    context = {"vendor": vendor, "form": form}
    return render(request, "vendors/evidence/add.html", context, status=status)


def _take_in(request: StaffRequest, vendor: Vendor, form: AddForm) -> list[Evidence]:
    """Add each file by itself; what is refused stands at the field, with the file's name."""
    files: list[UploadedFile[Any]] = form.cleaned_data["documents"]
    details, added = form.details, []
    if len(files) > 1:
        details["title"] = ""
    for file in files:
        try:
            evidence, is_new = receive_evidence(
                vendor=vendor, upload=file, by=request.user, **details
            )
        except Refused as error:
            form.add_error("documents", str(error))
            continue
        added.append(evidence)
        if not request.htmx:
            messages.success(request, added_words(evidence, is_new=is_new))
    return added


def added_words(evidence: Evidence, *, is_new: bool) -> str:
    """What became of a file, for who added it."""
    if is_new:
        return _("%s is in the register.") % evidence
    return _("%s has this very file already, so no copy was made.") % evidence


def _add_reply(request: StaffRequest, form: AddForm, added: list[Evidence]) -> HttpResponse:
    """What is said at each file of the script that sends them one by one."""
    status = UNPROCESSABLE if form.errors else 200
    context = {"form": form, "added": added}
    return render(request, "vendors/evidence/_uploaded.html", context, status=status)


@staff_required
@require_safe
def evidence_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One document: its pages, versions, the answers that cite it, and what happened to it."""
    evidence = get_object_or_404(evidence_for(request.user, public_id))
    versions = versions_of(evidence)
    context = {
        "evidence": evidence,
        "vendor": evidence.vendor,
        "file": next(file for file in versions if file.is_current),
        "versions": versions,
        "citations": citations_of(evidence),
        "events": history_of(evidence),
        "is_over": is_over(evidence, timezone.localdate()),
        "may_edit": evidence.removed_at is None and can_add_evidence(request.user, evidence.vendor),
    }
    return render(request, "vendors/evidence/detail.html", context)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The details of a document."""
    evidence = get_object_or_404(evidence_for(request.user, public_id))
    vendor = evidence.vendor
    permit(can_add_evidence(request.user, vendor), who_keeps())
    data = request.POST if request.method == "POST" else None
    form = DetailsForm(data, vendor=vendor, initial=DetailsForm.values_of(evidence))
    if request.method == "POST" and form.is_valid():
        try:
            edit_evidence(evidence=evidence, by=request.user, **form.details)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%s is saved.") % evidence)
            return redirect("vendors:evidence-detail", evidence.public_id)
    return _form_page(request, "edit", evidence, form)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_replace(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A new version of a document's file."""
    evidence = get_object_or_404(evidence_for(request.user, public_id))
    permit(can_add_evidence(request.user, evidence.vendor), who_keeps())
    form = ReplaceForm(request.POST, request.FILES) if request.method == "POST" else ReplaceForm()
    if request.method == "POST" and form.is_valid():
        file, reason = form.cleaned_data["documents"], form.cleaned_data["reason"]
        try:
            replace_evidence(evidence=evidence, upload=file, reason=reason, by=request.user)
        except Refused as error:
            form.add_error("documents", str(error))
        else:
            messages.success(request, _("%s has a new version.") % evidence)
            return redirect("vendors:evidence-detail", evidence.public_id)
    return _form_page(request, "replace", evidence, form)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_remove(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Ask, then take a document out of the register; its record stays."""
    evidence = get_object_or_404(evidence_for(request.user, public_id))
    permit(can_add_evidence(request.user, evidence.vendor), who_keeps())
    form = RemoveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            remove_evidence(evidence=evidence, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%s is removed from the register.") % evidence)
            return redirect("vendors:evidence-list", evidence.vendor.public_id)
    return _form_page(request, "remove", evidence, form)


def _form_page(
    request: StaffRequest,
    verb: str,
    evidence: Evidence,
    form: DetailsForm | ReplaceForm | RemoveForm,
) -> HttpResponse:
    """The page to fill in; with what was typed and status 422 after a POST that was not stored."""
    context = {
        "verb": verb,
        "form": form,
        "evidence": evidence,
        "vendor": evidence.vendor,
        "citations": citations_of(evidence),
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "vendors/evidence/form.html", context, status=status)


@staff_required
@require_safe
def evidence_download(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A file, always to be stored and never to be shown, if it is still the one that came."""
    file = get_object_or_404(evidence_file_for(request.user, public_id))
    try:
        content = filestore.checked_content(file.stored_name, file.sha256)
    except FileDamagedError:
        messages.error(request, _("This file is missing or was changed on the server's disk."))
        return redirect("vendors:evidence-detail", file.evidence.public_id)
    record_download(file=file, by=request.user)
    response = _sealed(HttpResponse(content, content_type=CONTENT_TYPES[Kind(file.kind)]))
    response.headers["Content-Disposition"] = _attachment(file.original_name)
    return response


@staff_required
@require_safe
def evidence_page(request: StaffRequest, public_id: UUID, number: int) -> HttpResponse:
    """The image of a page, which the worker drew."""
    file = get_object_or_404(evidence_file_for(request.user, public_id))
    if file.page_state != PageState.READY or not 1 <= number <= file.page_count:
        raise Http404
    try:
        image = filestore.page_path(file.stored_name, number).read_bytes()
    except OSError as error:
        raise Http404 from error
    return _sealed(HttpResponse(image, content_type="image/png"))


def _attachment(name: str) -> str:
    """The header that makes a browser store a file under its plain name (RFC 6266)."""
    return content_disposition_header(as_attachment=True, filename=plain_name(name)) or "attachment"


def _sealed(response: HttpResponse) -> HttpResponse:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SEALED
    response.headers["Cache-Control"] = "private, no-store"
    return response


@staff_required
@require_POST
def evidence_redraw(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Have the pages of a file drawn once more."""
    file = get_object_or_404(evidence_file_for(request.user, public_id))
    permit(can_add_evidence(request.user, file.evidence.vendor), who_keeps())
    try:
        redraw_pages(file=file, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    return redirect("vendors:evidence-detail", file.evidence.public_id)
