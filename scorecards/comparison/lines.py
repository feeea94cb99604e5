"""The chart of score against one weight: straight lines, and who is on top where. Pure geometry.

x is a weight in percent of the width, y a height in pixels from the top. `static/js/sure.js` draws
the same while somebody moves a weight.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from vendors import scoring

#: Pixels: above the plot stands the weight now, below it the scale.
TOP, PLOT, BOTTOM = 36, 252, 26
HEIGHT = TOP + PLOT + BOTTOM
#: Labels at the ends of lines are at least this far apart.
GAP = 17
#: Labels of crossings closer than this, in percent of the width, are set above one another.
NEAR = 9
_STEPS = (1, 2, 5, 10, 20)
_MOST_TICKS = 6

#: By key the score with the weight at 0 and at 100 percent.
Lines = Mapping[str, tuple[Fraction, Fraction]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Who is on top from one weight to another; several where their lines are the same."""

    keys: tuple[str, ...]
    start: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True)
class Scale:
    """The scores from the foot of the plot to its top, and the marks between them."""

    low: int
    high: int
    step: int

    @property
    def ticks(self) -> tuple[int, ...]:
        """The marks, from below."""
        return tuple(range(self.low, self.high + 1, self.step))

    def y(self, score: Fraction) -> Fraction:
        """The height of a score."""
        return TOP + PLOT * (self.high - score) / (self.high - self.low)


def score_at(line: tuple[Fraction, Fraction], weight: Fraction) -> Fraction:
    """The score at a weight in percent."""
    return line[0] + (line[1] - line[0]) * weight / 100


def stretches(lines: Lines) -> tuple[Stretch, ...]:
    """Who is first, from weight 0 to 100. A line that only touches the top at an end is not on it."""
    found: list[Stretch] = []
    start, top = Fraction(0), _top_at_none(lines)
    while top is not None:
        crossing = _next_crossing(lines, top, start)
        end = crossing[0] if crossing else Fraction(100)
        same = tuple(key for key, line in lines.items() if line == lines[top])
        found.append(Stretch(same, start, end))
        start, top = end, crossing[1] if crossing else None
    return tuple(found)


def _top_at_none(lines: Lines) -> str | None:
    """The line on top just right of weight 0."""
    return max(lines, key=lambda key: (lines[key][0], lines[key][1]), default=None)


def _next_crossing(lines: Lines, top: str, start: Fraction) -> tuple[Fraction, str] | None:
    """Where the next line comes to the top after a weight, and which; the steepest of several."""
    none, full = lines[top]
    found = []
    for key, (other_none, other_full) in lines.items():
        gain = (other_full - other_none) - (full - none)
        if gain > 0:
            at = 100 * (none - other_none) / gain
            if start < at < 100:
                found.append((at, -gain, key))
    if not found:
        return None
    at, _gain, key = min(found)
    return at, key


def scale_of(lines: Lines) -> Scale:
    """The smallest scale in even steps that holds every end of a line."""
    ends = [end for line in lines.values() for end in line]
    least, most = min(ends), max(ends)
    for step in _STEPS:
        low, high = math.floor(least / step) * step, math.ceil(most / step) * step
        if low == high:
            low, high = (low - step, high) if high else (low, high + step)
        if (high - low) // step <= _MOST_TICKS:
            break
    return Scale(low, high, step)


def spread(heights: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Heights moved apart so that labels do not overlap, in the order given."""
    order = sorted(range(len(heights)), key=lambda place: heights[place])
    moved = [heights[place] for place in order]
    for place in range(1, len(moved)):
        moved[place] = max(moved[place], moved[place - 1] + GAP)
    limit = Fraction(TOP + PLOT)
    for place in reversed(range(len(moved))):
        moved[place] = min(moved[place], limit)
        limit = moved[place] - GAP
    found = dict(zip(order, moved, strict=True))
    return tuple(found[place] for place in range(len(heights)))


def levels(weights: Sequence[Fraction]) -> tuple[int, ...]:
    """How many rows up the label of each crossing stands, the crossings from left to right."""
    found: list[int] = []
    for place, weight in enumerate(weights):
        is_near = place > 0 and weight - weights[place - 1] < NEAR
        found.append((found[-1] + 1) % 3 if is_near else 0)
    return tuple(found)


def px(height: Fraction) -> str:
    """A height as SVG writes it."""
    return scoring.shown(height, 1)
