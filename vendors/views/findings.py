"""The list of findings, one finding, recording one, and what governs its correction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vendors.access import StaffRequest, address_after, permit, staff_required
from vendors.forms.findings import (
    SEVERITIES,
    AssignForm,
    FindingForm,
    SeverityForm,
    read_finding_filters,
)
from vendors.models import Assessment, Finding, Severity, Source
from vendors.permissions import can_change_action, can_raise_finding, is_reviewer
from vendors.queries.assessments import assessment_for
from vendors.queries.finding_rows import (
    PER_PAGE,
    VIEWS,
    finding_counts,
    finding_options,
    listed,
)
from vendors.queries.findings import suggested_criteria, to_confirm
from vendors.services.exports import record_export
from vendors.services.findings import change_owner_or_due, change_severity, raise_finding
from vendors.services.refusals import FaultyInput, Refused
from vendors.spreadsheets import csv_response
from vendors.views.finding_pages import (
    STORED,
    UNPROCESSABLE,
    attempt,
    find_finding,
    finding_page,
    who_changes,
)


@staff_required
@require_safe
def finding_list(request: StaffRequest) -> HttpResponse:
    """Findings by view, search, filters and order of the address."""
    offered = finding_options(request.user)
    filters = read_finding_filters(request.GET, offered)
    confirm = to_confirm(request.user)
    counts = finding_counts(request.user, filters, confirm)
    pages = Paginator(listed(request.user, filters, confirm), PER_PAGE)
    pages.count = counts.by_view[filters.view]  # counted with the views already
    page = pages.get_page(request.GET.get("page"))
    context = {
        "filters": filters,
        "options": offered,
        "severities": SEVERITIES,
        "counts": counts,
        "tabs": [(view, name, counts.by_view[view]) for view, name in VIEWS.items()],
        "confirm": set(confirm),
        "page_obj": page,
        "is_filtered": any([filters.q, filters.severity, filters.vendor, filters.owner]),
        "may_raise": can_raise_finding(request.user),
    }
    return render(request, "vendors/finding_list.html", context)


@staff_required
@require_safe
def finding_export(request: StaffRequest) -> HttpResponse:
    """All findings that the address describes, as a table for spreadsheets."""
    filters = read_finding_filters(request.GET, finding_options(request.user))
    rows = listed(request.user, filters, to_confirm(request.user))
    header = [
        _("Finding"),
        _("What is wrong"),
        _("Vendor"),
        _("Criterion"),
        _("Severity"),
        _("Recorded on"),
        _("Root cause"),
        _("Action"),
        _("Owner"),
        _("At the vendor"),
        _("Due on"),
        _("State"),
        _("Days late"),
        _("Files of proof"),
        _("Closed on"),
        _("Closed by"),
        _("How it was checked"),
    ]
    record_export(action="finding.export", count=rows.count(), by=request.user)
    return csv_response("findings.csv", header, map(_cells, rows.select_related(*_JOINED)))


_JOINED = ("vendor", "action__owner", "action__closed_by")


def _cells(finding: Finding) -> list[object]:
    """One row of the table; days as ISO dates, so that programs sort them."""
    action = finding.action
    closed_on = timezone.localdate(action.closed_at).isoformat() if action.closed_at else ""
    return [
        finding.label,
        finding.title,
        finding.vendor.name,
        finding.code,
        finding.get_severity_display(),
        timezone.localdate(finding.raised_at).isoformat(),
        action.root_cause,
        action.action,
        action.owner,
        action.vendor_person,
        action.due_on.isoformat(),
        action.get_state_display(),
        action.days_late,
        finding.proofs,  # type: ignore[attr-defined]  # counted by the query of the list
        closed_on,
        action.closed_by or "",
        action.close_note,
    ]


@staff_required
@require_safe
def finding_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """What was found, how it is put right, what proves it, and what the reader may do."""
    return finding_page(request, public_id)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def finding_add(request: StaffRequest) -> HttpResponse:
    """Record a finding; `vendor`, `assessment` and `code` of the address fill the form."""
    permit(can_raise_finding(request.user), _("Procurement and managers record findings."))
    assessment = _assessment(request)
    if request.method != "POST":
        form = FindingForm(user=request.user, initial=_initial(request, assessment))
        return _form_page(request, form, assessment)
    form = FindingForm(request.POST, user=request.user, assessment=assessment)
    if not form.is_valid():
        return _form_page(request, form, assessment)
    try:
        source = _source(request, form.assessment)
        finding = raise_finding(**form.parts(), source=source, by=request.user)
    except FaultyInput as refusal:
        form.take_faults(refusal.faults)
        return _form_page(request, form, assessment)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _form_page(request, form, assessment)
    messages.success(request, _("%s is recorded.") % finding.label)
    return redirect(finding)


def _assessment(request: StaffRequest) -> Assessment | None:
    """The assessment that the address names, if the reader may see it."""
    try:
        public_id = UUID(request.GET.get("assessment", ""))
    except ValueError:
        return None
    return assessment_for(request.user, public_id).first()


def _source(request: StaffRequest, assessment: Assessment | None) -> Source:
    """A reviewer's finding is one of the review."""
    if assessment is not None and is_reviewer(request.user, assessment):
        return Source.REVIEW
    return Source.HAND


def _initial(request: StaffRequest, assessment: Assessment | None) -> dict[str, Any]:
    vendor = assessment.vendor.public_id if assessment else request.GET.get("vendor", "")
    return {
        "vendor": vendor,
        "code": request.GET.get("code", "")[:40],
        "severity": Severity.MAJOR,
        "owner": request.user.public_id,
    }


def _form_page(
    request: StaffRequest, form: FindingForm, assessment: Assessment | None
) -> HttpResponse:
    """The page to fill in; with what was typed and status 422 after a POST that was not stored."""
    context = {
        "form": form,
        "assessment": assessment,
        "criteria": suggested_criteria(assessment),
        "back": address_after(request, ""),
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "vendors/finding_form.html", context, status=status)


@staff_required
@require_POST
def finding_severity(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Judge it worse or milder; the due date follows."""
    finding = find_finding(request, public_id)
    permit(can_change_action(request.user, finding.action), who_changes())
    form = SeverityForm(request.POST, finding=finding)
    typed = form.cleaned_data if form.is_valid() else {}
    status = attempt(form, lambda: change_severity(finding=finding, **typed, by=request.user))
    if status != STORED:
        return finding_page(request, public_id, status, severity_form=form)
    messages.success(request, _("The severity is changed, and the due date with it."))
    return redirect(finding)


@staff_required
@require_POST
def action_assign(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Give it another owner or due date, with a reason."""
    action = find_finding(request, public_id).action
    permit(can_change_action(request.user, action), who_changes())
    form = AssignForm(request.POST, action=action)
    typed = form.cleaned_data if form.is_valid() else {}
    status = attempt(form, lambda: change_owner_or_due(action=action, **typed, by=request.user))
    if status != STORED:
        return finding_page(request, public_id, status, assign_form=form)
    messages.success(request, _("Owner and due date are saved."))
    return redirect(action.finding)
