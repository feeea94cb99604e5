"""Tables for spreadsheets, which must never run what somebody typed into a field here."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

#: A cell that starts with one of these is a formula in Excel, LibreOffice or Google Sheets; some
#: of them also take the full-width twins. Source: OWASP, "CSV Injection".
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: What programs skip before they look for a formula: spaces, and marks that have no width.
_SKIPPED = " \u00a0\u2007\u202f\u3000\u200b\u200c\u200d\u2060\ufeff"
#: Excel reads UTF-8 only behind this mark.
_BYTE_ORDER_MARK = "\ufeff"


def safe_cell(text: object) -> str:
    """Return the text of a cell; before what a spreadsheet would compute stands an apostrophe.

    Numbers are given as they are: a minus before digits is a figure of ours, not typed text.
    """
    if text is None:
        return ""
    cell = str(text)
    if isinstance(text, (int, float)):
        return cell
    return f"'{cell}" if cell.lstrip(_SKIPPED).startswith(FORMULA_STARTS) else cell


def csv_response(
    filename: str, header: Sequence[object], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """Return a CSV file to save: UTF-8 with its mark, each cell quoted and safe to open.

    `filename` is ours, such as "people.csv", never what somebody typed.
    """
    response = HttpResponse(_BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    writer = csv.writer(response, quoting=csv.QUOTE_ALL)
    writer.writerow([safe_cell(cell) for cell in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return response
