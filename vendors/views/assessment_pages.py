"""The page of an assessment: where it stands, what is missing, and what the reader may do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from vendors import scoring
from vendors.access import StaffRequest
from vendors.forms.assessments import AttestationForm, ReasonForm, TierForm
from vendors.forms.decisions import DecisionForms
from vendors.models import Assessment
from vendors.permissions import (
    can_answer,
    can_approve,
    can_cancel,
    can_change_intake,
    can_change_tier,
    can_close,
    can_moderate,
    can_raise_finding,
    can_read_review,
    can_read_trail,
    can_reassess,
    can_request_scorecard,
    can_review,
    can_submit,
    can_take_back,
    can_take_review,
)
from vendors.queries.assessments import answers_of, assessment_for, moderations_of, reviews_of
from vendors.queries.certification_warnings import warnings_for
from vendors.queries.differences import differences_of
from vendors.queries.participants import participants_of
from vendors.queries.returns import returns_of
from vendors.queries.scores import progress_of
from vendors.queries.standings import standing_of
from vendors.queries.steps import steps_of
from vendors.queries.waivers import waivers_of
from vendors.views.next_steps import Facts, next_step_of

_PEOPLE = (
    "created_by",
    "cancelled_by",
    "rejected_by",
    "closed_by",
    "reviewer",
    "second_reviewer",
    "result",
    "previous",
)


def find_assessment(request: StaffRequest, public_id: UUID) -> Assessment:
    """The assessment with the people and the result that its page shows."""
    found = assessment_for(request.user, public_id).select_related(*_PEOPLE)
    return get_object_or_404(found.prefetch_related("helpers", "sites"))


def assessment_page(
    request: StaffRequest, assessment: Assessment, *, status: int = 200, **forms: Any
) -> HttpResponse:
    """The whole page; `forms` are those that came back with an error."""
    rows = answers_of(assessment)
    assessment.answerer_ids = {row.answered_by_id for row in rows if row.answered_by_id}
    standing = standing_of(assessment, rows)
    reviews, moderations = reviews_of(assessment), moderations_of(assessment)
    participants = participants_of(assessment, rows, reviews, request.user)
    returns = returns_of(assessment, rows, request.user)
    facts = Facts(
        assessment, rows, reviews, moderations, participants, standing.result, request.user
    )
    context = {
        "assessment": assessment,
        "vendor": assessment.vendor,
        "standing": standing,
        "is_partial": (assessment.is_in_progress or assessment.is_intake)
        and not progress_of(assessment, rows).is_complete,
        "steps": steps_of(assessment, rows, reviews, returns, was_moderated=bool(moderations)),
        "participants": participants,
        "next_step": next_step_of(facts),
        "returns": returns,
        "waivers": waivers_of([assessment]).get(assessment.pk, []),
        "warnings": warnings_for(assessment),
        "findings": assessment.findings.visible_to(request.user)
        .select_related("action__owner")
        .order_by("number"),
        "inherent": scoring.inherent_risk(assessment.intake),
        "proposal": scoring.propose_tier(assessment.intake),
        **_decision(request, assessment, standing.result, forms.pop("panel", None)),
        **_actions(request, assessment),
        **forms,
    }
    return render(request, "vendors/assessment_detail.html", context, status=status)


def _decision(
    request: StaffRequest,
    assessment: Assessment,
    result: scoring.Result,
    panel: DecisionForms | None,
) -> dict[str, Any]:
    """What the approver decides with: the panel, and the differences to last time."""
    if not assessment.is_pending_approval:
        return {}
    found: dict[str, Any] = {"differences": differences_of(assessment, result)}
    if can_approve(request.user, assessment):
        found["panel"] = panel or DecisionForms.of(assessment, result)
    return found


def _actions(request: StaffRequest, assessment: Assessment) -> dict[str, Any]:
    """What the reader may do here, with the forms that it takes."""
    user = request.user
    return {
        "can_answer": can_answer(user, assessment),
        "can_change_intake": can_change_intake(user, assessment),
        "can_submit": can_submit(user, assessment),
        "can_take_back": can_take_back(user, assessment),
        "can_take_review": can_take_review(user, assessment),
        "can_review": can_review(user, assessment),
        "can_read_review": can_read_review(user, assessment),
        "can_moderate": can_moderate(user, assessment),
        "can_approve": can_approve(user, assessment),
        "can_close": can_close(user, assessment),
        "can_cancel": can_cancel(user, assessment),
        "can_change_tier": can_change_tier(user, assessment),
        "can_raise_finding": can_raise_finding(user),
        "can_read_trail": can_read_trail(user),
        "can_reassess": can_reassess(user, assessment),
        "can_request_scorecard": can_request_scorecard(user),
        "cancel_form": ReasonForm(auto_id="cancel-%s"),
        "take_back_form": ReasonForm(auto_id="back-%s"),
        "attest_form": AttestationForm(auto_id="attest-%s"),
        "tier_form": TierForm(
            initial={"tier": assessment.tier},
            auto_id="tier-%s",
            assessment=assessment,
        ),
    }
