"""XLSX files: texts are written as texts and numbers as numbers, so that nothing is ever computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from typing import Any

import xlsxwriter
from django.http import HttpResponse

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Excel takes no longer text in one cell.
LONGEST_CELL = 32_767
#: Files say nothing of when they were made, so that the same figures make the same file.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_DAY = "yyyy-mm-dd"

#: What may stand in a cell.
Cell = str | int | float | Decimal | Fraction | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a frozen head of `header`, then rows. `fixed` columns stay when one scrolls.

    `widths` are those of the columns in letters, the last one for all that follow; `numbers` is the
    format of numbers that are not whole.
    """

    name: str
    header: Sequence[Cell]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = (28, 16)
    fixed: int = 1
    numbers: str = "0.00"


def xlsx_bytes(sheets: Sequence[Sheet]) -> bytes:
    """The file. The same sheets give the same bytes."""
    target = BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"created": _CREATED})
        common = {
            "head": book.add_format(
                {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
            ),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "whole": book.add_format({"num_format": "0", "valign": "top"}),
            "day": book.add_format({"num_format": _DAY, "valign": "top"}),
        }
        for sheet in sheets:
            number = book.add_format({"num_format": sheet.numbers, "valign": "top"})
            _write(book.add_worksheet(sheet.name), sheet, {**common, "number": number})
    return target.getvalue()


def xlsx_response(filename: str, sheets: Sequence[Sheet]) -> HttpResponse:
    """The file to save. `filename` is ours, such as "comparison.xlsx", never what somebody typed."""
    response = HttpResponse(xlsx_bytes(sheets), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _write(target: Any, sheet: Sheet, formats: Mapping[str, Any]) -> None:
    """Fill a sheet from top to bottom, which is all that writing in constant memory allows."""
    last = len(sheet.widths) - 1
    for place in range(max(len(sheet.header), len(sheet.widths))):
        target.set_column(place, place, sheet.widths[min(place, last)])
    target.freeze_panes(1, sheet.fixed)
    target.repeat_rows(0)
    target.set_landscape()
    for place, cell in enumerate(sheet.header):
        target.write_string(0, place, _text(cell), formats["head"])
    for line, row in enumerate(sheet.rows, start=1):
        for place, cell in enumerate(row):
            _cell(target, line, place, cell, formats)


def _cell(target: Any, line: int, place: int, cell: Cell, formats: Mapping[str, Any]) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        target.write_string(line, place, _text(cell), formats["text"])
    elif isinstance(cell, date):
        target.write_datetime(line, place, cell, formats["day"])
    else:
        is_whole = cell == int(cell)
        target.write_number(line, place, float(cell), formats["whole" if is_whole else "number"])


def _text(cell: Cell) -> str:
    """As much of a text as a cell takes."""
    return str(cell)[:LONGEST_CELL]
