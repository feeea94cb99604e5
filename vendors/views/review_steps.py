"""The course of a review: taking it, a second reviewer, accepting together, returning, finishing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from vendors.access import StaffRequest, permit, staff_required
from vendors.forms.reviews import TakeForm
from vendors.permissions import (
    Role,
    can_ask_second_review,
    can_review,
    can_take_review,
)
from vendors.services.refusals import Refused
from vendors.services.reviews import (
    accept_proposals,
    ask_second_review,
    drop_second_review,
    finish_review,
    send_returns,
    take_review,
)
from vendors.views.reviews import find_review, review_address, take_page, who_reviews


@staff_required
@require_POST
def review_take(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Become the reviewer, with the declaration that goes with it."""
    assessment = find_review(request, public_id)
    permit(
        can_take_review(request.user, assessment),
        _("Procurement and managers who had no part in the answers review, one after submission."),
    )
    form = TakeForm(request.POST)
    if not form.is_valid():
        return take_page(request, assessment, form, status=422)
    try:
        take_review(assessment=assessment, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("vendors:review-list")
    messages.success(request, _("You review this assessment now."))
    return redirect(review_address(assessment))


@staff_required
@require_POST
def second_review_ask(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Ask for a second reviewer."""
    assessment = find_review(request, public_id)
    permit(
        can_ask_second_review(request.user, assessment),
        _("A manager, or the first reviewer, asks for a second one during the review."),
    )
    try:
        ask_second_review(assessment=assessment, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("A second reviewer is asked for."))
    return redirect(assessment)


@staff_required
@require_POST
def second_review_drop(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Do without the second reviewer while nobody took it."""
    assessment = find_review(request, public_id)
    permit(
        request.user.role == Role.MANAGER,
        _("A manager does without a second review, while nobody took it."),
    )
    try:
        drop_second_review(assessment=assessment, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("One reviewer is enough now."))
    return redirect(assessment)


@staff_required
@require_POST
def proposals_accept(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Accept together what stands unchanged, or is only proposed as claimed."""
    assessment = find_review(request, public_id)
    permit(can_review(request.user, assessment), who_reviews())
    try:
        count = len(accept_proposals(assessment=assessment, by=request.user))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        done = ngettext("%d answer is accepted.", "%d answers are accepted.", count) % count
        messages.success(request, done)
    return redirect(review_address(assessment))


@staff_required
@require_POST
def returns_send(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Open the returned answers to whoever fills them in."""
    assessment = find_review(request, public_id)
    permit(can_review(request.user, assessment), who_reviews())
    try:
        count = send_returns(assessment=assessment, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(review_address(assessment))
    done = ngettext("%d answer is sent back.", "%d answers are sent back.", count) % count
    messages.success(request, done)
    return redirect(assessment)


@staff_required
@require_POST
def review_finish(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Be done: on to approval, to moderation, or to waiting for the other reviewer."""
    assessment = find_review(request, public_id)
    permit(can_review(request.user, assessment), who_reviews())
    try:
        finish_review(assessment=assessment, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(review_address(assessment, "open"))
    if assessment.is_in_moderation:
        messages.warning(request, _("The two reviewers differ. The first one settles it."))
        return redirect(review_address(assessment, "differs"))
    if assessment.is_in_review:
        messages.success(request, _("You are done. It waits for the other reviewer."))
        return redirect(review_address(assessment))
    messages.success(request, _("Review finished. It waits for approval."))
    return redirect(assessment)
