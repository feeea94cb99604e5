"""Comparisons taken away as CSV and XLSX: every figure, nothing that a program would compute."""

import csv
import io
from datetime import date
from fractions import Fraction

import openpyxl
import pytest
import time_machine
from django.urls import reverse

from scorecards.comparison import Asked, compare, tables
from scorecards.spreadsheet import LONGEST_CELL, Sheet, xlsx_bytes
from tests.factories import (
    answer_all,
    make_assessment,
    make_user,
    make_vendor,
    small_framework,
    worked_example,
)
from tests.scorecards.comparing import words
from vendors.models import AuditEvent, Certification, Vendor
from vendors.permissions import Role

pytestmark = pytest.mark.django_db

PAYLOADS = ["=1+1", "@SUM(A1)", "+1+1", "-1+1", "\t=1", "＝1+1", '=HYPERLINK("http://x","y")']


@pytest.fixture
def auditor(client):
    """A client of somebody who may read everything and change nothing."""
    client.force_login(make_user(Role.AUDITOR))
    return client


def url(name, *vendors, **query):
    ids = "&".join(f"v={vendor.public_id}" for vendor in vendors)
    rest = "".join(f"&{key}={value}" for key, value in query.items())
    return f"{reverse(f'scorecards:comparison-{name}')}?{ids}{rest}"


def csv_of(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def book_of(response):
    return openpyxl.load_workbook(io.BytesIO(response.content))


def rows_of(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def named(vendor, name):
    Vendor.objects.filter(pk=vendor.pk).update(name=name)
    vendor.refresh_from_db()
    return vendor


def test_csv_holds_figures_down_and_vendors_across(auditor, worked):
    response = auditor.post(url("csv", worked["Aurora"], worked["Borealis"], worked["Cinder"]))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="comparison.csv"' in response["Content-Disposition"]
    header, *rows = csv_of(response)
    assert header == ["Part", "Code", "What", "Figure", "Borealis", "Aurora", "Cinder"]
    by_figure = {(row[0], row[1], row[3]) if row[1] else (row[0], row[3]): row[4:] for row in rows}
    assert by_figure["Summary", "Overall score"][1] == "79.770833"
    assert by_figure["Summary", "Place"] == ["1", "2", ""]
    assert by_figure["Summary", "Gate"] == ["Pass", "Pass", "Fail"]
    assert by_figure["Summary", "Must-haves failed"][2]
    given = worked_example()["assessments"]["Aurora"]["answers"]["L2"]
    assert by_figure["Criteria", "L2", "Answer"][1] == str(given["value"])
    assert by_figure["Criteria", "L2", "Level"][1] == given["evidence"].title()
    assert by_figure["Summary", "Profile"] == ["Balanced", "", ""]
    assert {row[0] for row in rows} == {"Summary", "Categories", "Criteria", "Certifications"}
    assert all(len(row) == 7 for row in rows)


def test_the_spreadsheet_has_a_sheet_for_each_part(auditor, worked):
    Certification.objects.create(
        vendor=worked["Aurora"], standard="SOC 2", expires_on=date(2027, 5, 31)
    )
    response = auditor.post(url("xlsx", worked["Aurora"], worked["Borealis"]))
    book = book_of(response)
    assert book.sheetnames == ["Summary", "Categories", "Criteria", "Certifications", "Certainty"]
    assert all(sheet.freeze_panes for sheet in book)
    assert book["Criteria"].freeze_panes == "C2"
    assert book["Criteria"].column_dimensions["C"].width > 40
    summary = {row[0]: row[1:] for row in rows_of(book["Summary"])}
    assert summary["Figure"] == ["Borealis", "Aurora"]
    assert summary["Overall score"][1] == 79.770833
    assert summary["Place"] == [1, 2]
    day = summary["As of"][0]
    assert (day.year, day.month) == (2026, 11)
    overall = next(row for row in book["Summary"].iter_rows() if row[0].value == "Overall score")
    assert overall[1].number_format == "0.00"
    held = {row[0]: row[1:] for row in rows_of(book["Certifications"])}
    assert held["SOC 2"][1] == "In force, until 2027-05-31"
    certainty = rows_of(book["Certainty"])
    lead = next(row for row in certainty if row[0] == "Lead")
    assert lead[1:3] == ["Borealis", "Aurora"]
    assert lead[4] > 3


@pytest.mark.parametrize("payload", PAYLOADS)
def test_typed_text_stays_text(auditor, worked, payload):
    vendor = named(worked["Aurora"], f"{payload} Ltd")
    Certification.objects.create(vendor=vendor, standard=payload)
    others = [worked["Borealis"]]
    table = csv_of(auditor.post(url("csv", vendor, *others)))
    assert f"'{payload} Ltd" in table[0]
    assert not any(cell.lstrip().startswith(("=", "@", "+", "＝")) for row in table for cell in row)
    book = book_of(auditor.post(url("xlsx", vendor, *others)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    assert f"{payload} Ltd" in [cell.value for cell in cells]
    assert not any(cell.hyperlink for cell in cells)


def test_a_typed_answer_stays_text():
    text = tables.answer_value
    criterion = _TextCriterion()
    assert text(criterion, "=cmd|' /C calc'!A0") == "=cmd|' /C calc'!A0"
    data = xlsx_bytes([Sheet("Answers", ["A"], [[text(criterion, "=1+1")], ["\t=1"], ["{=1}"]])])
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Answers"]
    assert not any(cell.data_type == "f" for cell in sheet["A"])
    assert sheet["A4"].value == "{=1}"
    assert sheet["A2"].value == "=1+1"


class _TextCriterion:
    answer_type = "text"

    @staticmethod
    def label(value):
        return str(value)


def test_the_same_figures_make_the_same_bytes():
    sheets = [Sheet("One", ["Name", "Score"], [["Aurora", Fraction(3829, 48)], ["x", None]])]
    with time_machine.travel("2026-11-20 09:00"):
        first = xlsx_bytes(sheets)
    with time_machine.travel("2027-02-03 17:30"):
        assert xlsx_bytes(sheets) == first


def test_cells_of_every_kind():
    rows = [
        [1, 1.5, Fraction(1, 3), date(2026, 11, 1), None, "", "a" * (LONGEST_CELL + 5), "\x01b"]
    ]
    data = xlsx_bytes([Sheet("One", [str(n) for n in range(8)], rows)])
    sheet = openpyxl.load_workbook(io.BytesIO(data))["One"]
    values = [cell.value for cell in sheet[2]]
    assert values[:2] == [1, 1.5]
    assert abs(values[2] - 1 / 3) < 1e-9
    assert values[3].date() == date(2026, 11, 1)
    assert values[4] is None and values[5] is None
    assert len(values[6]) == LONGEST_CELL
    assert values[7].endswith("b")


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_an_export_is_written_down_with_how_many(auditor, worked, name):
    auditor.post(url(name, worked["Aurora"], worked["Borealis"]))
    event = AuditEvent.objects.get(action="comparison.export")
    assert event.after == {"rows": 2}
    assert event.subject == "Borealis, Aurora"


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_fewer_than_two_vendors_give_a_sentence_and_no_file(auditor, worked, name):
    for vendors in ([], [worked["Aurora"]]):
        response = auditor.post(url(name, *vendors))
        assert response.status_code == 422
        assert "A comparison needs at least two vendors" in words(response)
    assert not AuditEvent.objects.filter(action="comparison.export").exists()
    assert auditor.get(url(name, worked["Aurora"], worked["Borealis"])).status_code == 405


def test_unanswered_is_said_in_words(worked):
    assessment = make_assessment(vendor=make_vendor(name="Open"), framework=small_framework())
    answer_all(assessment, skip=("L2",))
    asked = Asked(vendor_ids=(worked["Aurora"].public_id, assessment.vendor.public_id))
    table = compare(Vendor.objects.all(), asked).table
    place = [column.name for column in table.columns].index("Open")
    row = next(row for row in tables.criterion_rows(table) if row[1] == "L2")
    assert row[4 + 3 * place : 7 + 3 * place] == ["Not answered", "", ""]


def test_weights_tried_out_are_in_the_file(auditor, worked):
    vendors = [worked["Aurora"], worked["Borealis"]]
    codes = [
        column.category.code
        for column in compare(
            Vendor.objects.all(), Asked(vendor_ids=tuple(v.public_id for v in vendors))
        ).table.categories
    ]
    query = {f"w_{code}": weight for code, weight in zip(codes, (80, 15, 5), strict=True)}
    rows = rows_of(book_of(auditor.post(url("xlsx", *vendors, **query)))["Categories"])
    assert rows[1][2] == 80
    assert rows[1][3] != 80
