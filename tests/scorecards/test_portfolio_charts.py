"""The geometry of the portfolio's charts: what lies where, and what is left out."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.portfolio.bars import line_from, parts_of, span_of, step_of
from scorecards.portfolio.charts import (
    BOTTOM,
    LEFT,
    MOST_LABELS,
    RIGHT,
    SIDE,
    TOP,
    Point,
    across,
    axis_of,
    cell_of,
    down,
    grid_of,
    plot_of,
)

BANDS = [
    ("A", "Leading", 85.0),
    ("B", "Good", 70.0),
    ("C", "Acceptable", 55.0),
    ("D", "Weak", 40.0),
]
BANDS += [("E", "Unacceptable", 0.0)]
figures = st.floats(min_value=0, max_value=100, allow_nan=False)


def percent(text: str) -> float:
    return float(text.removesuffix("%"))


@given(st.lists(figures, max_size=20))
def test_an_axis_holds_its_values_and_spans_twenty_at_least(values) -> None:
    axis = axis_of(values)
    assert 0 <= axis.low <= 80
    assert axis.high == 100
    assert axis.low % axis.step == 0
    assert 2 <= len(axis.steps) <= 10
    assert axis.steps[-1] == 100
    assert all(axis.low <= value <= axis.high for value in values)


@given(st.lists(st.tuples(figures, figures), min_size=1, max_size=20))
def test_every_point_lies_in_the_frame_in_its_order(values) -> None:
    points = [Point(f"V{i}", s, c, 1, i) for i, (s, c) in enumerate(values)]
    plot = plot_of(points, BANDS)
    assert [dot.place for dot in plot.dots] == list(range(len(points)))
    for dot in plot.dots:
        assert LEFT <= percent(dot.x) <= RIGHT
        assert TOP <= float(dot.y) <= BOTTOM
    for one, other in itertools.combinations(zip(points, plot.dots, strict=True), 2):
        if one[0].score > other[0].score:
            assert float(one[1].y) <= float(other[1].y)
        if one[0].confidence > other[0].confidence:
            assert percent(one[1].x) >= percent(other[1].x)


def test_bands_fill_the_plot_without_gaps() -> None:
    plot = plot_of([Point("Low", 12, 50, 1)], BANDS)
    assert [zone.letter for zone in plot.zones] == ["A", "B", "C", "D", "E"]
    assert float(plot.zones[0].y) == TOP
    for one, other in itertools.pairwise(plot.zones):
        assert float(one.y) + float(one.height) == pytest.approx(float(other.y), abs=0.2)
    last = plot.zones[-1]
    assert float(last.y) + float(last.height) == pytest.approx(BOTTOM, abs=0.2)
    assert [tick.label for tick in plot.down] == ["85", "70", "55", "40"]


def test_a_band_below_the_axis_is_not_drawn() -> None:
    plot = plot_of([Point("High", 92, 95, 2)], BANDS)
    assert [zone.letter for zone in plot.zones] == ["A", "B"]
    assert [tick.label for tick in plot.down] == ["85"]


def test_names_never_lie_over_each_other_or_leave_the_drawing() -> None:
    near = [Point("Aldermoor", 80 + i / 10, 80, 1, i) for i in range(6)]
    named = [dot for dot in plot_of(near, BANDS).dots if dot.label]
    assert [dot.on_left for dot in named] == [False, True]
    edge = plot_of([Point("Brackwater Records", 80, 100, 3)], BANDS).dots[0]
    assert edge.on_left
    assert edge.shift < 0
    many = [Point("Name", i % 100, (7 * i) % 100, 1, i) for i in range(MOST_LABELS + 1)]
    assert not any(dot.label for dot in plot_of(many, BANDS).dots)


def test_tiers_differ_in_size() -> None:
    points = [Point("V", 80, 60 + 10 * tier, tier) for tier in (1, 2, 3)]
    sizes = [dot.radius for dot in plot_of(points, BANDS).dots]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 3


@given(figures, figures)
def test_a_cell_holds_its_figures(score, confidence) -> None:
    low, left = cell_of(score, confidence)
    assert low <= score
    assert left <= confidence
    assert score < low + SIDE or (score == 100 and low == 95)
    assert confidence < left + SIDE or (confidence == 100 and left == 95)


def test_cells_lie_side_by_side_and_the_fullest_is_strongest() -> None:
    plot = grid_of([(80, 85, 40), (80, 90, 4), (75, 85, 1)], BANDS)
    first, right, below = plot.cells
    assert percent(first.x) + percent(first.width) < percent(right.x)
    assert first.y == right.y
    assert float(first.y) + float(first.height) < float(below.y)
    assert float(first.strength) > float(right.strength) >= float(below.strength) > 0
    assert (first.score_to, first.confidence_to) == (85, 90)


@given(st.lists(st.integers(min_value=0, max_value=50), max_size=8))
def test_parts_of_a_bar_keep_their_order_and_fit(counts) -> None:
    parts = parts_of([(str(place), count) for place, count in enumerate(counts)])
    assert [part.kind for part in parts] == [str(i) for i, count in enumerate(counts) if count]
    for one, other in itertools.pairwise(parts):
        assert percent(one.x) + percent(one.width) <= percent(other.x) + 0.41
    assert all(percent(part.x) + percent(part.width) <= 100.41 for part in parts)


def test_a_range_and_a_move_on_their_lines() -> None:
    span = span_of(44, 92, 69)
    assert (span.x, span.width, span.at) == ("44.0%", "48.0%", "69.0%")
    up = step_of(72.4, 76.5, 30)
    assert (up.was, up.now, up.x, up.width) == ("60.6%", "66.4%", "60.6%", "5.9%")
    back = step_of(76.5, 72.4, 30)
    assert (back.x, back.width) == (up.x, up.width)
    assert line_from([72.4, 37.6]) == 30
    assert line_from([]) == 0
    assert line_from([99]) == 80


def test_text_of_a_place_is_in_percent_across_and_pixels_down() -> None:
    axis = axis_of([50])
    assert across(axis, 100) == f"{RIGHT:.2f}%"
    assert down(axis, 100) == f"{TOP:.1f}"
