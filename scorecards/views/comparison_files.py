"""Comparisons to take away as tables."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vendors.access import StaffRequest, staff_required


@staff_required
@require_POST
def comparison_csv(request: StaffRequest) -> HttpResponse:
    """The comparison of the address as CSV."""
    raise Http404


@staff_required
@require_POST
def comparison_xlsx(request: StaffRequest) -> HttpResponse:
    """The comparison of the address as a spreadsheet."""
    raise Http404
