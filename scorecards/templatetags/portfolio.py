"""The drawings of the portfolio's document, from the figures that it carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from scorecards.paper.charts import COLOURS, NEUTRAL
from scorecards.portfolio.bars import Part, Span, Step, parts_of, span_of, step_of
from scorecards.portfolio.charts import Plot, Point, grid_of, plot_of
from scorecards.portfolio.scatter import short_name

register = template.Library()
Values = Mapping[str, Any]

#: Kinds of vendors beside the bands, as documents draw them; residual risks have bands' colours.
_KINDS = {"fail": "#161d2b", "pending": NEUTRAL, "none": "#d9dde4"}
_RISKS = {"low": "B", "medium": "C", "high": "D", "critical": "E"}


@register.filter
def colour(kind: Any) -> str:
    """The colour of a band, of a residual risk, or of what has none."""
    name = str(kind or "")
    return COLOURS.get(_RISKS.get(name, name)) or _KINDS.get(name, NEUTRAL)


@register.simple_tag
def plot_of_document(content: Values) -> Plot:
    """Score against confidence, as the page draws it."""
    bands = [(band["value"], band["label"], float(band["min"])) for band in content["bands"]]
    scatter = content["scatter"]
    if scatter["cells"]:
        counts = [
            (cell["score_from"], cell["confidence_from"], cell["count"])
            for cell in scatter["cells"]
        ]
        return grid_of(counts, bands)
    return plot_of([_point(place, one) for place, one in enumerate(scatter["points"])], bands)


def _point(place: int, one: Values) -> Point:
    score, confidence = float(one["score"]), float(one["confidence"])
    return Point(short_name(one["name"]), score, confidence, one["tier"], place)


@register.filter
def at_place(points: Sequence[Values], place: int) -> Values:
    """The vendor that a point stands for."""
    return points[place]


@register.filter
def as_step(move: Values, low: int) -> Step:
    """A move on the line that starts at `low`."""
    return step_of(float(move["was"]), float(move["now"]), float(low))


@register.filter
def as_span(line: Values) -> Span:
    """From the lowest to the highest of a category, with the median."""
    return span_of(float(line["lowest"]), float(line["highest"]), float(line["median"]))


@register.filter
def as_parts(slices: Sequence[Values]) -> tuple[Part, ...]:
    """The bar of a country or a service."""
    return parts_of([(entry["key"], entry["count"]) for entry in slices])


@register.filter
def others_of(standards: Sequence[Values], shown: int) -> int:
    """How many there are beyond those shown."""
    return max(len(standards) - shown, 0)
