"""Figures, bands, levels and terms as pages print them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendors.countries import COUNTRIES
from vendors.templatetags import figures

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("value", "one", "whole"),
    [
        (Fraction(1529, 20), "76.5", "76"),
        (Fraction(153, 2), "76.5", "77"),
        (Decimal("69.95"), "70.0", "70"),
        (69.95, "70.0", "70"),
        ("76.45", "76.5", "76"),
        ({"exact": "153/2", "value": "76.5"}, "76.5", "77"),
        (0, "0.0", "0"),
        (100, "100.0", "100"),
        (None, "Not rated", "Not rated"),
        ("", "Not rated", "Not rated"),
        ("n/a", "Not rated", "Not rated"),
    ],
)
def test_scores_are_rounded_half_up_from_exact_values(value, one, whole):
    assert figures.score1(value) == one
    assert figures.score0(value) == whole


@given(st.fractions(min_value=0, max_value=100))
def test_a_shown_score_is_never_further_than_half_a_step(value):
    assert abs(Fraction(figures.score1(value)) - value) <= Fraction(1, 20)
    assert abs(Fraction(figures.score0(value)) - value) <= Fraction(1, 2)


def test_differences_carry_a_true_sign():
    assert figures.signed1(Fraction(-31, 5)) == "\u22126.2"
    assert figures.signed1(Decimal("2.65")) == "+2.7"
    assert figures.signed1(Fraction(-1, 100)) == "0.0"
    assert figures.signed1(None) == "\u2013"


def test_widths_stay_inside_the_bar():
    assert figures.width(Fraction(1, 3)) == "0.3%"
    assert figures.width(130) == "100.0%"
    assert figures.width(-1) == "0.0%"
    assert figures.width(None) == "0.0%"


def test_shares():
    assert figures.percent0(Fraction(1, 2)) == "1%"
    assert figures.share_of(41, 65) == Fraction(4100, 65)
    assert figures.share_of(1, 0) == 0
    assert figures.plus("1/3", None) == Fraction(1, 3)


def test_bands_and_levels_are_taken_from_letters_and_from_the_framework():
    band = SimpleNamespace(value="B", label="Good")
    assert figures.band_class("A") == "band-a"
    assert figures.band_class(band) == "band-b"
    assert figures.band_class(None) == "band-n"
    assert figures.band_class("A onclick") == "band-n"
    assert figures.level_label("rejected") == "Contradicted"
    assert figures.level_label(None) == ""


def test_people_countries_and_spans():
    assert figures.initials("Maya Rose Okafor") == "MO"
    assert figures.initials("maya") == "M"
    assert figures.initials("") == ""
    assert figures.country_name("ph") == "Philippines"
    assert figures.country_name("ZZ") == "ZZ"
    assert len(COUNTRIES) == 249
    assert all(re.fullmatch("[A-Z]{2}", code) for code in COUNTRIES)
    assert list(COUNTRIES) == sorted(COUNTRIES)
    assert figures.minutes(timedelta(minutes=14, seconds=1)) == 15


@pytest.mark.parametrize(
    ("days", "state"),
    [(91, "valid"), (90, "soon"), (15, "soon"), (14, "urgent"), (0, "urgent"), (-1, "ended")],
)
def test_a_certification_warns_at_90_and_at_14_days(days, state):
    run = figures.term(TODAY - timedelta(days=100), TODAY + timedelta(days=days), TODAY)
    assert run.state == state
    assert run.days_left == days
    expected = Fraction(100 * 100, 100 + days) if days >= 0 else 100
    assert run.passed == expected


def test_a_term_without_dates_has_no_share():
    assert figures.term(None, None, TODAY).state == "open"
    assert figures.term(None, TODAY, TODAY).passed is None
    assert figures.term(TODAY + timedelta(days=9), TODAY + timedelta(days=10), TODAY).passed == 0


def test_a_second_click_turns_the_order():
    assert figures.next_order("name", "score", "-") == "-score"
    assert figures.next_order("-score", "score", "-") == "score"
    assert figures.next_order("name", "name") == "-name"
    assert figures.aria_sort("-score", "score") == ' aria-sort="descending"'
    assert figures.aria_sort("-score", "name") == ""
