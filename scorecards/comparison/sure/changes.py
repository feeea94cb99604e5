"""What would change the first place: one row a category."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scorecards.comparison.certainty import Certainty
from scorecards.comparison.lineup import Line
from scorecards.comparison.phrases import flip_texts, percent, phrases, points_text
from scorecards.ranking import TOTAL, Flip, Turn
from vendors import scoring


@dataclass(frozen=True, slots=True)
class Change:
    """A category: its weight now, where the first place changes, and who is then first.

    `at`, `points` and `relative` are "" where no weight of it changes anything; `x` and `at_x` are
    positions on a strip from 0 to 100, `span_x` and `span` the part between them.
    """

    code: str
    name: str
    now: str
    at: str
    points: str
    relative: str
    first: str
    x: str
    at_x: str = ""
    span_x: str = ""
    span: str = ""


def changes_of(line: Line, certainty: Certainty) -> tuple[Change, ...]:
    """The smallest change first; categories that change nothing last. Empty without a leader."""
    first = line.ranking.at(1)
    if len(first) != 1 or not certainty.pairs:
        return ()
    weights = line.ranking.basis.weights
    turns = certainty.turns
    order = sorted(weights, key=lambda code: abs(turns[code].flip.change) if code in turns else 101)
    names = {item.key: item.name for item in line.ranking.placed}
    rules = line.framework.rules
    return tuple(
        _turning(turns[code], rules.category(code).name, names[turns[code].key])
        if code in turns
        else _steady(code, rules.category(code).name, weights[code], first[0].name)
        for code in order
    )


def _turning(turn: Turn, name: str, first: str) -> Change:
    flip = turn.flip
    now, at = flip_texts(flip)
    low = min(flip.at, flip.weight)
    return Change(
        code=flip.code,
        name=name,
        now=now,
        at=at,
        points=phrases()["change"] % {"points": points_text(flip.change, sign=True)},
        relative=_relative(flip),
        first=first,
        x=_x(flip.weight),
        at_x=_x(flip.at),
        span_x=_x(low),
        span=_x(abs(flip.change)),
    )


def _steady(code: str, name: str, weight: Fraction, first: str) -> Change:
    """A category that changes nothing; with all the weight there is nobody to share it with."""
    words = phrases()
    text = words["alone"] if weight == TOTAL else words["stays"] % {"first": first}
    return Change(code, name, percent(weight), "", "", "", text, _x(weight))


def _relative(flip: Flip) -> str:
    """The change as a share of the weight, in whole percent; "" for a weight of 0."""
    if flip.relative is None:
        return ""
    text = scoring.shown(100 * flip.relative, 0)
    return f"+{text}%" if flip.relative > 0 else f"{text}%"


def _x(weight: Fraction) -> str:
    return f"{scoring.shown(weight, 2)}%"
