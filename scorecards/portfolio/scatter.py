"""Score against confidence: a point a vendor, or cells with counts where there are many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scorecards.portfolio.charts import SIDE, Cell, Dot, Plot, Point, cell_of, grid_of, plot_of
from scorecards.portfolio.links import Links
from scorecards.portfolio.rows import Named, Row
from vendors import scoring

#: Points that are drawn one by one; more are counted in cells.
MOST_POINTS = 300


@dataclass(frozen=True, slots=True)
class Mark:
    """A vendor with its figures and the point that stands for it."""

    vendor: Named
    tier: int | None
    score: float
    confidence: float
    band: str
    gate: str
    dot: Dot

    @property
    def is_eligible(self) -> bool:
        """Whether all must-haves pass."""
        return self.gate == scoring.PASS


@dataclass(frozen=True, slots=True)
class Group:
    """A cell and the list of the vendors in it."""

    cell: Cell
    url: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """The chart: marks or groups, never both; the highest scores first."""

    plot: Plot
    marks: tuple[Mark, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.marks and not self.groups


def drawn(rows: Sequence[Row]) -> list[tuple[float, float, Row]]:
    """The vendors with both figures: score, confidence, row; the highest score first."""
    found = [
        (row.score, row.confidence, row)
        for row in rows
        if row.score is not None and row.confidence is not None
    ]
    return sorted(found, key=lambda entry: (-entry[0], entry[2].key))


def bands_of(rules: scoring.Scoring) -> list[tuple[str, str, float]]:
    """The bands as charts take them."""
    return [(band.value, band.label, float(band.min)) for band in rules.bands]


def scatter_of(
    found: Sequence[tuple[float, float, Row]],
    names: Mapping[int, Named],
    rules: scoring.Scoring,
    links: Links,
) -> Scatter:
    """Draw the vendors one by one, or counted in cells."""
    if len(found) > MOST_POINTS:
        return _grouped(found, rules, links)
    points = [
        Point(short_name(names[row.key].name), score, confidence, row.tier, place)
        for place, (score, confidence, row) in enumerate(found)
    ]
    plot = plot_of(points, bands_of(rules))
    marks = []
    for dot in plot.dots:
        score, confidence, row = found[dot.place]
        marks.append(Mark(names[row.key], row.tier, score, confidence, row.band, row.gate, dot))
    return Scatter(plot, marks=tuple(marks))


def short_name(name: str) -> str:
    """The first word of a name, and the second where the first says little."""
    words = name.split()
    return " ".join(words[:2]) if len(words) > 1 and len(words[0]) < 4 else words[0]


def _grouped(
    found: Sequence[tuple[float, float, Row]], rules: scoring.Scoring, links: Links
) -> Scatter:
    counts = Counter(cell_of(score, confidence) for score, confidence, _row in found)
    entries = sorted(((*cell, count) for cell, count in counts.items()), reverse=True)
    plot = grid_of(entries, bands_of(rules))
    groups = tuple(Group(cell, links.weighed(**_range(cell))) for cell in plot.cells)
    return Scatter(plot, groups=groups)


def _range(cell: Cell) -> dict[str, int]:
    """The ends of a cell as the list takes them: from, and up to but not including."""
    asked = {"score_from": cell.score_from, "confidence_from": cell.confidence_from}
    # the last cells hold 100 itself, so they have no upper end
    if cell.score_from < 100 - SIDE:
        asked["score_to"] = cell.score_to
    if cell.confidence_from < 100 - SIDE:
        asked["confidence_to"] = cell.confidence_to
    return asked
