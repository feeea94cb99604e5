"""Comparisons to take away as tables."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from scorecards.comparison import FEWEST, Asked, Comparison, Table, compare, tables
from scorecards.comparison.address import kept_address
from scorecards.spreadsheet import Sheet, xlsx_response
from vendors.access import StaffRequest, staff_required
from vendors.models import Vendor
from vendors.services.exports import record_export
from vendors.spreadsheets import csv_response

UNPROCESSABLE = 422


@staff_required
@require_POST
def comparison_csv(request: StaffRequest) -> HttpResponse:
    """The comparison of the address as CSV."""
    shown = _of_address(request)
    if (table := _to_export(shown)) is None:
        return _nothing(request, shown)
    _record(request, table)
    return csv_response("comparison.csv", tables.csv_header(table), tables.csv_rows(table))


@staff_required
@require_POST
def comparison_xlsx(request: StaffRequest) -> HttpResponse:
    """The comparison of the address as a spreadsheet."""
    shown = _of_address(request)
    if (table := _to_export(shown)) is None:
        return _nothing(request, shown)
    _record(request, table)
    return xlsx_response("comparison.xlsx", _sheets(table))


def _of_address(request: StaffRequest) -> Comparison:
    asked = Asked.from_query(dict(request.GET.lists()))
    return compare(Vendor.objects.visible_to(request.user), asked)


def _to_export(shown: Comparison) -> Table | None:
    """The table, where at least two vendors stand side by side."""
    table = shown.table
    return table if table is not None and len(table.columns) >= FEWEST else None


def _nothing(request: StaffRequest, shown: Comparison) -> HttpResponse:
    """The page that says why there is no table."""
    context = {"comparison": shown, "back": kept_address(shown.asked)}
    return render(request, "scorecards/saved/nothing.html", context, status=UNPROCESSABLE)


def _record(request: StaffRequest, table: Table) -> None:
    """Write into the trail whose figures were taken away, and how many vendors these are."""
    names = ", ".join(column.name for column in table.columns)[:200]
    record_export(
        action="comparison.export", subject=names, count=len(table.columns), by=request.user
    )


def _sheets(table: Table) -> list[Sheet]:
    return [
        Sheet(
            _("Summary"), tables.summary_header(table), list(tables.summary_rows(table)), (34, 20)
        ),
        Sheet(
            _("Categories"),
            tables.category_header(table),
            list(tables.category_rows(table)),
            (8, 34, 11, 14, 14, 18),
            fixed=2,
        ),
        Sheet(
            _("Criteria"),
            tables.criterion_header(table),
            list(tables.criterion_rows(table)),
            (26, 9, 60, 11, 14, 14, 28),
            fixed=2,
        ),
        Sheet(
            _("Certifications"),
            tables.certification_header(table),
            list(tables.certification_rows(table)),
            (22, 30),
        ),
        Sheet(
            _("Certainty"),
            tables.certainty_header(),
            list(tables.certainty_rows(table)),
            (42, 28, 28, 12, 12, 12),
        ),
    ]
