"""What a record holds beside the snapshot: issue, corrections, the scorecard before, comparisons."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from scorecards import record
from scorecards.content import ContentError, scorecard_content
from scorecards.content.since import change
from scorecards.models import SavedComparison, Scorecard
from tests.factories import (
    answer_all,
    approved,
    make_assessment,
    make_framework,
    make_user,
    make_vendor,
    reviewed,
    small_framework,
)
from tests.scorecards.deciding import fail_first, rejected
from tests.scorecards.printing import PURPOSE, comparison_of, kept
from tests.scorecards.recording import content_of, issued, record_of, text_of
from vendors import scoring
from vendors.models import Assessment, Vendor
from vendors.permissions import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def framework():
    return small_framework()


@pytest.fixture
def manager():
    return make_user(Role.MANAGER, name="Adriana Ferreira")


def decided(framework, vendor=None, *, worse=False):
    """An approved assessment; with `worse` one answer of the first category is claimed alone."""
    assessment = make_assessment(vendor or make_vendor(), framework=framework)
    answer_all(assessment)
    if worse:
        worst = framework.rules.categories[0].criteria[-1]
        assessment.answers.filter(code=worst.code).update(level="claimed")
    approved(assessment)
    return Assessment.objects.get(pk=assessment.pk)


def test_a_first_issue_says_who_when_and_where_it_is_checked(framework, manager):
    row = issued(decided(framework), by=manager)
    said = record.read_strictly(row.content)
    assert said["number"] == row.number
    assert (said["issue"]["ordinal"], said["issue"]["replaces"]) == (1, None)
    assert said["issue"]["by"] == {"name": "Adriana Ferreira", "role": "Manager"}
    content = scorecard_content(said)
    assert content["issue"]["word"] == "First issue"
    assert content["issue"]["at_shown"].endswith(" UTC")
    assert content["check_url"].endswith(f"/check/?q={row.number}")
    assert content["corrections"] == []
    assert said["snapshot_sha256"] == row.assessment.result.digest
    assert json.loads(row.content)["summary"]["vendor"] == row.assessment.vendor.name


def test_a_draft_has_no_issue_and_no_address(framework):
    content = content_of(make_assessment(framework=framework))
    assert (content["issue"], content["check_url"]) == (None, "")
    assert (content["previous"], content["comparisons"], content["conflicts"]) == (None, [], [])


def test_a_correction_moves_names_and_places_and_no_figure(framework, manager):
    vendor = make_vendor(name="Sample One", legal_name="Sample Inc.")
    vendor.sites.create(city="Cebu", country="PH")
    assessment = decided(framework, vendor)
    first = issued(assessment, by=manager)
    Vendor.objects.filter(pk=vendor.pk).update(name="Sample Two", legal_name="Sample Two Ltd.")
    vendor.sites.update(city="Manila")
    second = issued(assessment, by=manager, reason="The names were those of another company.")
    before, after = record.read(first.content), record.read(second.content)
    assert after["snapshot"] == before["snapshot"]
    assert after["snapshot"]["document"]["vendor"]["name"] == "Sample One"
    assert [entry["field"] for entry in after["corrections"]] == ["name", "legal_name", "sites"]
    content = scorecard_content(after)
    assert content["corrections"] == [
        {"what": "Vendor", "before": "Sample One", "after": "Sample Two"},
        {"what": "Legal name", "before": "Sample Inc.", "after": "Sample Two Ltd."},
        {"what": "Sites", "before": "Cebu, Philippines", "after": "Manila, Philippines"},
    ]
    assert content["vendor"]["name"] == content["summary"]["vendor"] == "Sample Two"
    assert content["vendor"]["legal_name"] == "Sample Two Ltd."
    assert content["vendor"]["sites"] == ["Manila, Philippines"]
    assert after["summary"] == content["summary"]
    assert (content["issue"]["word"], content["issue"]["replaces"]) == (
        "Second issue",
        first.number,
    )
    assert content["issue"]["reason"] == "The names were those of another company."
    told = scorecard_content(before)
    for part in ("figures", "gate", "categories", "must_haves", "criteria"):
        assert content[part] == told[part]


def test_without_an_issue_to_replace_nothing_is_corrected(framework):
    assessment = decided(framework)
    Vendor.objects.filter(pk=assessment.vendor_id).update(legal_name="Renamed since")
    assert record_of(assessment)["corrections"] == []


def test_the_change_since_the_scorecard_before(framework, manager):
    vendor = make_vendor()
    with time_machine.travel(timezone.now() - timedelta(days=5)):
        earlier = decided(framework, vendor, worse=True)
    row = issued(earlier, by=manager)
    now = decided(framework, vendor)
    previous = content_of(now)["previous"]
    assert previous["number"] == row.number
    assert previous["as_of"] == earlier.result.as_of.isoformat()
    old, new = (record_of(item)["snapshot"]["result"] for item in (earlier, now))
    exact = scoring.exact(new["overall"]) - scoring.exact(old["overall"])
    assert exact > 0
    assert previous["change"]["exact"] == str(exact)
    assert previous["change_shown"].startswith("+")
    code = framework.rules.categories[0].code
    changes = {entry["code"]: entry["change"] for entry in content_of(now)["categories"]}
    assert changes.pop(code)["shown"].startswith("+")
    assert {entry["shown"] for entry in changes.values()} == {"0"}
    # the later one is no scorecard before the earlier one
    issued(now, by=manager)
    assert content_of(earlier)["previous"] is None


def test_a_withdrawn_a_replaced_and_another_vendors_scorecard_are_none_before(framework, manager):
    vendor = make_vendor()
    earlier = decided(framework, vendor)
    issued(earlier, by=manager)
    second = issued(earlier, by=manager)
    now, other = decided(framework, vendor), decided(framework)
    assert record_of(now)["previous"]["number"] == second.number
    assert record_of(other)["previous"] is None
    # a correction that nobody can have yet is none before; what it replaces is
    issued(earlier, by=manager, is_built=False)
    assert record_of(now)["previous"]["number"] == second.number
    Scorecard.objects.filter(pk=second.pk).update(withdrawn_at=timezone.now(), withdrawal="Wrong.")
    assert record_of(now)["previous"] is None


def test_a_category_that_is_new_or_was_not_rated_has_no_change(framework):
    said = record_of(decided(framework))
    codes = [category.code for category in framework.rules.categories]
    said["previous"] = {
        "number": "VET-2025-0001",
        "as_of": "2025-01-31",
        "framework_version": "0.9.0",
        "overall": None,
        "categories": {codes[0]: None, "GONE": None},
    }
    content = scorecard_content(said)
    assert {entry["change"] for entry in content["categories"]} == {None}
    assert (content["previous"]["change"], content["previous"]["change_shown"]) == (None, "")


def test_a_difference_is_that_of_the_figures_printed():
    fraction = scoring.exact
    before, now = fraction({"exact": "1499/20"}), fraction({"exact": "1501/20"})
    assert change(now, before, 0) == {"exact": "1/10", "shown": "0"}
    assert change(before - 1, now, 0)["shown"] == "\N{MINUS SIGN}1"


def test_comparisons_that_hold_this_very_result(framework, manager):
    leader, second = decided(framework), decided(framework, worse=True)
    vendors = [leader.vendor, second.vendor]
    saved = [kept(vendors, manager, purpose=f"{PURPOSE} {n}") for n in range(4)]
    content = content_of(leader)
    assert [row["purpose"][-1] for row in content["comparisons"]] == ["3", "2", "1"]
    row = content["comparisons"][0]
    assert (row["rank"], row["ranked"], row["behind"], row["to_rise"]) == (1, 2, "", None)
    assert row["digest"] == saved[3].digest
    document = json.loads(saved[3].document, parse_float=Decimal)
    said = record_of(leader)["comparisons"][0]
    assert said["ahead"] == document["sensitivity"][0]["lead"]
    assert said["first_share"] == document["acceptability"]["centred"][leader.vendor.name][0]
    assert row["first_share"].endswith("%")
    below = content_of(second)["comparisons"][0]
    assert (below["rank"], below["ahead"], below["behind"]) == (2, "", row["ahead"])
    assert below["to_rise"] == row["to_fall"]
    # the others stay unnamed: the document may go to the vendor
    assert second.vendor.name not in text_of(leader)


def test_no_comparison_of_a_draft_of_another_result_or_with_changed_figures(framework, manager):
    leader, second = decided(framework), decided(framework)
    saved = kept([leader.vendor, second.vendor], manager)
    again = make_assessment(leader.vendor, framework=framework)
    answer_all(again)
    assert record_of(again)["comparisons"] == []
    approved(again)
    assert record_of(again)["comparisons"] == []
    assert len(record_of(leader)["comparisons"]) == 1
    changed = saved.document.replace('"rank":1', '"rank":2')
    SavedComparison.objects.filter(pk=saved.pk).update(document=changed)
    assert record_of(leader)["comparisons"] == []


def test_a_vendor_that_is_not_ranked_has_no_lead(framework, manager):
    failing = make_assessment(framework=framework)
    answer_all(failing)
    fail_first(failing)
    out = rejected(reviewed(failing))
    first, second = decided(framework), decided(framework)
    vendors = [first.vendor, second.vendor, out.vendor]
    assert comparison_of(vendors).table is not None
    kept(vendors, manager)
    assert all(row["rank"] is None for row in content_of(out)["comparisons"])


def test_asking_costs_few_queries(manager, django_assert_max_num_queries):
    framework = make_framework()
    vendor = make_vendor()
    issued(decided(framework, vendor), by=manager)
    now = decided(framework, vendor)
    kept([vendor, decided(framework).vendor], manager)
    now.refresh_from_db()
    with django_assert_max_num_queries(8):
        record_of(now)


def test_a_damaged_snapshot_makes_no_record(framework):
    assessment = decided(framework)
    result = assessment.result
    result.snapshot = result.snapshot.replace('"tier":1', '"tier":2')
    with pytest.raises(ContentError, match="does not match its SHA-256"):
        text_of(assessment)
