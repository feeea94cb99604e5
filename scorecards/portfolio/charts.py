"""Numbers to the geometry of the portfolio's charts: what templates write into SVG attributes.

Pure. Lengths along x are percentages of the drawing's width, as text, so that a chart fits any
column; heights are pixels. Page and document draw from the same values.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor

#: The plot of score against confidence, inside its axes: percent across, pixels down.
LEFT, RIGHT = 5.0, 97.0
TOP, BOTTOM = 14.0, 374.0
HEIGHT = 400
#: Radius of a point by tier; a vendor without one is drawn as the lowest.
RADII = {1: 8.0, 2: 6.5, 3: 5.0}
#: More points than this are drawn without their names.
MOST_LABELS = 60
#: A drawing of this width in pixels decides where names fit; wider ones leave more room.
_USUAL_WIDTH = 740
_LETTER = 6.4
_LINE = 12.0
#: The least that an axis spans, so that few vendors do not look far apart.
_LEAST_SPAN = 20.0
_FULL = 100.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of an axis: where it lies and what it says."""

    at: str
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of an axis, from a round number up to 100."""

    low: float
    high: float
    step: float

    def share(self, value: float) -> float:
        """How far along a value lies, 0 to 1."""
        within = min(max(value, self.low), self.high)
        return (within - self.low) / (self.high - self.low)

    @property
    def steps(self) -> list[float]:
        """The values that are labelled, the lowest one aside."""
        count = round((self.high - self.low) / self.step)
        return [self.low + self.step * place for place in range(1, count + 1)]


def axis_of(values: Iterable[float]) -> Axis:
    """The axis that holds these values, 0 to 100."""
    least = min(values, default=0.0)
    step = 5.0
    low = min(floor((least - 1) / step) * step, _FULL - _LEAST_SPAN)
    if _FULL - low > 8 * step:
        step = 10.0
        low = floor(low / step) * step
    return Axis(max(low, 0.0), _FULL, step)


def across(axis: Axis, value: float) -> str:
    """Where a value lies from left to right, in percent of the width."""
    return f"{LEFT + (RIGHT - LEFT) * axis.share(value):.2f}%"


def down(axis: Axis, value: float) -> str:
    """Where a value lies from top to bottom, in pixels: high values on top."""
    return f"{BOTTOM - (BOTTOM - TOP) * axis.share(value):.1f}"


@dataclass(frozen=True, slots=True)
class Zone:
    """The part of the plot that is one band."""

    y: str
    height: str
    label_y: str
    letter: str
    label: str


def zones_of(axis: Axis, bands: Sequence[tuple[str, str, float]]) -> tuple[Zone, ...]:
    """The bands, given best first with the score each starts from, as far as the axis shows them."""
    zones = []
    high = _FULL
    for letter, label, least in bands:
        bottom, top = max(least, axis.low), max(high, axis.low)
        high = least
        if top <= bottom:
            continue
        y, end = float(down(axis, top)), float(down(axis, bottom))
        if end - y >= _LINE:
            zones.append(Zone(f"{y:.1f}", f"{end - y:.1f}", f"{y + 14:.1f}", letter, label))
    return tuple(zones)


@dataclass(frozen=True, slots=True)
class Point:
    """One vendor to draw: score and confidence, 0 to 100."""

    name: str
    score: float
    confidence: float
    tier: int | None
    #: Which thing of the caller's it stands for.
    place: int = 0


@dataclass(frozen=True, slots=True)
class Dot:
    """A point as it is drawn; `label` is "" where the name does not fit."""

    x: str
    y: str
    radius: float
    label: str
    label_y: str
    on_left: bool
    place: int

    @property
    def shift(self) -> int:
        """How far the name stands from the point."""
        return -12 if self.on_left else 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of the plot with the number of vendors in it; ranges are half-open."""

    x: str
    y: str
    width: str
    height: str
    text_x: str
    text_y: str
    #: How strongly it is filled, from 0 to 1.
    strength: str
    count: int
    score_from: int
    score_to: int
    confidence_from: int
    confidence_to: int


@dataclass(frozen=True, slots=True)
class Plot:
    """Score against confidence: the frame, and points or cells in it."""

    zones: tuple[Zone, ...]
    across: tuple[Tick, ...]
    down: tuple[Tick, ...]
    dots: tuple[Dot, ...] = ()
    cells: tuple[Cell, ...] = ()

    @property
    def height(self) -> int:
        """The height of the drawing in pixels."""
        return HEIGHT


def _frame(
    x: Axis, y: Axis, bands: Sequence[tuple[str, str, float]]
) -> tuple[tuple[Zone, ...], tuple[Tick, ...], tuple[Tick, ...]]:
    lines = tuple(Tick(across(x, value), f"{value:.0f}") for value in x.steps)
    starts = [least for _letter, _label, least in bands if least > y.low]
    return zones_of(y, bands), lines, tuple(Tick(down(y, at), f"{at:g}") for at in starts)


def plot_of(points: Sequence[Point], bands: Sequence[tuple[str, str, float]]) -> Plot:
    """Each point with its name, where there is room for it."""
    x = axis_of(point.confidence for point in points)
    y = axis_of(point.score for point in points)
    zones, lines, starts = _frame(x, y, bands)
    return Plot(zones, lines, starts, dots=tuple(_dots(points, x, y)))


def _dots(points: Sequence[Point], x: Axis, y: Axis) -> list[Dot]:
    taken = [_box(point, x, y, RADII[1], RADII[1]) for point in points]
    dots = []
    for point in points:
        label, on_left = point.name, False
        room = _room(point, x, y, taken) if len(points) <= MOST_LABELS else None
        if room is None:
            label = ""
        else:
            on_left, box = room
            taken.append(box)
        spot = float(down(y, point.score))
        radius = RADII.get(point.tier or 3, RADII[3])
        dots.append(
            Dot(
                x=across(x, point.confidence),
                y=f"{spot:.1f}",
                radius=radius,
                label=label,
                label_y=f"{spot + 4:.1f}",
                on_left=on_left,
                place=point.place,
            )
        )
    return dots


Box = tuple[float, float, float, float]


def _centre(point: Point, x: Axis, y: Axis) -> tuple[float, float]:
    percent = LEFT + (RIGHT - LEFT) * x.share(point.confidence)
    return percent * _USUAL_WIDTH / 100, float(down(y, point.score))


def _box(point: Point, x: Axis, y: Axis, wide: float, high: float) -> Box:
    at, spot = _centre(point, x, y)
    return at - wide, spot - high, at + wide, spot + high


def _room(point: Point, x: Axis, y: Axis, taken: list[Box]) -> tuple[bool, Box] | None:
    """Whether the name goes to the left, and the box that it fills; None where it fits nowhere."""
    at, spot = _centre(point, x, y)
    long = len(point.name) * _LETTER
    for on_left in (False, True):
        start = at - 12 - long if on_left else at + 12
        box = (start, spot - _LINE / 2, start + long, spot + _LINE / 2)
        inside = box[0] >= 0 and box[2] <= _USUAL_WIDTH
        if inside and not any(_touch(box, other) for other in taken):
            return on_left, box
    return None


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


#: The side of a cell, in points of score and percent of confidence.
SIDE = 5


def cell_of(score: float, confidence: float) -> tuple[int, int]:
    """The cell of a figure, as the lower ends of its score and confidence; 100 is in the last."""
    last = 100 - SIDE
    return (
        min(floor(score / SIDE) * SIDE, last),
        min(floor(confidence / SIDE) * SIDE, last),
    )


def grid_of(
    counts: Sequence[tuple[int, int, int]], bands: Sequence[tuple[str, str, float]]
) -> Plot:
    """Cells with their counts: score from, confidence from, vendors."""
    x = axis_of(confidence for _score, confidence, _count in counts)
    y = axis_of(score for score, _confidence, _count in counts)
    zones, lines, starts = _frame(x, y, bands)
    most = max((count for _score, _confidence, count in counts), default=1)
    cells = tuple(_cell(entry, most, x, y) for entry in counts)
    return Plot(zones, lines, starts, cells=cells)


def _cell(entry: tuple[int, int, int], most: int, x: Axis, y: Axis) -> Cell:
    score, confidence, count = entry
    top, bottom = float(down(y, score + SIDE)), float(down(y, score))
    left = LEFT + (RIGHT - LEFT) * x.share(confidence)
    wide = (RIGHT - LEFT) * (x.share(confidence + SIDE) - x.share(confidence))
    return Cell(
        x=f"{left + 0.1:.2f}%",
        y=f"{top + 1:.1f}",
        width=f"{wide - 0.2:.2f}%",
        height=f"{bottom - top - 2:.1f}",
        text_x=f"{left + wide / 2:.2f}%",
        text_y=f"{(top + bottom) / 2 + 4:.1f}",
        strength=f"{0.12 + 0.6 * ceil(10 * count / most) / 10:.2f}",
        count=count,
        score_from=score,
        score_to=score + SIDE,
        confidence_from=confidence,
        confidence_to=confidence + SIDE,
    )
