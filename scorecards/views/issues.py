"""Corrections and withdrawals of numbered documents."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import (
    require_http_methods,
)

from scorecards.models import Scorecard
from scorecards.permissions import can_correct, can_withdraw
from vendors.access import StaffRequest, permit, staff_required

WHO_MAY = "Managers issue corrections and withdraw documents."


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def scorecard_correct(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A new issue in place of this one."""
    scorecard = get_object_or_404(Scorecard.objects.visible_to(request.user), public_id=public_id)
    permit(can_correct(request.user), WHO_MAY)
    return HttpResponse(str(scorecard))


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def scorecard_withdraw(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Say that this document no longer stands."""
    scorecard = get_object_or_404(Scorecard.objects.visible_to(request.user), public_id=public_id)
    permit(can_withdraw(request.user), WHO_MAY)
    return HttpResponse(str(scorecard))
