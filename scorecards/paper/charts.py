"""Numbers to the geometry of SVG: what the templates write into attributes.

Pure. Lengths are percentages of the drawing's width, as text; colours are those of the bands,
because page styles do not reach into SVG when a PDF is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

import segno

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


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code: a path of strokes one unit wide, in a square of `size` units with its margin."""

    path: str
    size: int


#: White around a QR code, in units: less and readers miss it.
_QUIET = 4


def qr_code(text: str) -> Code:
    """The QR code of a text, with a quarter of it to spare for damage on paper."""
    made = segno.make(text, error="q", micro=False, boost_error=False)
    strokes = []
    for line, row in enumerate(made.matrix):
        start = 0
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                strokes.append(f"M{start + _QUIET} {line + _QUIET}.5h{width}")
            start += width
    return Code("".join(strokes), len(made.matrix) + 2 * _QUIET)


@dataclass(frozen=True, slots=True)
class PlacePart:
    """One place within a bar of all draws: where it starts, how wide, its shade and its text."""

    x: str
    width: str
    colour: str
    ink: str
    middle: str
    text: str


#: Ink from the first place to the last: a bar of draws is no rating, so it has no band's colour.
_SHADES = ("#161d2b", "#525c6d", "#858d9c", "#b3b9c4", "#d0d5dd", "#e4e7ec")
#: A part this wide has room for its place.
_ROOM = Fraction(6)


def places_bar(shares: Sequence[Any]) -> tuple[PlacePart, ...]:
    """The bar of a vendor's shares of places, from the first on; shares add up to 1."""
    parts, start = [], Fraction(0)
    for place, share in enumerate(shares, 1):
        width = 100 * Fraction(share)
        shade = min(place, len(_SHADES)) - 1
        if width:
            gap = min(_GAP, width / 2) if start + width < 100 else Fraction(0)
            parts.append(
                PlacePart(
                    x=length(start),
                    width=length(width - gap),
                    colour=_SHADES[shade],
                    ink="#ffffff" if shade < 3 else "#161d2b",
                    middle=length(start + (width - gap) / 2),
                    text=str(place) if width >= _ROOM else "",
                )
            )
        start += width
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class LeadBar:
    """Points ahead to the right of the middle, behind to the left."""

    x: str
    width: str
    colour: str


def lead_bar(points: Fraction, most: Fraction) -> LeadBar:
    """The bar of some points, where `most` points fill one half."""
    half = 50 * min(abs(points) / most, Fraction(1)) if most else Fraction(0)
    if points < 0:
        return LeadBar(length(50 - half), length(half), _SHADES[3])
    return LeadBar(length(Fraction(50)), length(half), _SHADES[0])
