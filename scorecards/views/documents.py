"""Documents that are not about one assessment: asking for them."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vendors.access import StaffRequest, staff_required


@staff_required
@require_POST
def comparison_pdf(request: StaffRequest) -> HttpResponse:
    """A PDF of the comparison that the address asks for."""
    raise Http404


@staff_required
@require_POST
def comparison_issue(request: StaffRequest, public_id: UUID) -> HttpResponse:
    """A numbered PDF of a saved comparison."""
    raise Http404


@staff_required
@require_POST
def portfolio_pdf(request: StaffRequest) -> HttpResponse:
    """A PDF of the portfolio as it stands."""
    raise Http404
