"""All vendors in figures."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vendors.access import StaffRequest, staff_required


@staff_required
@require_safe
def portfolio(request: StaffRequest) -> HttpResponse:
    """The page over all vendors."""
    raise Http404


@staff_required
@require_POST
def portfolio_csv(request: StaffRequest) -> HttpResponse:
    """The vendors of the portfolio as CSV."""
    raise Http404
