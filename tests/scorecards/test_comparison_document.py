"""The document of a comparison: exact figures, one form, nothing of who asked or when."""

import json
from decimal import Decimal
from fractions import Fraction
from urllib.parse import parse_qs

import pytest
import time_machine

from scorecards.comparison import Asked, compare
from scorecards.comparison.address import kept_address
from scorecards.comparison.document import comparison_document, figures_digest
from scorecards.comparison.since import since_of
from tests.factories import answer_all, approved, make_assessment, make_vendor, small_framework
from vendors import scoring
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


def shown(*vendors, **query):
    asked = Asked.from_query({"v": [str(vendor.public_id) for vendor in vendors], **query})
    return compare(Vendor.objects.all(), asked)


def document(*vendors, purpose="", note="", **query):
    comparison = shown(*vendors, **query)
    return comparison_document(comparison, comparison.table, purpose=purpose, note=note)


def read(found):
    return json.loads(scoring.canonical_json(found), parse_float=Decimal)


def test_the_worked_example_stands_in_it_exactly(worked):
    found = read(document(*worked.values()))
    assert found["format"] == "vetting-comparison/1"
    by_name = {vendor["name"]: vendor for vendor in found["vendors"]}
    assert [vendor["name"] for vendor in found["vendors"]] == [
        "Borealis",
        "Aurora",
        "Fjord",
        "Dune",
        "Ember",
        "Cinder",
    ]
    assert [vendor["rank"] for vendor in found["vendors"]] == [1, 2, 3, 4, None, None]
    assert scoring.exact(by_name["Aurora"]["overall"]) == Fraction(3829, 48)
    assert by_name["Aurora"]["overall"]["value"] == Decimal("79.770833")
    assert by_name["Cinder"]["gate"] == "fail"
    assert by_name["Cinder"]["band"] is None
    failed = by_name["Cinder"]["must_haves"]["failed"]
    assert [set(item) for item in failed] == [{"code", "question"}]
    assert found["sentences"]["lead"] == "Borealis leads Aurora by 3.3 points."
    assert found["sensitivity"][0]["first"] == "Borealis"
    assert found["pairwise_win_uniform"]
    assert [row["code"] for row in found["weights"]] == list(small_framework().rules.weights)
    assert sum(scoring.exact(row["weight"]) for row in found["weights"]) == 100


def test_it_holds_neither_clock_nor_requester(worked):
    vendors = [worked["Aurora"], worked["Borealis"]]
    with time_machine.travel("2026-11-20 09:00", tick=False):
        first = scoring.canonical_json(document(*vendors))
    with time_machine.travel("2026-11-20 17:30", tick=False):
        again = scoring.canonical_json(document(*vendors))
    assert first == again
    assert json.loads(first)["on"] == "2026-11-20"


def test_shares_of_draws_are_decimals_of_six_places(worked):
    found = document(worked["Aurora"], worked["Borealis"])
    drawn = [share for row in found["acceptability"]["uniform"].values() for share in row]
    assert len(drawn) == 4
    assert all(not isinstance(share, float) for share in drawn)
    assert abs(sum(drawn) - 2) < Decimal("0.00001")
    assert all(Decimal(share) == round(Decimal(share), 6) for share in drawn)


def test_purpose_note_and_day_are_in_it_and_change_no_figure(worked):
    vendors = [worked["Aurora"], worked["Borealis"]]
    plain, typed = document(*vendors), document(*vendors, purpose="Shortlist", note="As agreed.")
    assert (typed["purpose"], typed["note"]) == ("Shortlist", "As agreed.")
    assert scoring.canonical_json(plain) != scoring.canonical_json(typed)
    assert figures_digest(plain) == figures_digest(typed) == figures_digest(read(typed))


def test_it_says_how_sure_the_order_is_and_where_the_lead_comes_from(worked):
    found = read(document(worked["Aurora"], worked["Borealis"]))
    assert any("Aurora overtakes Borealis if" in text for text in found["sentences"]["sure"])
    assert (found["why"]["first"], found["why"]["second"]) == ("Borealis", "Aurora")
    led = sum(scoring.exact(step["points"]) for step in found["why"]["categories"])
    assert led == scoring.exact(found["sensitivity"][0]["lead"])
    assert document(worked["Aurora"], worked["Cinder"])["why"] is None


def test_weights_tried_out_stand_beside_those_of_the_profile(worked):
    vendors = [worked["Aurora"], worked["Borealis"]]
    code, *others = [row["code"] for row in document(*vendors)["weights"]]
    rest = Fraction(10, len(others))
    query = {f"w_{code}": ["90"]} | {f"w_{other}": [str(float(rest))] for other in others}
    found = document(*vendors, **query)
    assert found["tried_out"]
    assert found["weights"][0]["weight"]["exact"] == "90/1"
    assert found["weights"][0]["base"] == document(*vendors)["weights"][0]["weight"]
    assert figures_digest(found) != figures_digest(document(*vendors))


def test_each_profile_says_its_order(worked):
    found = document(worked["Aurora"], worked["Borealis"], worked["Cinder"])
    assert found["profiles"][0]["name"] == "Balanced"
    assert [item["vendor"] for item in found["profiles"][0]["places"]] == ["Borealis", "Aurora"]


def test_an_approved_assessment_carries_its_digest(worked):
    assessment = make_assessment(vendor=make_vendor(name="Whole"), framework=small_framework())
    answer_all(assessment)
    result = approved(assessment)
    found = document(assessment.vendor, worked["Aurora"])
    whole, aurora = found["vendors"]
    assert whole["assessment"]["digest"] == result.digest
    assert whole["assessment"]["approved"] is True
    assert aurora["assessment"]["digest"] == ""
    assert aurora["assessment"]["approved"] is False


def test_the_kept_address_shows_the_same_and_leaves_folding_out(worked):
    ids = [str(worked[name].public_id) for name in ("Borealis", "Aurora")]
    asked = Asked.from_query(
        {
            "v": [*ids, "nonsense"],
            "draft": [ids[1]],
            "profile": ["People & planet first"],
            "w_B": ["10.5"],
            "w_A": ["89,5"],
            "lock": ["B"],
            "pair": ids,
            "line": ["A"],
            "on": ["2026-11-01"],
            "open": ["all"],
            "differ": ["5"],
        }
    )
    again = Asked.from_query(parse_qs(kept_address(asked)))
    assert (again.vendor_ids, again.drafts, again.profile) == (
        asked.vendor_ids,
        asked.drafts,
        asked.profile,
    )
    assert (dict(again.weights), again.locked) == (dict(asked.weights), asked.locked)
    assert (again.pair, again.line, again.on) == (asked.pair, asked.line, asked.on)
    assert (again.opened, again.differ, again.unreadable) == (frozenset(), None, 0)
    assert kept_address(again) == kept_address(asked)


def test_what_has_changed_since_is_named(worked):
    then = read(document(worked["Aurora"], worked["Borealis"]))
    again = read(document(worked["Aurora"], worked["Borealis"], purpose="Other"))
    again["vendors"][0]["name"] = "Borealis Ltd"
    again["profile"]["version"] = 7
    assert since_of(then, again).is_same

    heavier = {**again, "weights": [{**row, "weight": row["base"]} for row in again["weights"]]}
    heavier["weights"][0]["weight"] = {"exact": "1/1"}
    assert "The weights of the profile are others now." in since_of(then, heavier).text

    newer = {**again, "framework": {**again["framework"], "version": "2.0.0"}}
    assert "It is compared on another framework version now." in since_of(then, newer).text

    alone = {**again, "vendors": again["vendors"][:1]}
    assert since_of(then, alone).text.startswith("Aurora is no longer part of it.")
    assert not since_of(then, None).is_same
