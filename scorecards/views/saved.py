"""Comparisons that were kept, and what was decided from them."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vendors.access import StaffRequest, staff_required


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def comparison_save(request: StaffRequest) -> HttpResponse:
    """Keep the comparison of the address under a purpose."""
    raise Http404


@staff_required
@require_safe
def comparison_list(request: StaffRequest) -> HttpResponse:
    """The comparisons that were kept, newest first."""
    raise Http404


@staff_required
@require_safe
def comparison_detail(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """One kept comparison as it stood, and which vendor was chosen."""
    raise Http404


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def comparison_choose(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """Record which vendor was chosen, and why."""
    raise Http404
