"""The sentences of a comparison: every template fills in, every figure reads as it should."""

import re
from fractions import Fraction

import pytest

from scorecards.comparison.phrases import (
    flip_texts,
    listed,
    percent,
    phrases,
    place_text,
    points_text,
    share_text,
)
from scorecards.comparison.words import lead_of, ties_of
from scorecards.ranking import Flip
from tests.scorecards.surely import line_of


def test_templates_hold_named_texts_and_no_other_percent_sign():
    found = phrases()
    assert len(found) > 35
    for name, text in found.items():
        assert "%" not in re.sub(r"%\([a-z]+\)s", "", text), name
        assert text % dict.fromkeys(re.findall(r"%\((\w+)\)s", text), "x")


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ({"A": [76.45] * 3, "B": [73.84] * 3}, "A leads B by 2.7 points."),
        ({"A": ["50.001", 50, 50], "B": [50] * 3}, "A leads B by less than 0.1 points."),
        ({"A": [50] * 3, "B": [50] * 3, "C": [1] * 3}, "A and B share the first place with 50.0."),
        ({"A": [50] * 3, "B": [9] * 3, "C": [9] * 3}, "A leads B and C by 41.0 points."),
        ({"A": [50] * 3}, "Only A can be ranked, with 50.0."),
        ({}, "No vendor can be ranked."),
    ],
)
def test_the_lead(scores, said):
    values = {name: [Fraction(str(x)) for x in row] for name, row in scores.items()}
    assert lead_of(line_of(values, (40, 35, 25)).ranking) == said


def test_shared_places_below_the_first():
    ranking = line_of({"A": [50] * 3, "B": [9] * 3, "C": [9] * 3}, (40, 35, 25)).ranking
    assert ties_of(ranking) == ("B and C share place 2 with 9.0.",)


@pytest.mark.parametrize(
    ("share", "places", "text"),
    [
        (Fraction(1), 1, "100%"),
        (Fraction(0), 1, "0%"),
        (Fraction(698, 1000), 1, "69.8%"),
        (Fraction(1, 2), 1, "50.0%"),
        (Fraction(99996, 100000), 1, "over 99.9%"),
        (Fraction(1, 100000), 1, "under 0.1%"),
        (0.996, 0, "over 99%"),
        (0.0001, 0, "under 1%"),
        (0.5, 0, "50%"),
        (1.0, 0, "100%"),
    ],
)
def test_a_share_is_never_rounded_to_certainty(share, places, text):
    assert share_text(share, places) == text


@pytest.mark.parametrize(
    ("weight", "at", "texts"),
    [
        (15, Fraction(45, 2), ("15%", "22.5%")),
        (15, Fraction("15.02"), ("15%", "15.02%")),
        (Fraction("15.001"), Fraction("15.002"), ("15.001%", "15.002%")),
    ],
)
def test_weights_have_the_decimals_that_tell_them_apart(weight, at, texts):
    assert flip_texts(Flip("X", Fraction(weight), Fraction(at))) == texts


def test_points_keep_their_sign_and_are_never_shown_as_nothing():
    assert points_text(Fraction(15, 2), sign=True) == "+7.5"
    assert points_text(Fraction(-3), sign=True) == "\N{MINUS SIGN}3.0"
    assert points_text(Fraction(1, 100)) == "0.01"


def test_places_lists_and_weights():
    assert [place_text(place) for place in (1, 2, 3, 4, 10)] == ["1st", "2nd", "3rd", "4th", "10th"]
    assert [listed([]), listed("A"), listed("AB"), listed("ABC")] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]
    assert [percent(Fraction(15)), percent(Fraction(20)), percent(Fraction(25, 3))] == [
        "15%",
        "20%",
        "8.3%",
    ]
