"""Numbers to the geometry of SVG: what the templates write into attributes.

Pure. Lengths are percentages of the drawing's width, as text; colours are those of the bands,
because page styles do not reach into SVG when a PDF is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from vendors import scoring

COLOURS = {"A": "#085078", "B": "#1f7862", "C": "#756c08", "D": "#7a3206", "E": "#a8123a"}
NEUTRAL = "#858d9c"
#: White between two bands of the scale, in points of 100.
_GAP = Fraction(2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """A share of the full width."""

    width: str
    colour: str


@dataclass(frozen=True, slots=True)
class BandPart:
    """One band on the scale from 0 to 100: where it starts, how wide it is, what it is called."""

    x: str
    width: str
    colour: str
    letter: str
    label: str


@dataclass(frozen=True, slots=True)
class BandScale:
    """All bands from left to right, and where the score lies; `marker` is "" without a score."""

    parts: tuple[BandPart, ...]
    marker: str
    label_at: str
    anchor: str


def length(value: Fraction) -> str:
    """Points of 100 as a percentage with one decimal, kept within the drawing."""
    within = min(max(value, Fraction(0)), Fraction(100))
    return f"{scoring.shown(within)}%"


def bar(value: str | None, band: str | None) -> Bar:
    """The bar of a score, given exactly ("295/3"); nothing is drawn for None."""
    return Bar(length(Fraction(value or 0)), COLOURS.get(band or "", NEUTRAL))


def band_scale(bands: Sequence[Mapping[str, Any]], value: str | None) -> BandScale:
    """The scale of a framework's bands, given from best to worst as content keeps them."""
    parts = []
    for band in reversed(bands):
        low, high = Fraction(band["min"]), Fraction(band["max"])
        gap = Fraction(0) if high == 100 else _GAP
        colour = COLOURS.get(band["value"], NEUTRAL)
        parts.append(
            BandPart(length(low), length(high - low - gap), colour, band["value"], band["label"])
        )
    if value is None:
        return BandScale(tuple(parts), "", "", "middle")
    score = Fraction(value)
    anchor = "start" if score < 5 else "end" if score > 95 else "middle"
    return BandScale(tuple(parts), length(min(score, Fraction(199, 2))), length(score), anchor)
