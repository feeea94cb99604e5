"""All vendors in figures."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from scorecards.permissions import can_read_portfolio
from scorecards.portfolio import portfolio_now
from scorecards.portfolio.table import HEADER, table_now
from vendors.access import StaffRequest, permit, staff_required
from vendors.services.exports import record_export
from vendors.spreadsheets import csv_response


def permit_portfolio(request: StaffRequest) -> None:
    """Raise PermissionDenied, with who can, for those who may not read it."""
    permit(can_read_portfolio(request.user), _("Managers and auditors can open the portfolio."))


@staff_required
@require_safe
def portfolio(request: StaffRequest) -> HttpResponse:
    """The page over all vendors, under the weight profile of the address."""
    permit_portfolio(request)
    found = portfolio_now(request.user, request.GET.get("profile", ""))
    return render(request, "scorecards/portfolio.html", {"portfolio": found})


@staff_required
@require_POST
def portfolio_csv(request: StaffRequest) -> HttpResponse:
    """The vendors of the portfolio as CSV, under the weight profile of the form."""
    permit_portfolio(request)
    rows = table_now(request.user, request.POST.get("profile", ""))
    record_export(action="portfolio.export", count=len(rows), by=request.user)
    return csv_response("portfolio.csv", HEADER, rows)
