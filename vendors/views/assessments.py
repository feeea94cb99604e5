"""The page of an assessment, and its moves but the decision: submit, take back, cancel; tier."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.assessments import AttestationForm, ReasonForm, TierForm
from vendors.permissions import can_cancel, can_change_tier, can_submit, can_take_back
from vendors.services.assessments import (
    cancel_assessment,
    change_tier,
    submit_assessment,
    take_back_assessment,
)
from vendors.services.refusals import Refused
from vendors.views.assessment_pages import assessment_page, find_assessment


@staff_required
@require_safe
def assessment_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Where it stands, what is missing for the next step, and why the score is what it is."""
    return assessment_page(request, find_assessment(request, public_id))


@staff_required
@require_POST
def assessment_submit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Lock the answers and pass them to a reviewer, attested; after a return, pass them back."""
    assessment = find_assessment(request, public_id)
    permit(
        can_submit(request.user, assessment),
        _("The owner and the helpers submit, while answers are open."),
    )
    form = AttestationForm(request.POST, auto_id="attest-%s")
    was_returned = assessment.is_in_clarification
    if form.is_valid():
        try:
            submit_assessment(assessment=assessment, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            done = _("Sent back for review.") if was_returned else _("Submitted.")
            messages.success(request, done + " " + _("The answers are locked."))
            return redirect(assessment)
    return assessment_page(request, assessment, attest_form=form, status=422)


@staff_required
@require_POST
def assessment_take_back(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Open all answers again before a review begins, with a reason."""
    assessment = find_assessment(request, public_id)
    permit(
        can_take_back(request.user, assessment),
        _("The owner, the helpers and managers take it back, until a review begins."),
    )
    missing = _("Say why it goes back, so that it can be mended.")
    form = ReasonForm(request.POST, auto_id="back-%s", required=missing)
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            take_back_assessment(assessment=assessment, reason=reason, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Taken back. The answers are open again."))
            return redirect(assessment)
    return assessment_page(request, assessment, take_back_form=form, status=422)


@staff_required
@require_POST
def assessment_cancel(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """End an open assessment without a result, with a reason."""
    assessment = find_assessment(request, public_id)
    permit(
        can_cancel(request.user, assessment),
        _("The owner, the helpers and managers cancel an assessment while it is open."),
    )
    form = ReasonForm(request.POST, auto_id="cancel-%s", required=_("Say why it is cancelled."))
    if form.is_valid():
        try:
            cancel_assessment(
                assessment=assessment, reason=form.cleaned_data["reason"], by=request.user
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The assessment is cancelled."))
            return redirect(assessment)
    return assessment_page(request, assessment, cancel_form=form, status=422)


@staff_required
@require_POST
def assessment_tier(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Ask more questions than proposed, or fewer with a reason."""
    assessment = find_assessment(request, public_id)
    permit(
        can_change_tier(request.user, assessment),
        _("A manager changes the tier, while the questionnaire is open."),
    )
    form = TierForm(request.POST, auto_id="tier-%s", assessment=assessment)
    if form.is_valid():
        try:
            change_tier(
                assessment=assessment,
                tier=form.cleaned_data["tier"],
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The tier is %d now.") % assessment.tier)
            return redirect(assessment)
    return assessment_page(request, assessment, tier_form=form, status=422)
