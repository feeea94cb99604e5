"""Going through submitted answers, then approving or returning the assessment."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.assessments import ReasonForm
from vendors.forms.reviews import ApprovalForm, DecisionForm
from vendors.models import Assessment
from vendors.permissions import can_approve, can_decide, can_return, can_review
from vendors.queries.assessments import assessment_for
from vendors.queries.reviews import Review, review_answers, review_of
from vendors.services.approvals import approve_assessment
from vendors.services.assessments import return_assessment
from vendors.services.refusals import Refused, StaleAnswer
from vendors.services.reviews import accept_proposals, decide_answer
from vendors.views.checks import approve_checks, is_clear


def _find(request: StaffRequest, public_id: UUID) -> Assessment:
    """The submitted assessment, for a manager; else a page that says who reviews, and when."""
    assessment = get_object_or_404(assessment_for(request.user, public_id))
    if not assessment.is_submitted:
        raise PermissionDenied(
            _("Managers go through the answers between submission and approval. This one: %s.")
            % assessment.get_state_display()
        )
    permit(can_review(request.user, assessment), _("Managers go through submitted answers."))
    return assessment


def _review(request: StaffRequest, assessment: Assessment) -> Review:
    """The answers as the reader sees them, narrowed by ?show=."""
    show = request.POST.get("show") or request.GET.get("show") or "all"
    rows = review_answers(assessment)
    assessment.answerer_ids = {row.answered_by_id for row in rows if row.answered_by_id}
    return review_of(assessment, rows, user_id=request.user.pk, show=show)


def _context(request: StaffRequest, review: Review, **forms: Any) -> dict[str, Any]:
    assessment = review.assessment
    rows = [row.answer for row in review.rows]
    checks = approve_checks(assessment, rows, review.result, request.user)
    return {
        "assessment": assessment,
        "vendor": assessment.vendor,
        "review": review,
        "checks": checks,
        "is_clear": is_clear(checks),
        "approval_form": ApprovalForm(auto_id="approve-%s"),
        "return_form": ReasonForm(auto_id="return-%s"),
        **forms,
    }


def _page(
    request: StaffRequest, review: Review, *, status: int = 200, **forms: Any
) -> HttpResponse:
    context = _context(request, review, **forms)
    return render(request, "vendors/assessment_review.html", context, status=status)


def _address(assessment: Assessment, show: str = "all", code: str = "") -> str:
    """The review page under a filter, at a row."""
    page = reverse("vendors:assessment-review", args=[assessment.public_id])
    query = "" if show == "all" else "?" + urlencode({"show": show})
    return f"{page}{query}#row-{code}" if code else page + query


@staff_required
@require_safe
def assessment_review(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """All asked answers on one page, each with what can be decided on it."""
    return _page(request, _review(request, _find(request, public_id)))


@staff_required
@require_POST
def answer_decide(request: StaffRequest, public_id: UUID, code: str) -> HttpResponse:
    """Store the decision on one answer and give the row back."""
    assessment = _find(request, public_id)
    review = _review(request, assessment)
    try:
        row = review.row(code)
    except KeyError as error:
        raise Http404 from error
    permit(
        can_decide(request.user, assessment, row.answer),
        _("You gave this answer, so another manager decides on it."),
    )
    form = DecisionForm(request.POST, row=row)
    status, note = _decide(request, review, form, code)
    review = _review(request, assessment)
    if note:
        review = review.noting(code, typed=form.typed, **note)
    return _decided(request, review, code, status)


def _decide(
    request: StaffRequest, review: Review, form: DecisionForm, code: str
) -> tuple[int, dict[str, Any]]:
    """Try it: the status of the reply, and what to say at the row where it was not stored."""
    if not form.is_valid():
        return 422, {"faults": tuple(form.faults)}
    try:
        decide_answer(
            assessment=review.assessment,
            answer=review.row(code).answer,
            decision=form.decision(),
            version=form.cleaned_data["version"],
            by=request.user,
        )
    except StaleAnswer:
        return 409, {"is_stale": True}
    except Refused as refusal:
        return 422, {"faults": (str(refusal),)}
    return 200, {}


def _decided(request: StaffRequest, review: Review, code: str, status: int) -> HttpResponse:
    """The row with the figures beside it for a script; else the page, at the row."""
    if request.htmx:
        context = {**_context(request, review), "row": review.row(code), "oob": True}
        return render(request, "vendors/_review_decided.html", context, status=status)
    if status == 200:
        return redirect(_address(review.assessment, review.show, review.after(code)))
    return _page(request, review, status=status)


@staff_required
@require_POST
def proposals_accept(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Confirm each proposal that nobody has decided on."""
    assessment = _find(request, public_id)
    try:
        count = accept_proposals(assessment=assessment, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(assessment)
    done = ngettext("%d proposal is accepted.", "%d proposals are accepted.", count) % count
    messages.success(request, done)
    return redirect(_address(assessment))


@staff_required
@require_POST
def assessment_return(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Open the answers again, with a reason."""
    assessment = _find(request, public_id)
    permit(can_return(request.user, assessment), _("Managers return submitted answers."))
    form = ReasonForm(
        request.POST,
        auto_id="return-%s",
        required=_("Say why it goes back, so that it can be mended."),
    )
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            return_assessment(assessment=assessment, reason=reason, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Returned. The answers are open again."))
            return redirect(assessment)
    return _page(request, _review(request, assessment), return_form=form, status=422)


@staff_required
@require_POST
def assessment_approve(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Freeze the result. What stands in the way is said, and the note is kept."""
    assessment = _find(request, public_id)
    permit(
        can_approve(request.user, assessment),
        _("You answered part of it, so another manager approves."),
    )
    form = ApprovalForm(request.POST, auto_id="approve-%s")
    if form.is_valid():
        try:
            note = form.cleaned_data["note"]
            seen = request.POST.get("seen")
            approve_assessment(assessment=assessment, by=request.user, note=note, seen=seen)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Approved. The result is frozen."))
            return redirect(assessment)
    return _page(request, _review(request, assessment), approval_form=form, status=422)
