"""The score of each ranked vendor against the weight of one category."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scorecards.comparison import lines as geometry
from scorecards.comparison.certainty import Certainty
from scorecards.comparison.lineup import Line
from scorecards.comparison.phrases import listed, percent, phrases
from scorecards.ranking import TOTAL, score_lines
from vendors import scoring


@dataclass(frozen=True, slots=True)
class Stroke:
    """One vendor's line, its label, and its figures for the table beneath."""

    key: str
    name: str
    is_first: bool
    y_none: str
    y_full: str
    label_y: str
    at_none: str
    at_now: str
    at_full: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where the first place changes: x in percent of the width, and who is first from there on."""

    x: str
    y: str
    label_y: str
    at: str
    first: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of a scale."""

    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing, ready for attributes. `options` are code and name of what may be chosen."""

    code: str
    name: str
    options: tuple[tuple[str, str], ...]
    strokes: tuple[Stroke, ...]
    crossings: tuple[Crossing, ...]
    ticks: tuple[Tick, ...]
    now_x: str
    now: str
    caption: str
    note: str
    top: int = geometry.TOP
    foot: int = geometry.TOP + geometry.PLOT
    height: int = geometry.HEIGHT


def chart_of(line: Line, certainty: Certainty, wanted: str) -> Chart | None:
    """The chart of the category asked for, else of the one with the smallest flip.

    None where fewer than two vendors are ranked or only one category counts.
    """
    weights = line.ranking.basis.weights
    if not certainty.pairs or len(weights) < 2:
        return None
    code = wanted if wanted in weights else _default(certainty, weights)
    by_key = {item.key: item for item in line.candidates}
    ranked = [by_key[item.key] for item in line.ranking.placed]
    lines = score_lines(ranked, weights, code)
    scale, weight = geometry.scale_of(lines), weights[code]
    names = {item.key: item.name for item in ranked}
    found = geometry.stretches(lines)
    rules = line.framework.rules
    return Chart(
        code=code,
        name=rules.category(code).name,
        options=tuple((other, rules.category(other).name) for other in weights),
        strokes=_strokes(line, lines, scale, weight),
        crossings=_crossings(found, lines, scale, names),
        ticks=tuple(Tick(geometry.px(scale.y(Fraction(t))), str(t)) for t in scale.ticks),
        now_x=f"{scoring.shown(weight, 2)}%",
        now=phrases()["now"] % {"weight": percent(weight)},
        caption=_caption(found, names, rules.category(code).name),
        note=phrases()["chart_alone"] if weight == TOTAL else "",
    )


def _default(certainty: Certainty, weights: dict[str, Fraction]) -> str:
    """The category with the smallest flip; without any the heaviest one."""
    turns = certainty.turns
    if turns:
        return min(turns, key=lambda code: abs(turns[code].flip.change))
    return max(weights, key=lambda code: weights[code])


def _strokes(
    line: Line, lines: geometry.Lines, scale: geometry.Scale, weight: Fraction
) -> tuple[Stroke, ...]:
    """The lines by place."""
    placed = line.ranking.placed
    labels = geometry.spread([scale.y(lines[item.key][1]) for item in placed])
    return tuple(
        Stroke(
            key=item.key,
            name=item.name,
            is_first=item.rank == 1,
            y_none=geometry.px(scale.y(lines[item.key][0])),
            y_full=geometry.px(scale.y(lines[item.key][1])),
            label_y=geometry.px(label),
            at_none=scoring.shown(lines[item.key][0]),
            at_now=scoring.shown(geometry.score_at(lines[item.key], weight)),
            at_full=scoring.shown(lines[item.key][1]),
        )
        for item, label in zip(placed, labels, strict=True)
    )


def _crossings(
    found: tuple[geometry.Stretch, ...],
    lines: geometry.Lines,
    scale: geometry.Scale,
    names: dict[str, str],
) -> tuple[Crossing, ...]:
    weights = [item.start for item in found[1:]]
    return tuple(
        Crossing(
            x=f"{scoring.shown(item.start, 2)}%",
            y=geometry.px(y := scale.y(geometry.score_at(lines[item.keys[0]], item.start))),
            label_y=geometry.px(y - 11 - 13 * level),
            at=percent(item.start),
            first=listed(names[key] for key in item.keys),
        )
        for item, level in zip(found[1:], geometry.levels(weights), strict=True)
    )


def _caption(found: tuple[geometry.Stretch, ...], names: dict[str, str], category: str) -> str:
    """Who is first from which weight on, in one sentence."""
    words = phrases()
    firsts = [listed(names[key] for key in item.keys) for item in found]
    if len(found) == 1:
        return words["chart_one"] % {"first": firsts[0], "category": category}
    parts = []
    for place, item in enumerate(found):
        form = "chart_from" if not place else "chart_then"
        form = "chart_last" if place == len(found) - 1 else form
        parts.append(words[form] % {"first": firsts[place], "to": percent(item.end)})
    return words["chart_many"] % {"category": category, "parts": ", ".join(parts)}
