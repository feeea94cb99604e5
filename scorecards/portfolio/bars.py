"""Numbers to the geometry of bars and lines: shares, ranges and moves.

Pure. Lengths are percentages of the drawing's width, as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor

_FULL = 100.0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: where it starts, how wide it is, which band it is ("" for none)."""

    x: str
    width: str
    kind: str


#: Left free between two parts, in percent of the bar.
_GAP = 0.6


def parts_of(counts: Sequence[tuple[str, int]]) -> tuple[Part, ...]:
    """A bar of shares that fill it from left to right."""
    total = sum(count for _kind, count in counts)
    parts = []
    before = 0
    for kind, count in counts:
        if count:
            x, wide = 100 * before / total, 100 * count / total
            parts.append(Part(f"{x:.2f}%", f"{max(wide - _GAP, 0.4):.2f}%", kind))
        before += count
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class Span:
    """A range on a line from 0 to 100, with one point in it."""

    x: str
    width: str
    at: str


def span_of(low: float, high: float, at: float) -> Span:
    """From the lowest to the highest, with the point between."""
    return Span(f"{low:.1f}%", f"{max(high - low, 0.5):.1f}%", f"{at:.1f}%")


@dataclass(frozen=True, slots=True)
class Step:
    """A move along a line: from where, to where, and what lies between."""

    was: str
    now: str
    x: str
    width: str


def step_of(was: float, now: float, low: float) -> Step:
    """A move on a line that starts at `low` and ends at 100."""
    reach = _FULL - low
    first, last = (100 * (max(value, low) - low) / reach for value in (was, now))
    start, wide = min(first, last), abs(last - first)
    return Step(f"{first:.1f}%", f"{last:.1f}%", f"{start:.1f}%", f"{wide:.1f}%")


def line_from(values: Iterable[float]) -> float:
    """Where a line starts that shows these values: a multiple of ten, 0 to 80."""
    return float(min(max(floor(min(values, default=0.0) / 10) * 10, 0), 80))
