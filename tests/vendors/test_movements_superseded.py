"""A score that a later one superseded does not come back when that one is closed."""

import pytest

from tests.factories import make_user, make_vendor, small_framework
from tests.proved import lifted
from tests.vendors.test_movements import QUARTER, at, result, scores
from vendors.models import Assessment, State, Vendor
from vendors.permissions import Role

pytestmark = pytest.mark.django_db


def test_what_was_superseded_by_then_stays_so():
    framework, vendor = small_framework(), make_vendor(name="Aurora")
    first = result(vendor, framework, 70, at(2026, 3, 1))
    second = result(vendor, framework, 80, at(2026, 5, 1))
    with lifted():
        Assessment.objects.filter(pk=first.assessment_id).update(superseded_at=at(2026, 5, 1))
        Assessment.objects.filter(pk=second.assessment_id).update(
            state=State.CLOSED,
            closed_at=at(2026, 9, 1),
            closed_by=make_user(Role.MANAGER),
            close_reason="Left",
        )
    Vendor.objects.update(latest_result=None)
    result(vendor, framework, 90, at(2026, 10, 5))
    assert scores(QUARTER) == {"Aurora": (None, None)}
