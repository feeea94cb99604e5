"""How often each vendor takes each place, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scorecards.comparison.certainty import Certainty
from scorecards.comparison.phrases import place_text, share_text
from scorecards.ranking import Ranking
from vendors import scoring

#: Places with a part of the bar of their own; all further ones share the last part.
PARTS = 4
#: Parts narrower than this, in percent, are not drawn: they would be a smear.
_LEAST = Fraction(1, 20)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: x and width in percent of it, the number of its shade."""

    shade: int
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Bar:
    """The places of one vendor: parts, how often it comes first, and all of it in words."""

    parts: tuple[Part, ...]
    first: str
    text: str


@dataclass(frozen=True, slots=True)
class DrawRow:
    """One vendor: about the weights that count, and with no opinion on weights."""

    key: str
    name: str
    centred: Bar
    uniform: Bar


@dataclass(frozen=True, slots=True)
class Draws:
    """A row a ranked vendor, the one that comes first most often at the top.

    `places` are what the shades stand for. Empty with fewer than two ranked vendors.
    """

    samples: str
    seed: str
    rows: tuple[DrawRow, ...]
    places: tuple[str, ...]
    first_key: str
    first_share: str


def draws_of(ranking: Ranking, certainty: Certainty) -> Draws:
    """The bars of an order."""
    drawn, placed = certainty.draws, ranking.placed
    samples, seed = f"{drawn.samples:,}", str(drawn.seed)
    if len(placed) < 2 or not drawn.centred:
        return Draws(samples, seed, (), (), "", "")
    rows = [
        DrawRow(item.key, item.name, _bar(drawn.centred[item.key]), _bar(drawn.uniform[item.key]))
        for item in placed
    ]
    rows.sort(key=lambda row: drawn.centred[row.key][0], reverse=True)
    first = placed[0].key
    return Draws(
        samples=samples,
        seed=seed,
        rows=tuple(rows),
        places=tuple(place_text(place) for place in range(1, min(len(placed), PARTS) + 1)),
        first_key=first,
        first_share=f"{drawn.centred[first][0]:.6f}",
    )


def _bar(shares: Sequence[float]) -> Bar:
    parts, x = [], Fraction(0)
    grouped = [*shares[: PARTS - 1], sum(shares[PARTS - 1 :])]
    for shade, share in enumerate(grouped, start=1):
        width = 100 * Fraction(share)
        if width >= _LEAST:
            parts.append(Part(shade, f"{scoring.shown(x, 2)}%", f"{scoring.shown(width, 2)}%"))
        x += width
    told = (
        f"{place_text(place)} {share_text(share, 0)}"
        for place, share in enumerate(shares, start=1)
        if share
    )
    return Bar(tuple(parts), share_text(shares[0], 0), ", ".join(told))
