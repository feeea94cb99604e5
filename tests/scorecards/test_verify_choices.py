"""`manage.py verify` on saved comparisons and choices: what was changed behind the trail is named."""
# ruff: noqa: S608

import pytest

from scorecards.models import SavedComparison
from scorecards.services.comparisons import choose_vendor
from scorecards.verification import verify
from tests.factories import make_user
from tests.proved import tamper
from tests.scorecards.test_saved_comparisons import kept, rated
from vendors.models import Vendor
from vendors.permissions import Role
from vendors.services.audit import trail_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def saved(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    manager = make_user(Role.MANAGER)
    one, other = rated("Aurora"), rated("Borealis", "documented")
    found = kept(one, other, by=manager, note="Two sites")
    first = choose_vendor(
        comparison=found, vendor_id=str(one.public_id), reason="Best evidence", by=manager
    )
    choose_vendor(
        comparison=found,
        vendor_id=str(other.public_id),
        reason="Nearer\r\nand cheaper",
        seen=first.pk,
        by=manager,
    )
    return found


def faults():
    """What is said of comparisons; the answers of these vendors were made without events."""
    return [str(fault) for fault in verify(trail_key()).faults if fault.kind == "comparison"]


def test_what_was_chosen_verifies(saved):
    kept(*Vendor.objects.order_by("name"), by=saved.saved_by, purpose="Another one")
    assert faults() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE scorecards_choice SET reason = 'Cheaper'", "no event tells of its choice"),
        ("UPDATE scorecards_choice SET place = 1 WHERE place = 2", "no event tells of its choice"),
        (
            "UPDATE scorecards_choice SET vendor_id = (SELECT max(vendor_id) FROM scorecards_choice)",
            "no event tells of its choice",
        ),
        ("DELETE FROM scorecards_choice WHERE place = 2", "the trail tells of is missing"),
        ("DELETE FROM scorecards_choice WHERE place = 2", "its last choice is not in force"),
        (
            "UPDATE scorecards_choice SET replaced_at = decided_at",
            "its last choice is not in force",
        ),
        (
            "UPDATE scorecards_savedcomparison SET purpose = 'Something else'",
            "its purpose or note is not that of its document",
        ),
        (
            "UPDATE scorecards_savedcomparison SET query = 'v=1'",
            "the trail tells of it, no row holds it as it was kept",
        ),
        (
            "UPDATE scorecards_savedcomparison SET note = ''",
            "its purpose or note is not that of its document",
        ),
    ],
)
def test_what_was_changed_is_named(saved, change, words):
    tamper(change)
    assert any(words in fault for fault in faults()), faults()


def test_an_earlier_choice_put_in_force_again_is_named(saved):
    tamper("UPDATE scorecards_choice SET replaced_at = decided_at WHERE place = 2")
    tamper("UPDATE scorecards_choice SET replaced_at = NULL WHERE place = 1")
    assert any("a later one replaced is in force" in fault for fault in faults())


def test_a_comparison_that_is_gone_with_its_choices_is_named(saved):
    tamper("DELETE FROM scorecards_choice")
    tamper("DELETE FROM scorecards_savedcomparison_vendors")
    tamper("DELETE FROM scorecards_savedcomparison")
    assert not SavedComparison.objects.exists()
    assert any("the trail tells of is missing" in fault for fault in faults())


def test_a_comparison_that_is_gone_is_named_by_its_purpose(saved):
    other = kept(*Vendor.objects.order_by("name"), by=saved.saved_by, purpose="Another one")
    tamper(f"DELETE FROM scorecards_savedcomparison_vendors WHERE savedcomparison_id = {other.pk}")
    tamper(f"DELETE FROM scorecards_savedcomparison WHERE id = {other.pk}")
    (fault,) = faults()
    assert fault.startswith("comparison: Another one: missing")
