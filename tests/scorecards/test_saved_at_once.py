"""Comparisons kept, and vendors chosen, at the same moment: nothing twice, one wins, one is told."""

import pytest

from scorecards.comparison import Asked, compare
from scorecards.models import Choice, SavedComparison
from scorecards.services.comparisons import StaleChoice, choose_vendor, save_comparison
from tests.factories import make_user
from tests.vendors.test_concurrency import at_once
from vendors.models import AuditEvent, Vendor
from vendors.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shown(worked):
    asked = Asked(vendor_ids=tuple(worked[name].public_id for name in ("Aurora", "Borealis")))
    return compare(Vendor.objects.all(), asked)


def test_a_double_click_keeps_one(shown):
    person = make_user(Role.MANAGER)
    outcomes = at_once(*[lambda: save_comparison(comparison=shown, purpose="Once", by=person)] * 4)
    assert len({saved.pk for saved in outcomes}) == 1
    assert SavedComparison.objects.count() == 1
    assert AuditEvent.objects.filter(action="comparison.save").count() == 1


@pytest.mark.parametrize("has_earlier", [False, True])
def test_two_managers_choose(shown, worked, has_earlier):
    managers = [make_user(Role.MANAGER), make_user(Role.MANAGER)]
    saved = save_comparison(comparison=shown, purpose="Once", by=managers[0])
    ids = [str(worked[name].public_id) for name in ("Aurora", "Borealis")]
    seen = 0
    if has_earlier:
        seen = choose_vendor(comparison=saved, vendor_id=ids[0], reason="First", by=managers[0]).pk
    outcomes = at_once(
        *(
            lambda vendor_id=vendor_id, by=by: choose_vendor(
                comparison=saved, vendor_id=vendor_id, reason="Mine", seen=seen, by=by
            )
            for vendor_id, by in zip(ids, managers, strict=True)
        )
    )
    assert [type(outcome) for outcome in sorted(outcomes, key=str)].count(StaleChoice) == 1
    assert Choice.objects.filter(replaced_at=None).count() == 1
    assert Choice.objects.count() == 1 + has_earlier
