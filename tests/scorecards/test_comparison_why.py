"""Where the lead comes from: the page's figures add up, and its plans close the gap."""

from fractions import Fraction

import pytest

from scorecards.comparison import Asked, compare
from tests.scorecards.comparing import words
from vendors.models import Vendor

pytestmark = pytest.mark.django_db


def why_between(worked, *names, **asked):
    ids = tuple(worked[name].public_id for name in names)
    everyone = tuple(vendor.public_id for vendor in worked.values())
    shown = compare(Vendor.objects.all(), Asked(vendor_ids=everyone, pair=ids, **asked))
    return shown.table.why


def test_first_and_second_are_explained_when_nobody_is_named(worked):
    why = why_between(worked)
    assert (why.first.name, why.second.name) == ("Borealis", "Aurora")
    assert why.lead == Fraction(1667, 500)
    assert why.headline == "Borealis is 3.3 points ahead of Aurora."
    assert "brings Borealis the most: 14.1 points." in why.text
    assert "speaks most for Aurora: 15.6 points." in why.text


@pytest.mark.parametrize("pair", [("Aurora", "Dune"), ("Dune", "Aurora"), ("Fjord", "Dune")])
def test_categories_and_criteria_both_add_up_to_the_lead(worked, pair):
    why = why_between(worked, *pair)
    assert {why.first.name, why.second.name} == set(pair)
    assert why.first.rank < why.second.rank
    assert sum(step.lead.points for step in why.steps) == why.lead
    assert why.lead == why.first.overall - why.second.overall
    assert why.others == 0 or len(why.criteria) == 10


def test_all_criteria_add_up_to_the_lead(worked, monkeypatch):
    monkeypatch.setattr("scorecards.comparison.why.lead.MOST_CRITERIA", 100)
    why = why_between(worked, "Borealis", "Fjord")
    assert sum(part.points for part in why.criteria) == why.lead


def test_other_weights_are_explained_too(worked):
    why = why_between(worked, weights={"LAB": "50", "SEC": "30", "ENV": "20"})
    assert why.first.name == "Aurora"
    assert sum(step.lead.points for step in why.steps) == why.lead


def test_a_plan_names_the_fewest_criteria_that_close_the_gap(worked):
    why = why_between(worked, "Aurora", "Fjord")
    proof, better = why.plans
    assert better.reaches
    assert sum(need.points for need in better.needs) >= why.lead
    assert sum(need.points for need in better.needs[:-1]) < why.lead
    if not proof.reaches:
        assert "Proof alone does not do" in proof.text


def test_a_vendor_that_is_not_ranked_cannot_be_explained_so_the_first_two_are(worked):
    why = why_between(worked, "Cinder", "Aurora")
    assert (why.first.name, why.second.name) == ("Borealis", "Aurora")
    assert [column.name for column in why.choices] == ["Borealis", "Aurora", "Fjord", "Dune"]


def test_the_page_says_it_and_carries_its_address_along(comparison_page, worked):
    response = comparison_page(*worked.values(), w_LAB="50", w_SEC="30", w_ENV="20", on="")
    text = words(response)
    assert "Aurora is" in text and "points ahead of Borealis." in text
    assert "What Borealis would need" in text
    assert '<input type="hidden" name="w_LAB" value="50">' in response.content.decode()


def test_one_ranked_vendor_has_no_lead_to_explain(comparison_page, worked):
    text = words(comparison_page(worked["Aurora"], worked["Cinder"]))
    assert "With two ranked vendors, this part says where the lead" in text
