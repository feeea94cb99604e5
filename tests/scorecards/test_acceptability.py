"""How often each place: drawn shares against the worked example, exact shares and what must hold."""

import json
from fractions import Fraction

import pytest

from scorecards.ranking import Candidate, acceptability, differences, rank, winning_share
from tests.vendors.scoring.cases import ROOT

WORKED = json.loads((ROOT / "tests/worked/worked-example.json").read_text(encoding="utf-8"))
WEIGHTS = {"LAB": Fraction(40), "SEC": Fraction(35), "ENV": Fraction(25)}
TOLERANCE = 0.015


def worked_scores():
    """Category scores of the ranked vendors, from the first to the last."""
    return {
        name: {
            code: Fraction(category["score"]["exact"])
            for code, category in WORKED["expected"][name]["categories"].items()
        }
        for name in WORKED["ranking"]["ranked"]
    }


@pytest.mark.parametrize("kind", ["uniform", "centred"])
def test_the_shares_are_those_of_the_worked_example(kind):
    found = getattr(acceptability(worked_scores(), WEIGHTS), kind)
    wanted = WORKED["smaa"][kind]["rank_acceptability"]
    assert set(found) == set(wanted)
    for name, row in wanted.items():
        assert found[name] == pytest.approx(row, abs=TOLERANCE)


def test_uniform_draws_agree_with_the_exact_shares_of_pairs():
    scores = worked_scores()
    for pair, share in WORKED["pairwise_win_uniform"]["values"].items():
        first, second = pair.split(">")
        drawn = acceptability({name: scores[name] for name in (first, second)}, WEIGHTS).uniform
        exact = winning_share(differences(scores[first], scores[second], WEIGHTS).values())
        assert str(exact) == share["exact"].removesuffix("/1")
        assert drawn[first][0] == pytest.approx(float(exact), abs=TOLERANCE)


def test_the_same_seed_gives_the_same_shares_and_another_seed_others():
    scores = worked_scores()
    assert acceptability(scores, WEIGHTS) == acceptability(scores, WEIGHTS)
    assert acceptability(scores, WEIGHTS, seed=1) != acceptability(scores, WEIGHTS)


def test_every_vendor_takes_some_place_in_every_draw():
    found = acceptability(worked_scores(), WEIGHTS)
    for rows in (found.uniform, found.centred):
        for row in rows.values():
            assert sum(row) == pytest.approx(1)
        for place in zip(*rows.values(), strict=True):
            assert sum(place) == pytest.approx(1)


def test_vendors_with_the_same_scores_share_the_place_in_every_draw():
    row = {"LAB": Fraction(100, 3), "SEC": Fraction(200, 7), "ENV": Fraction(5, 11)}
    low = dict.fromkeys(row, Fraction(0))
    found = acceptability({"A": row, "B": dict(row), "C": low}, WEIGHTS)
    assert found.uniform["A"] == found.uniform["B"] == (1, 0, 0)
    assert found.centred["C"] == (0, 0, 1)


def test_a_category_without_weight_has_no_part_about_these_weights():
    scores = {
        "A": {"LAB": Fraction(60), "SEC": Fraction(0)},
        "B": {"LAB": Fraction(50), "SEC": Fraction(100)},
    }
    weights = {"LAB": Fraction(100), "SEC": Fraction(0)}
    found = acceptability(scores, weights)
    assert found.centred["A"] == (1, 0)
    assert found.uniform["A"][0] < 0.2


def test_one_vendor_is_always_first_and_nobody_is_nothing():
    only = {"A": {"LAB": Fraction(1)}}
    assert acceptability(only, {"LAB": Fraction(100)}).centred == {"A": (1,)}
    assert acceptability({}, WEIGHTS).uniform == {}


def test_the_draws_do_not_depend_on_who_else_is_there():
    scores = worked_scores()
    pair = {name: scores[name] for name in ("Aurora", "Dune")}
    alone = acceptability(pair, WEIGHTS).uniform["Aurora"][0]
    ranking = rank(
        [Candidate(name, name, "pass", row, {}) for name, row in scores.items()], WEIGHTS
    )
    assert [item.name for item in ranking.ranked] == WORKED["ranking"]["ranked"]
    assert alone == 1
