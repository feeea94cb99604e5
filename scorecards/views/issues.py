"""Corrections and withdrawals of numbered documents."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from scorecards.forms import CorrectForm, WithdrawForm
from scorecards.models import Scorecard
from scorecards.permissions import can_correct, can_withdraw
from scorecards.queries.register import scorecard_for
from scorecards.queries.standing import standing_of
from scorecards.services.issues import (
    Foreseen,
    StaleIssue,
    correct,
    foresee,
    unwithdrawable,
    withdraw,
)
from vendors.access import StaffRequest, permit, staff_required
from vendors.services.refusals import Refused

CONFLICT, UNPROCESSABLE = 409, 422
WHO_CORRECTS = "Managers issue corrections."
WHO_WITHDRAWS = "Managers withdraw documents."


@never_cache
@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def scorecard_correct(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """What a new issue in place of this one would change, then issuing it."""
    scorecard = get_object_or_404(scorecard_for(request.user, public_id))
    permit(can_correct(request.user), _(WHO_CORRECTS))
    foreseen = foresee(scorecard, by=request.user)
    typed = request.POST if request.method == "POST" else None
    form = CorrectForm(typed, initial={"seen": foreseen.seen})
    if typed is None or not form.is_valid():
        return _correct_page(request, scorecard, foreseen, form)
    try:
        issued = correct(scorecard=scorecard, **form.cleaned_data, by=request.user)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        # what stands now, not what stood before the refusal
        scorecard = get_object_or_404(scorecard_for(request.user, public_id))
        foreseen = foresee(scorecard, by=request.user)
        form.see(foreseen.seen)
        status = CONFLICT if isinstance(refusal, StaleIssue) else UNPROCESSABLE
        return _correct_page(request, scorecard, foreseen, form, status=status)
    messages.success(
        request,
        _("%(new)s is issued in place of %(old)s.")
        % {"new": issued.number, "old": scorecard.number},
    )
    return redirect(issued)


def _correct_page(
    request: StaffRequest,
    scorecard: Scorecard,
    foreseen: Foreseen,
    form: CorrectForm,
    *,
    status: int = UNPROCESSABLE,
) -> HttpResponse:
    """What would change, and the form unless there can be no correction."""
    context = {"scorecard": scorecard, "foreseen": foreseen, "form": form}
    name = "scorecards/scorecard_correct.html"
    return render(request, name, context, status=status if form.errors else 200)


@never_cache
@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def scorecard_withdraw(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Say that this document no longer stands."""
    scorecard = get_object_or_404(scorecard_for(request.user, public_id))
    permit(can_withdraw(request.user), _(WHO_WITHDRAWS))
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            withdraw(scorecard=scorecard, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = CONFLICT if isinstance(refusal, StaleIssue) else UNPROCESSABLE
        else:
            messages.success(request, _("%s is withdrawn.") % scorecard.number)
            return redirect(scorecard)
    context = {
        "scorecard": scorecard,
        "form": form,
        "standing": standing_of(scorecard, timezone.localdate()),
        "hindrance": unwithdrawable(scorecard),
        "tells_reason": "reason" in settings.CHECK_DISCLOSES,
    }
    name = "scorecards/scorecard_withdraw.html"
    return render(request, name, context, status=status if form.errors else 200)
