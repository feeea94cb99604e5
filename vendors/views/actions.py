"""Working on a corrective action: plan, proof, reporting it done, sending it back, closing it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.findings import CloseForm, PlanForm, ProofForm, ReportForm, SendbackForm
from vendors.permissions import can_close_action, can_work_on_action
from vendors.queries.findings import proof_of
from vendors.services.actions import (
    add_proof,
    close_action,
    drop_proof,
    edit_action,
    report_done,
    send_back,
)
from vendors.services.refusals import Refused
from vendors.views.finding_pages import (
    STORED,
    attempt,
    find_finding,
    finding_page,
    who_closes,
    who_works,
)


@staff_required
@require_POST
def action_edit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Write down root cause and action."""
    action = find_finding(request, public_id).action
    permit(can_work_on_action(request.user, action), who_works())
    form = PlanForm(request.POST, action=action)
    typed = form.cleaned_data if form.is_valid() else {}
    status = attempt(form, lambda: edit_action(action=action, **typed, by=request.user))
    if status != STORED:
        return finding_page(request, public_id, status, plan_form=form)
    messages.success(request, _("Root cause and action are saved."))
    return redirect(action.finding)


@staff_required
@require_POST
def proof_add(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Name documents of the register as proof, or upload one."""
    action = find_finding(request, public_id).action
    permit(can_work_on_action(request.user, action), who_works())
    form = ProofForm(request.POST, request.FILES, action=action)
    typed = form.parts() if form.is_valid() else {}
    status = attempt(form, lambda: add_proof(action=action, **typed, by=request.user))
    if status != STORED:
        return finding_page(request, public_id, status, proof_form=form)
    messages.success(request, _("The proof is added."))
    return redirect(action.finding)


@staff_required
@require_POST
def proof_drop(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Take the file that `file` names off the proof."""
    action = find_finding(request, public_id).action
    permit(can_work_on_action(request.user, action), who_works())
    named = request.POST.get("file", "")
    file = next((one for one in proof_of(action) if str(one.public_id) == named), None)
    try:
        drop_proof(action=action, file=file, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return finding_page(request, public_id, 422)
    messages.success(request, _("%s is no proof any more. It stays in the register.") % file)
    return redirect(action.finding)


@staff_required
@require_POST
def action_report(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Say that it is done."""
    action = find_finding(request, public_id).action
    permit(can_work_on_action(request.user, action), who_works())
    form = ReportForm(request.POST, action=action)
    typed = form.cleaned_data if form.is_valid() else {}
    status = attempt(form, lambda: report_done(action=action, **typed, by=request.user))
    if status != STORED:
        return finding_page(request, public_id, status, report_form=form)
    messages.success(request, _("Reported done. Somebody else checks the proof and closes it."))
    return redirect(action.finding)


@staff_required
@require_POST
def action_send_back(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Send it back with a comment."""
    action = find_finding(request, public_id).action
    permit(can_close_action(request.user, action), who_closes())
    form = SendbackForm(request.POST, action=action)
    typed = form.cleaned_data if form.is_valid() else {}
    status = attempt(form, lambda: send_back(action=action, **typed, by=request.user))
    if status != STORED:
        return finding_page(request, public_id, status, sendback_form=form)
    messages.success(request, _("Sent back to %s.") % action.owner)
    return redirect(action.finding)


@staff_required
@require_POST
def action_close(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Close it as the second person."""
    action = find_finding(request, public_id).action
    permit(can_close_action(request.user, action), who_closes())
    form = CloseForm(request.POST, action=action, files=proof_of(action))
    typed = form.cleaned_data if form.is_valid() else {}
    status = attempt(form, lambda: close_action(action=action, **typed, by=request.user))
    if status != STORED:
        return finding_page(request, public_id, status, close_form=form)
    messages.success(request, _("%s is closed.") % action.finding.label)
    return redirect(action.finding)
