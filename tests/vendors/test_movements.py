"""What was in force on a day, and how scores moved since."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from tests.factories import approved, make_assessment, make_user, make_vendor, small_framework
from tests.proved import lifted
from vendors.models import Assessment, AssessmentResult, State, Vendor
from vendors.permissions import Role
from vendors.queries.movements import last_quarter_end, movement_since, score_on

QUARTER = date(2026, 9, 30)


@pytest.mark.parametrize(
    ("today", "end"),
    [
        (date(2026, 11, 22), QUARTER),
        (date(2026, 10, 1), QUARTER),
        (date(2026, 9, 30), date(2026, 6, 30)),
        (date(2026, 1, 1), date(2025, 12, 31)),
        (date(2024, 5, 31), date(2024, 3, 31)),
    ],
)
def test_the_last_quarter_end_lies_before_this_quarter(today, end):
    assert last_quarter_end(today) == end


def result(vendor, framework, overall, when, **fields):
    """A result of a vendor, approved at a moment and as of its day; fields are the assessment's."""
    frozen = approved(
        make_assessment(vendor=vendor, owner=make_user(), framework=framework),
        by=make_user(Role.MANAGER),
    )
    with lifted():
        AssessmentResult.objects.filter(pk=frozen.pk).update(
            overall=overall, as_of=timezone.localdate(when)
        )
        Assessment.objects.filter(pk=frozen.assessment_id).update(approved_at=when, **fields)
    return frozen


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def scores(day):
    found = Vendor.objects.annotate(then=score_on(day), moved=movement_since(day))
    return {
        row.name: (None if row.then is None else float(row.then), row.moved)
        for row in found.order_by("name")
    }


@pytest.mark.django_db
def test_what_superseded_it_later_changes_nothing(settings):
    framework, vendor = small_framework(), make_vendor(name="Aurora")
    result(vendor, framework, "70.1", at(2026, 3, 1))
    result(vendor, framework, "71.1", at(2026, 10, 5))
    assert Assessment.objects.filter(state=State.SUPERSEDED).count() == 1
    assert scores(QUARTER) == {"Aurora": (70.1, 1.0)}
    assert scores(date(2026, 10, 5)) == {"Aurora": (71.1, 0.0)}
    assert scores(date(2026, 2, 1)) == {"Aurora": (None, None)}


@pytest.mark.django_db
def test_a_day_ends_at_midnight_where_the_organisation_is(settings):
    settings.TIME_ZONE = "Asia/Manila"
    framework = small_framework()
    result(make_vendor(name="Before"), framework, 60, at(2026, 9, 30, 15, 59))
    result(make_vendor(name="After"), framework, 60, at(2026, 9, 30, 16, 0))
    assert scores(QUARTER) == {"After": (None, None), "Before": (60, 0)}


@pytest.mark.django_db
def test_what_was_closed_by_then_was_not_in_force():
    framework = small_framework()
    person = make_user(Role.MANAGER)
    for name, closed in (("Gone", at(2026, 9, 1)), ("Leaves", at(2026, 10, 1))):
        vendor = make_vendor(name=name)
        frozen = result(
            vendor,
            framework,
            60,
            at(2026, 3, 1),
            state=State.CLOSED,
            closed_at=closed,
            closed_by=person,
            close_reason="Left",
        )
        Vendor.objects.filter(latest_result=frozen).update(latest_result=None)
    assert scores(QUARTER) == {"Gone": (None, None), "Leaves": (60, None)}


@pytest.mark.django_db
def test_the_unrated_have_not_moved():
    framework = small_framework()
    make_vendor(name="New")
    vendor = make_vendor(name="Null")
    result(vendor, framework, None, at(2026, 3, 1))
    result(vendor, framework, 50, at(2026, 10, 1))
    assert scores(QUARTER) == {"New": (None, None), "Null": (None, None)}
