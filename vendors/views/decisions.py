"""Deciding on an assessment that waits for approval, and closing an approved one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.assessments import ClosingForm
from vendors.forms.decisions import REJECT, SEND_BACK, DecisionForms
from vendors.models import Assessment
from vendors.permissions import can_approve, can_close
from vendors.queries.approvers import bar_to_deciding, why_not_decide
from vendors.queries.assessments import plain_answers_of
from vendors.queries.scores import score_now
from vendors.services.approvals import (
    approve_assessment,
    reject_assessment,
    send_back_assessment,
)
from vendors.services.closings import close_assessment
from vendors.services.refusals import Refused
from vendors.views.assessment_pages import assessment_page, find_assessment


@staff_required
@require_POST
def assessment_decide(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Approve, with conditions or without, reject, or send back; what was typed is kept."""
    assessment = find_assessment(request, public_id)
    if not (assessment.is_pending_approval or bar_to_deciding(request.user, assessment)):
        messages.error(request, _("Somebody else was first. It stands here now; nothing is lost."))
        return assessment_page(request, assessment, status=409)
    permit(can_approve(request.user, assessment), why_not_decide(request.user, assessment))
    result = score_now(assessment, plain_answers_of(assessment))
    panel = DecisionForms.of(assessment, result, request.POST)
    if panel.is_valid():
        try:
            done = _decide(request, assessment, panel)
        except Refused as refusal:
            panel.form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect(assessment)
    return assessment_page(request, assessment, panel=panel, status=422)


def _decide(request: StaffRequest, assessment: Assessment, panel: DecisionForms) -> str:
    """Make the decision; what to say of it. Raises Refused."""
    by, seen = request.user, panel.form.cleaned_data["seen"]
    if panel.decision == SEND_BACK:
        send_back_assessment(assessment=assessment, reason=panel.note, by=by, seen=seen)
        return _("Sent back. The reviewers can go on.")
    if panel.decision == REJECT:
        reject_assessment(assessment=assessment, reason=panel.note, by=by, seen=seen)
        return _("Rejected. The result is frozen; the vendor's rating stays as it was.")
    approve_assessment(assessment=assessment, note=panel.note, by=by, seen=seen, **panel.approval())
    return _("%s. The result is frozen.") % assessment.get_state_display()


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_close(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """End an approval when the vendor leaves, once each step of leaving is settled."""
    assessment = find_assessment(request, public_id)
    permit(can_close(request.user, assessment), _("Managers close an approved assessment."))
    form = ClosingForm(request.POST or None, auto_id="close-%s")
    if form.is_valid():
        try:
            close_assessment(assessment=assessment, leaving=form.leaving(), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Closed. Its frozen result can still be read and printed."))
            return redirect(assessment)
    status = 422 if request.method == "POST" else 200
    context = {"assessment": assessment, "vendor": assessment.vendor, "form": form}
    return render(request, "vendors/assessment_close.html", context, status=status)
