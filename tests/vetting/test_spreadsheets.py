"""Cells that a spreadsheet must not compute."""

import csv
import io

import pytest

from vendors.spreadsheets import csv_response, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+49 30 1",
        "-1+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "\ufeff=1",
        "＝1",
        "＋1",
        "－1",
        "＠SUM(A1)",
        " \u3000＝1",
    ],
)
def test_what_would_be_computed_begins_with_an_apostrophe(text):
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["", "Olena Savchuk", "a=b", "1+1", "\u2212 3", "'=1", "x@y.example"]
)
def test_other_text_stays_as_it_is(text):
    assert safe_cell(text) == text


def test_numbers_stay_numbers_and_nothing_is_empty():
    assert [safe_cell(value) for value in (-3, 2.5, 0, None)] == ["-3", "2.5", "0", ""]


def test_a_file_survives_quotes_and_line_breaks():
    response = csv_response("list.csv", ["Name", "Note"], [['A "B"', "one\ntwo"], ["=x", -1]])
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="list.csv"'
    text = response.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows == [["Name", "Note"], ['A "B"', "one\ntwo"], ["'=x", "-1"]]
