"""Deciding on single answers, as a reviewer, and settling where two differ."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vendors import scoring
from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.reviews import DecisionForm, ReturnForm, SettleForm
from vendors.models import Answer
from vendors.permissions import can_decide, can_moderate
from vendors.queries.reviews import ReviewPage, review_page
from vendors.services.refusals import FaultyInput, Refused, StaleAnswer
from vendors.services.reviews import decide_answer, return_answer, settle_difference, undo_return
from vendors.views.reviews import (
    answer_page,
    effect_on,
    find_review,
    page_at,
    review_address,
    who_reviews,
)


@staff_required
@require_safe
def answer_effect(request: StaffRequest, public_id: UUID, code: str) -> HttpResponse:
    """What accepting at the chosen level would do, as a part of the page."""
    assessment = find_review(request, public_id)
    page = page_at(request, assessment, code)
    permit(page.may_decide or page.may_settle, who_reviews())
    level = request.GET.get("level", scoring.CLAIMED)
    context = {"line": page.line, **effect_on(page, level, request.GET.get("rating", ""))}
    return render(request, "vendors/review/_effect.html", context)


@staff_required
@require_POST
def answer_decide(request: StaffRequest, public_id: UUID, code: str) -> HttpResponse:
    """Store the decision on one answer and go to the next that is left."""
    page = _page_to_change(request, public_id, code)
    assessment = page.assessment
    form = DecisionForm(request.POST, line=page.line, rules=assessment.framework.rules)

    def store() -> Answer:
        return decide_answer(
            assessment=assessment,
            answer=page.line.answer,
            decision=form.decision(),
            version=form.cleaned_data["version"],
            mark_version=form.cleaned_data["mark"],
            by=request.user,
        )

    return _stored(request, page, form, store)


@staff_required
@require_POST
def answer_return(request: StaffRequest, public_id: UUID, code: str) -> HttpResponse:
    """Send one answer back with a remark and go to the next that is left."""
    page = _page_to_change(request, public_id, code)
    assessment = page.assessment
    sent = ReturnForm(request.POST)
    shown = DecisionForm(request.POST, line=page.line, rules=assessment.framework.rules)
    if not sent.is_valid():
        shown.is_valid()
        shown.errors.clear()
        for message in sent.errors.get("remark", [_("The page is incomplete. Load it again.")]):
            shown.add_error("remark", message)
        return answer_page(request, page, shown, status=422)

    def store() -> Answer:
        return return_answer(
            assessment=assessment,
            answer=page.line.answer,
            remark=sent.cleaned_data["remark"],
            version=sent.cleaned_data["version"],
            by=request.user,
        )

    return _stored(request, page, shown, store, checked=True)


@staff_required
@require_POST
def answer_return_undo(request: StaffRequest, public_id: UUID, code: str) -> HttpResponse:
    """Take a return back before it is sent."""
    page = _page_to_change(request, public_id, code)
    try:
        undo_return(
            assessment=page.assessment,
            answer=page.line.answer,
            version=page.line.answer.version,
            by=request.user,
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(review_address(page.assessment, page.show, code))


@staff_required
@require_POST
def difference_settle(request: StaffRequest, public_id: UUID, code: str) -> HttpResponse:
    """Settle a difference between two reviewers, with a reason."""
    assessment = find_review(request, public_id)
    page = page_at(request, assessment, code)
    permit(can_moderate(request.user, assessment), _("The first reviewer settles differences."))
    form = SettleForm(request.POST, line=page.line, rules=assessment.framework.rules)

    def store() -> Answer:
        return settle_difference(
            assessment=assessment,
            answer=page.line.answer,
            decision=form.decision(),
            reason=form.cleaned_data["remark"],
            version=form.cleaned_data["version"],
            by=request.user,
        )

    return _stored(request, page, form, store)


def _page_to_change(request: StaffRequest, public_id: UUID, code: str) -> ReviewPage:
    """The page at an answer that the reader may decide on, else 404 or 403."""
    assessment = find_review(request, public_id)
    page = page_at(request, assessment, code)
    permit(can_decide(request.user, assessment, page.line.answer), who_reviews())
    return page


def _stored(
    request: StaffRequest,
    page: ReviewPage,
    form: DecisionForm,
    store: Callable[[], Answer],
    *,
    checked: bool = False,
) -> HttpResponse:
    """Try it: on to the next answer, or the page with what was sent and why it was not stored."""
    if not checked and not form.is_valid():
        return answer_page(request, page, form, status=422)
    if checked:
        form.is_valid()
    try:
        store()
    except StaleAnswer:
        return _answer_as_it_stands(request, page, form)
    except FaultyInput as refusal:
        form.add_faults(refusal)
        return answer_page(request, page, form, status=422)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return answer_page(request, page, form, status=422)
    if page.assessment.is_pending_approval:
        messages.success(request, _("Everything is settled. It waits for approval."))
        return redirect(page.assessment)
    following = review_page(page.assessment, request.user).next_open(page.code)
    return redirect(review_address(page.assessment, page.show, following))


def _answer_as_it_stands(
    request: StaffRequest, page: ReviewPage, form: DecisionForm
) -> HttpResponse:
    """409: what is stored now beside what was sent, ready to be sent again."""
    fresh = review_page(page.assessment, request.user, show=page.show, code=page.code)
    sent = request.POST.copy()
    sent["version"] = str(fresh.line.answer.version)
    sent["mark"] = str(fresh.mark_version)
    again = type(form)(sent, line=fresh.line, rules=page.assessment.framework.rules)
    return answer_page(request, fresh, again, status=409, is_stale=True)
