"""Which assessment speaks for a vendor, and how its open one is compared instead."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scorecards.comparison import Asked, compare
from scorecards.comparison.entries import entries_of
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
from vendors.models import Vendor
from vendors.permissions import Role
from vendors.services.assessments import cancel_assessment

pytestmark = pytest.mark.django_db


def rated(name, framework=None):
    """A vendor with a result in force, full marks."""
    framework = framework or small_framework()
    assessment = make_assessment(vendor=make_vendor(name=name), framework=framework)
    approved(assessment)
    return Vendor.objects.get(pk=assessment.vendor.pk)


def opened(vendor, framework=None, *, skip=("L2",), **options):
    """An open assessment beside what the vendor has, answered by documents but for some."""
    framework = framework or small_framework()
    assessment = make_assessment(vendor=vendor, framework=framework, **options)
    answer_all(assessment, "documented", skip=skip)
    return assessment


def shown(*vendors, drafts=(), **query):
    wanted = {"v": [str(vendor.public_id) for vendor in vendors]}
    wanted["draft"] = [str(getattr(vendor, "public_id", vendor)) for vendor in drafts]
    wanted |= {key: [text] for key, text in query.items()}
    return compare(Vendor.objects.all(), Asked.from_query(wanted))


def entry_of(comparison, vendor):
    (found,) = [item for item in comparison.table.line.entries if item.vendor.pk == vendor.pk]
    return found


def texts(comparison):
    return [notice.text for notice in comparison.notices]


def test_the_result_in_force_speaks_and_says_that_an_open_one_stands_beside_it():
    vendor, other = rated("Twice"), rated("Once")
    opened(vendor)
    comparison = shown(vendor, other)
    entry = entry_of(comparison, vendor)
    assert (entry.is_approved, entry.has_open, entry.own) == (True, True, 100)
    assert entry_of(comparison, other).has_open is False
    assert texts(comparison) == []


def test_the_open_one_speaks_where_the_address_says_so(comparison_page):
    vendor, other = rated("Twice"), rated("Once")
    assessment = opened(vendor)
    comparison = shown(vendor, other, drafts=[vendor])
    entry = entry_of(comparison, vendor)
    assert entry.assessment == assessment
    assert (entry.is_approved, entry.has_open) == (False, True)
    assert entry_of(comparison, other).is_approved
    column = next(c for c in comparison.table.columns if c.name == "Twice")
    assert column.has_range
    assert column.overall < column.high < 100
    assert texts(comparison) == []
    text = words(comparison_page(vendor, other, draft=[str(vendor.public_id)]))
    assert "Not approved" in text
    assert "Twice is not approved: its figures can still change." in text


def test_without_an_open_one_the_result_counts_and_that_is_said():
    first, second, third = rated("First"), rated("Second"), rated("Third")
    comparison = shown(first, second, third, drafts=[first])
    assert entry_of(comparison, first).is_approved
    assert texts(comparison) == [
        "First has no open assessment to compare, so its result in force counts."
    ]
    assert texts(shown(first, second, third, drafts=[second, first])) == [
        "First and Second have no open assessments to compare, so their results in force count."
    ]


def test_a_vendor_without_result_speaks_by_its_open_assessment_as_ever():
    small_framework()
    vendor, other = import_worked("Aurora").vendor, rated("Once")
    plain, asked = shown(vendor, other), shown(vendor, other, drafts=[vendor])
    for comparison in (plain, asked):
        entry = entry_of(comparison, vendor)
        assert (entry.is_approved, entry.has_open) == (False, False)
        assert texts(comparison) == []


def test_drafts_of_vendors_that_are_not_compared_change_nothing():
    vendor, other = rated("One"), rated("Two")
    comparison = shown(vendor, other, drafts=[uuid.uuid4(), rated("Elsewhere")])
    assert texts(comparison) == []
    assert all(entry.is_approved for entry in comparison.table.line.entries)


def test_an_intake_or_a_cancelled_assessment_is_nothing_to_set_against_a_result():
    intake, cancelled = rated("Intake"), rated("Cancelled")
    make_assessment(vendor=intake, framework=small_framework(), tier=None, intake={}, is_draft=True)
    assessment = opened(cancelled)
    cancel_assessment(assessment=assessment, reason="Not needed.", by=assessment.owner)
    comparison = shown(intake, cancelled, drafts=[intake, cancelled])
    assert [entry.has_open for entry in comparison.table.line.entries] == [False, False]
    assert all(entry.is_approved for entry in comparison.table.line.entries)
    assert len(comparison.notices) == 1


def test_the_open_one_of_the_framework_in_force_goes_first():
    vendor = rated("Both")
    same = opened(vendor)
    opened(vendor, make_framework(), skip=())
    assert entry_of(shown(vendor, drafts=[vendor]), vendor).assessment == same
    other = rated("Moving")
    newer = opened(other, make_framework(), skip=())
    assert entry_of(shown(other, drafts=[other]), other).assessment == newer


def test_open_assessments_do_not_count_on_a_past_day():
    vendor = rated("Twice")
    opened(vendor)
    comparison = shown(vendor, drafts=[vendor], on="2026-01-01")
    assert comparison.table is None
    assert "None of these vendors had a result in force on 1 Jan 2026." in texts(comparison)


def test_entries_cost_five_queries_whoever_speaks():
    framework = make_framework()
    vendors = [rated(f"Vendor {number}", framework) for number in range(3)]
    for vendor in vendors[:2]:
        opened(vendor, framework)
    small_framework()
    vendors.append(import_worked("Aurora").vendor)
    loaded = list(Vendor.objects.select_related("latest_result__assessment").order_by("pk"))
    assert len(loaded) == 4
    with CaptureQueriesContext(connection) as queries:
        entries = entries_of(loaded, drafts={vendors[0].public_id})
    assert len(queries) <= 5
    assert [entry.is_approved for entry in entries.values()] == [False, True, True, False]
    with CaptureQueriesContext(connection) as queries:
        assert len(entries_of(loaded)) == 4
    assert len(queries) <= 5


def test_managers_and_auditors_see_the_same_figures(client, comparison_page):
    vendor, other = rated("Twice"), rated("Once")
    opened(vendor)
    seen = comparison_page(vendor, other, draft=[str(vendor.public_id)]).context["table"]
    client.force_login(make_user(Role.MANAGER))
    again = comparison_page(vendor, other, draft=[str(vendor.public_id)]).context["table"]
    assert [c.overall for c in seen.columns] == [c.overall for c in again.columns]
