"""What the script of the comparison page is given, and the handles of its weights."""

import json
import re
from dataclasses import replace
from fractions import Fraction

import pytest

from scorecards.comparison import Asked, Profile, compare
from scorecards.comparison.handles import handle_of, trial_of
from scorecards.comparison.script_data import script_data
from tests.browser.varied import LEFT_OUT, NAMES, varied_vendors
from tests.scorecards.comparing import words
from vendors import scoring
from vendors.models import Vendor, WeightProfile

pytestmark = pytest.mark.django_db


def table(vendors, **query):
    asked = {"v": [str(vendor.public_id) for vendor in vendors]}
    found = Asked.from_query(asked | {key: [text] for key, text in query.items()})
    return compare(Vendor.objects.all(), found).table


def near(found, wanted):
    return abs(found - float(wanted)) < 1e-9


def test_it_names_the_basis_and_keeps_what_was_left_out():
    shown = table(varied_vendors())
    data = json.loads(json.dumps(script_data(shown)))
    codes = [category["code"] for category in data["basis"]]
    assert LEFT_OUT not in codes
    own = shown.line.profile.weights
    assert data["outside"] == {LEFT_OUT: float(own[LEFT_OUT])}
    assert near(data["part"], 100 - own[LEFT_OUT])
    assert near(sum(data["base"].values()), 100)
    assert data["weights"] == data["base"]
    assert data["tried"] is False


def test_vendors_stand_as_the_columns_with_their_figures():
    shown = table(varied_vendors(), w_LAB="45")
    data = script_data(shown)
    assert [vendor["name"] for vendor in data["vendors"]] == [c.name for c in shown.columns]
    assert sum(vendor["ranked"] for vendor in data["vendors"]) == len(NAMES)
    for vendor, column in zip(data["vendors"], shown.columns, strict=True):
        for code, score in column.entry.scores.items():
            if score is None:
                assert vendor["scores"][code] is None
            else:
                assert near(vendor["scores"][code], score)
        floor = column.entry.rules.scoring.floor_below
        known = [score for score in column.entry.scores.values() if score is not None]
        assert vendor["below"] == (min(known) < floor)
        assert vendor["eligible"] == column.is_eligible
    assert data["tried"] is True


def test_a_profile_is_given_on_the_basis(worked):
    slug = table(worked.values()).line.framework.slug
    weights = {"LAB": "60", "SEC": "20", "ENV": "20"}
    WeightProfile.objects.create(
        framework_slug=slug, name="Labour", version=1, weights=weights, reason="Test"
    )
    profiles = script_data(table(worked.values()))["profiles"]
    labour = next(profile for profile in profiles if profile["name"] == "Labour")
    assert labour["base"] == {code: float(text) for code, text in weights.items()}
    assert (labour["part"], labour["outside"]) == (100, {})


def test_a_profile_under_which_others_are_rated_has_to_be_loaded(worked):
    shown = table(worked.values())
    line = shown.line
    first = next(entry for entry in line.entries if entry.gate == scoring.PASS)
    only = replace(first, categories={"ENV": first.categories["ENV"]})
    rest = tuple(entry for entry in line.entries if entry is not first)
    without = Profile(
        "Nothing for ENV", "", {"LAB": Fraction(50), "SEC": Fraction(50), "ENV": Fraction(0)}
    )
    changed = replace(line, entries=(only, *rest), profiles=(line.profile, without))
    own, other = script_data(replace(shown, line=changed))["profiles"]
    assert "base" in own
    assert other == {"name": "Nothing for ENV", "description": ""}


def test_a_handle_says_the_weight_what_it_was_and_what_is_wrong():
    vendors = varied_vendors()
    line = table(vendors, w_LAB="70", lock="LAB").line
    handle = handle_of(line, "LAB")
    assert (handle.text, handle.is_locked, handle.end) == ("70%", True, 100)
    assert handle.was
    assert handle_of(line, LEFT_OUT) is None
    assert trial_of(line).is_tried_out
    wrong = table(vendors, w_LAB="much").line
    assert handle_of(wrong, "LAB").typed == "much"
    assert "is no number" in handle_of(wrong, "LAB").fault
    ((code, name, text),) = trial_of(wrong).faults
    assert (code, name) == ("LAB", wrong.framework.rules.category("LAB").name)
    assert text == handle_of(wrong, "LAB").fault


def test_the_weights_for_a_profile_are_those_of_the_whole_framework():
    line = table(varied_vendors(), w_LAB="70", lock="LAB").line
    query = dict(pair.split("=") for pair in trial_of(line).keep_query.split("&"))
    own = line.profile.weights
    assert set(query) == {f"w_{code}" for code in own}
    assert Fraction(query[f"w_{LEFT_OUT}"]) == own[LEFT_OUT]
    assert abs(sum(map(Fraction, query.values())) - 100) < Fraction(1, 10_000)


def test_a_fault_is_said_at_the_field_and_above(comparison_page):
    vendors = varied_vendors()
    response = comparison_page(*vendors, w_LAB="-3", w_SEC="many")
    html = response.content.decode()
    assert response.status_code == 200
    assert "The weights typed cannot be used, so those of Balanced count." in words(response)
    assert re.search(r'id="w-LAB-said">A weight cannot be below 0\.<', html)
    assert 'href="#w-SEC"' in html
