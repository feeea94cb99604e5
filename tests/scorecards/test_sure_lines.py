"""The geometry of the chart: who is on top where, what fits, and labels that do not overlap."""

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scorecards.comparison import lines as geometry
from scorecards.comparison.lines import Stretch, levels, scale_of, score_at, spread, stretches

SCORES = st.fractions(min_value=0, max_value=100, max_denominator=12)
LINES = st.dictionaries(st.sampled_from("ABCDEFGHIJ"), st.tuples(SCORES, SCORES), min_size=1)


def test_two_lines_that_cross():
    lines = {"A": (Fraction(80), Fraction(60)), "B": (Fraction(60), Fraction(80))}
    assert stretches(lines) == (
        Stretch(("A",), Fraction(0), Fraction(50)),
        Stretch(("B",), Fraction(50), Fraction(100)),
    )


def test_a_line_that_touches_the_top_at_an_end_is_never_first():
    lines = {"A": (Fraction(80), Fraction(60)), "B": (Fraction(10), Fraction(60))}
    assert stretches(lines) == (Stretch(("A",), Fraction(0), Fraction(100)),)


def test_same_lines_are_first_together():
    line = (Fraction(80), Fraction(60))
    assert stretches({"A": line, "B": line})[0].keys == ("A", "B")


@given(LINES)
def test_nobody_is_above_who_is_first(lines):
    found = stretches(lines)
    assert [found[0].start, found[-1].end] == [0, 100]
    assert all(one.end == two.start for one, two in pairwise(found))
    for stretch in found:
        assert stretch.start < stretch.end
        for part in range(1, 8):
            weight = stretch.start + (stretch.end - stretch.start) * part / 8
            top = max(score_at(line, weight) for line in lines.values())
            at_top = {key for key, line in lines.items() if score_at(line, weight) == top}
            assert at_top == set(stretch.keys)


@given(LINES)
def test_the_scale_holds_every_line_in_a_few_even_steps(lines):
    scale = scale_of(lines)
    ends = [end for line in lines.values() for end in line]
    assert 0 <= scale.low <= min(ends) <= max(ends) <= scale.high <= 100
    assert 2 <= len(scale.ticks) <= 7
    assert scale.ticks[-1] == scale.high
    for end in ends:
        assert geometry.TOP <= scale.y(end) <= geometry.TOP + geometry.PLOT


@given(st.lists(st.fractions(geometry.TOP, geometry.TOP + geometry.PLOT), max_size=10))
def test_labels_keep_their_order_and_their_distance(heights):
    found = spread(heights)
    assert len(found) == len(heights)
    placed = sorted(zip(heights, found, strict=True), key=lambda pair: pair[1])
    assert [pair[0] for pair in placed] == sorted(heights)
    for (_, one), (_, other) in pairwise(placed):
        assert other - one >= geometry.GAP
    assert all(0 <= height <= geometry.TOP + geometry.PLOT for height in found)


def test_labels_close_together_stand_above_one_another():
    assert levels([Fraction(x) for x in (10, 15, 18, 60, 90, 95)]) == (0, 1, 2, 0, 0, 1)
