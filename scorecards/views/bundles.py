"""Asking for many scorecards at once, following their building, taking the ZIP."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from scorecards.models import Bundle
from vendors.access import StaffRequest, staff_required


@staff_required
@require_safe
def bundle_list(request: StaffRequest) -> HttpResponse:
    """The bundles that somebody asked for."""
    return HttpResponse(str(Bundle.objects.visible_to(request.user).count()))


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def bundle_ask(request: StaffRequest) -> HttpResponse:
    """What a bundle would hold, then asking for it."""
    return HttpResponse(str(request.user))


@staff_required
@require_safe
def bundle_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """How far it is."""
    return HttpResponse(str(_own(request, public_id)))


@staff_required
@require_POST
def bundle_cancel(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Stop it."""
    return HttpResponse(str(_own(request, public_id)))


@staff_required
@require_POST
def bundle_resume(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Go on with it."""
    return HttpResponse(str(_own(request, public_id)))


@never_cache
@staff_required
@require_safe
def bundle_download(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """The ZIP."""
    return HttpResponse(str(_own(request, public_id)))


def _own(request: StaffRequest, public_id: UUID) -> Bundle:
    return get_object_or_404(Bundle.objects.visible_to(request.user), public_id=public_id)
