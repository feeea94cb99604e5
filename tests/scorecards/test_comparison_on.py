"""Comparisons as of a day: whose results were in force, and what the address may say of it."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards.comparison import Asked, compare
from scorecards.comparison.entries import certifications_of, entries_of
from tests.factories import (
    answer_all,
    approved,
    import_worked,
    make_assessment,
    make_framework,
    make_user,
    make_vendor,
    small_framework,
)
from tests.scorecards.comparing import words
from tests.scorecards.deciding import rejected, waiting, waived
from vendors.models import Certification, Vendor
from vendors.permissions import Role
from vendors.services.closings import Leaving, close_assessment

pytestmark = pytest.mark.django_db
TODAY = "2027-06-15 12:00 +0000"
LEAVING = Leaving(data="Returned.", access="Revoked.", people="Told.")


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=False):
        yield


def approve(vendor, day, level="verified", framework=None):
    """Another assessment of the vendor, approved on a day or at a moment."""
    moment = day if ":" in day else f"{day} 12:00 +0000"
    with time_machine.travel(moment, tick=False):
        vendor = Vendor.objects.get(pk=vendor.pk)
        assessment = make_assessment(vendor=vendor, framework=framework or small_framework())
        answer_all(assessment, level)
        approved(assessment)
    return assessment


def close(assessment, day):
    with time_machine.travel(f"{day} 12:00 +0000", tick=False):
        assessment.refresh_from_db()
        close_assessment(assessment=assessment, leaving=LEAVING, by=make_user(Role.MANAGER))


def shown(*vendors, **query):
    ids = [str(vendor.public_id) for vendor in vendors]
    wanted = {"v": ids, **{key: [text] for key, text in query.items()}}
    return compare(Vendor.objects.all(), Asked.from_query(wanted))


def speaking(vendor, on):
    """Which assessment speaks on a day, None without one."""
    comparison = shown(vendor, on=on)
    return comparison.table.line.entries[0].assessment if comparison.table else None


def texts(comparison):
    return [notice.text for notice in comparison.notices]


def test_each_day_has_the_result_that_was_in_force_at_its_end():
    vendor = make_vendor(name="Steady")
    first = approve(vendor, "2027-01-10", "documented")
    second = approve(vendor, "2027-03-10")
    close(second, "2027-05-10")
    found = {
        day: speaking(vendor, day)
        for day in (
            "2027-01-09",
            "2027-01-10",
            "2027-03-09",
            "2027-03-10",
            "2027-05-09",
            "2027-05-10",
        )
    }
    assert list(found.values()) == [None, first, first, second, second, None]


def test_figures_are_those_frozen_then():
    vendor, other = make_vendor(name="Rising"), make_vendor(name="Level")
    approve(vendor, "2027-01-10", "documented")
    approve(vendor, "2027-03-10")
    approve(other, "2027-01-05")
    then, now = shown(vendor, other, on="2027-02-01"), shown(vendor, other)
    scores = {column.name: column.overall for column in then.table.columns}
    # E2 asks for no evidence and weighs a tenth of the whole
    assert scores == {"Rising": 82, "Level": 100}
    assert {column.overall for column in now.table.columns} == {100}
    assert then.on == then.table.line.on == date(2027, 2, 1)
    assert now.on == now.table.line.on == date(2027, 6, 15)
    assert then.table.line.is_past
    assert not now.table.line.is_past


def test_a_closed_one_falls_back_on_another_framework_in_force():
    vendor = make_vendor(name="Two")
    first = approve(vendor, "2027-01-10", framework=make_framework())
    second = approve(vendor, "2027-02-10")
    close(second, "2027-03-10")
    assert speaking(vendor, "2027-02-20") == second
    assert speaking(vendor, "2027-03-20") == first


def test_rejected_assessments_and_open_ones_never_count(comparison_page):
    with time_machine.travel("2027-01-10 12:00 +0000", tick=False):
        refused = rejected(vendor=make_vendor(name="Refused"))
        open_one = waiting(vendor=make_vendor(name="Waiting"))
    other = make_vendor(name="Rated")
    approve(other, "2027-01-05")
    page = comparison_page(refused.vendor, open_one.vendor, other, on="2027-02-01")
    names = [column.name for column in page.context["table"].columns]
    assert names == ["Rated"]
    text = words(page)
    assert "Refused and Waiting had no result in force on 1 Feb 2027, so they are left out." in text
    assert "These are the results in force on 1 Feb 2027." in text


def test_a_past_day_leads_back_to_today(comparison_page):
    vendor, fresh = make_vendor(name="Rated"), make_vendor(name="Fresh")
    approve(vendor, "2027-01-05")
    query = {"on": "2027-02-01", "w_LAB": "50", "lock": "LAB"}
    said = shown(vendor, fresh, **query).notices
    assert [(notice.kind, notice.text) for notice in said[1:]] == [
        ("warn", "Fresh had no result in force on 1 Feb 2027, so it is left out.")
    ]
    back = f"?v={vendor.public_id}&v={fresh.public_id}&w_LAB=50&lock=LAB"
    assert (said[0].url, said[0].link) == (back, "Show the results of today")
    page = comparison_page(vendor, fresh, **query).content.decode()
    assert f'href="{back.replace("&", "&amp;")}"' in page
    none = shown(vendor, fresh, on="2027-01-01")
    assert texts(none) == ["None of these vendors had a result in force on 1 Jan 2027."]
    assert none.table is None


def test_a_day_ends_at_midnight_of_the_organisation():
    vendor = make_vendor(name="Late")
    with timezone.override(ZoneInfo("Pacific/Auckland")):
        # 23:30 of the 2nd in Auckland, still the morning of the 2nd in London
        first = approve(vendor, "2027-02-02 10:30 +0000")
        assert speaking(vendor, "2027-02-01") is None
        assert speaking(vendor, "2027-02-02") == first
        second = approve(vendor, "2027-03-02 11:30 +0000")
        assert speaking(vendor, "2027-03-02") == first
        assert speaking(vendor, "2027-03-03") == second


def test_today_is_no_past_day():
    small_framework()
    vendor = import_worked("Aurora").vendor
    comparison = shown(vendor, on="2027-06-15")
    assert [entry.is_approved for entry in comparison.table.line.entries] == [False]
    assert not comparison.table.line.is_past
    assert shown(vendor, on="2027-06-14").table is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("2027-06-16", "16 Jun 2027 is still to come. The results of today are shown."),
        ("9999-12-31", "31 Dec 9999 is still to come. The results of today are shown."),
        ("2027-02-30", "“2027-02-30” is no day. The results of today are shown."),
        ("<b>soon</b>", "“<b>soon</b>” is no day. The results of today are shown."),
    ],
)
def test_other_days_are_said_and_today_counts(comparison_page, text, sentence):
    vendor = make_vendor(name="Rated")
    approve(vendor, "2027-01-05")
    page = comparison_page(vendor, on=text)
    assert page.status_code == 200
    assert sentence in words(page)
    assert b"<b>soon" not in page.content
    assert page.context["comparison"].on == date(2027, 6, 15)
    assert len(page.context["table"].columns) == 1


def test_waivers_are_over_by_the_day_that_is_looked_at():
    with time_machine.travel("2027-01-10 12:00 +0000", tick=False):
        assessment = waived(days=60)
    vendor = assessment.vendor
    then, now = shown(vendor, on="2027-02-01"), shown(vendor)
    (before,) = then.table.line.entries[0].waivers
    (after,) = now.table.line.entries[0].waivers
    assert before.ends_on == after.ends_on == date(2027, 3, 11)
    assert (before.is_over, after.is_over) == (False, True)
    assert shown(vendor, on="2027-03-12").table.line.entries[0].waivers[0].is_over


def test_certifications_removed_since_still_stand_and_later_ones_do_not():
    vendor = make_vendor(name="Certified")
    Certification.objects.bulk_create(
        [
            Certification(vendor=vendor, standard="SOC 2", issued_on=date(2027, 1, 1)),
            Certification(vendor=vendor, standard="CMMI", issued_on=date(2027, 4, 1)),
            Certification(vendor=vendor, standard="ISO 9001"),
            Certification(vendor=vendor, standard="PCI DSS", removed_at="2027-04-01T00:00:00Z"),
            Certification(vendor=vendor, standard="ISO 14001", removed_at="2027-01-01T00:00:00Z"),
        ]
    )
    held = certifications_of([vendor], date(2027, 3, 1))[vendor.pk]
    assert {entry.standard for entry in held} == {"SOC 2", "ISO 9001", "PCI DSS"}
    held = certifications_of([vendor])[vendor.pk]
    assert {entry.standard for entry in held} == {"SOC 2", "CMMI", "ISO 9001"}


def test_drafts_asked_for_on_a_past_day_are_declined():
    vendor = make_vendor(name="Twice")
    approve(vendor, "2027-01-05")
    make_assessment(vendor=Vendor.objects.get(pk=vendor.pk), framework=small_framework())
    comparison = shown(vendor, draft=str(vendor.public_id), on="2027-02-01")
    assert "Open assessments do not count on a past day." in texts(comparison)
    entry = comparison.table.line.entries[0]
    assert (entry.is_approved, entry.has_open) == (True, False)
    assert "Open assessments do not" not in "".join(texts(shown(vendor, on="2027-02-01")))


def test_a_past_day_costs_no_query_more():
    vendors = [make_vendor(name=f"Vendor {number}") for number in range(4)]
    for vendor in vendors:
        approve(vendor, "2027-01-05", "documented")
        approve(vendor, "2027-02-05")
    loaded = list(Vendor.objects.order_by("pk"))
    for some in (loaded[:2], loaded):
        with CaptureQueriesContext(connection) as queries:
            entries = entries_of(some, on=date(2027, 3, 1))
        assert len(entries) == len(some)
        assert len(queries) == 3


@settings(max_examples=12)
@given(days=st.lists(st.integers(0, 200), min_size=1, max_size=4), asked=st.integers(-5, 210))
def test_the_latest_approval_by_the_day_speaks(days, asked):
    start = date(2027, 1, 1)
    with time_machine.travel("2028-01-01 12:00 +0000", tick=False):
        vendor = make_vendor()
        made = [approve(vendor, (start + timedelta(days=day)).isoformat()) for day in sorted(days)]
        found = speaking(vendor, (start + timedelta(days=asked)).isoformat())
    before = [one for one, day in zip(made, sorted(days), strict=True) if day <= asked]
    assert found == (before[-1] if before else None)
