"""The page of an assessment, and what is done from it: submit, cancel, another tier."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vendors import scoring
from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.assessments import ReasonForm, TierForm
from vendors.models import Assessment
from vendors.permissions import (
    can_answer,
    can_approve,
    can_cancel,
    can_change_tier,
    can_request_scorecard,
    can_review,
    can_submit,
)
from vendors.queries.assessments import answers_of, assessment_for
from vendors.queries.participants import participants_of, steps_of
from vendors.queries.scores import progress_of
from vendors.queries.standings import standing_of
from vendors.services.assessments import cancel_assessment, change_tier, submit_assessment
from vendors.services.refusals import Refused
from vendors.views.checks import approve_checks, is_clear, submit_checks


def _find(request: StaffRequest, public_id: UUID) -> Assessment:
    """The assessment with the people and the result that its page shows."""
    found = assessment_for(request.user, public_id)
    joined = found.select_related("created_by", "cancelled_by", "result")
    return get_object_or_404(joined.prefetch_related("helpers", "sites"))


@staff_required
@require_safe
def assessment_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Where it stands, what is missing for the next step, and why the score is what it is."""
    return _page(request, _find(request, public_id))


@staff_required
@require_POST
def assessment_submit(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Lock the answers and pass them to a manager."""
    assessment = _find(request, public_id)
    permit(
        can_submit(request.user, assessment),
        _("The owner and the helpers submit, while the questionnaire is open."),
    )
    try:
        submit_assessment(assessment=assessment, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _page(request, assessment, status=422)
    messages.success(request, _("Submitted. The answers are locked until a manager decides."))
    return redirect(assessment)


@staff_required
@require_POST
def assessment_cancel(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """End an open assessment without a result, with a reason."""
    assessment = _find(request, public_id)
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
    return _page(request, assessment, cancel_form=form, status=422)


@staff_required
@require_POST
def assessment_tier(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Ask more questions than proposed, or fewer with a reason."""
    assessment = _find(request, public_id)
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
    return _page(request, assessment, tier_form=form, status=422)


def _page(
    request: StaffRequest, assessment: Assessment, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """The whole page; `forms` are those that came back with an error."""
    rows = answers_of(assessment)
    assessment.answerer_ids = {row.answered_by_id for row in rows if row.answered_by_id}
    standing = standing_of(assessment, rows)
    checks = []
    if assessment.is_in_progress:
        checks = submit_checks(assessment, rows)
    elif assessment.is_submitted:
        checks = approve_checks(assessment, rows, standing.result, request.user)
    context = {
        "assessment": assessment,
        "vendor": assessment.vendor,
        "standing": standing,
        "is_partial": assessment.is_in_progress and not progress_of(assessment, rows).is_complete,
        "steps": steps_of(assessment, rows),
        "participants": participants_of(assessment, rows, request.user),
        "checks": checks,
        "missing": sum(not check.met and not check.soft for check in checks),
        "is_clear": is_clear(checks),
        "inherent": scoring.inherent_risk(assessment.intake),
        "proposal": scoring.propose_tier(assessment.intake),
        **_actions(request, assessment),
        **forms,
    }
    return render(request, "vendors/assessment_detail.html", context, status=status)


def _actions(request: StaffRequest, assessment: Assessment) -> dict[str, Any]:
    """What the reader may do here, with the forms that it takes."""
    user = request.user
    return {
        "can_answer": can_answer(user, assessment),
        "can_submit": can_submit(user, assessment),
        "can_review": can_review(user, assessment),
        "can_approve": can_approve(user, assessment),
        "can_cancel": can_cancel(user, assessment),
        "can_change_tier": can_change_tier(user, assessment),
        "can_request_scorecard": can_request_scorecard(user),
        "cancel_form": ReasonForm(auto_id="cancel-%s"),
        "tier_form": TierForm(
            initial={"tier": assessment.tier},
            auto_id="tier-%s",
            assessment=assessment,
        ),
    }
