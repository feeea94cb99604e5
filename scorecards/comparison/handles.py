"""What moves a weight on the page: a slider, a field and a lock for each category of the basis."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import urlencode

from scorecards.comparison.asked import WEIGHT
from scorecards.comparison.lineup import Line
from scorecards.comparison.phrases import percent
from scorecards.comparison.weighting import weight_text
from vendors import scoring

#: Sliders end here, in percent, until a weight is greater.
USUAL_END, END = 60, 100


@dataclass(frozen=True, slots=True)
class Handle:
    """One category's weight, in percent of the basis. `typed` is the field's text, wrong or not."""

    code: str
    name: str
    weight: Fraction
    base: Fraction
    typed: str
    is_locked: bool
    fault: str
    end: int

    @property
    def text(self) -> str:
        """The weight that counts, as pages print it."""
        return percent(self.weight)

    @property
    def was(self) -> str:
        """The profile's weight where another one is tried out, else nothing."""
        return "" if self.weight == self.base else percent(self.base)

    @property
    def place(self) -> str:
        """The weight as a slider's value."""
        return weight_text(self.weight)


@dataclass(frozen=True, slots=True)
class Trial:
    """What the page says while other weights are tried out. `faults` name the field and its fault.

    `keep_query` starts a weight profile from the weights on the page.
    """

    is_tried_out: bool
    faults: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    keep_query: str


def handle_of(line: Line, code: str) -> Handle | None:
    """The handle of a category; None where it is left out of the basis."""
    weighting = line.weighting
    if code not in weighting.counted:
        return None
    greatest = max(weighting.counted.values())
    return Handle(
        code=code,
        name=line.framework.rules.category(code).name,
        weight=weighting.counted[code],
        base=weighting.base[code],
        typed=weighting.typed[code],
        is_locked=code in weighting.locked,
        fault=weighting.faults.get(code, ""),
        end=USUAL_END if greatest <= USUAL_END else END,
    )


def trial_of(line: Line) -> Trial:
    """What is tried out under this line."""
    weighting, rules = line.weighting, line.framework.rules
    return Trial(
        is_tried_out=weighting.is_tried_out,
        faults=tuple(
            (code, rules.category(code).name if code else "", text)
            for code, text in weighting.faults.items()
        ),
        notes=weighting.notes,
        keep_query=keep_query(line),
    )


def keep_query(line: Line) -> str:
    """The weights of the whole framework for the form of a weight profile: w_LAB=12.5&..."""
    total = sum(line.weighting.weights.values(), Fraction(0)) or Fraction(1)
    shares = ((code, 100 * weight / total) for code, weight in line.weighting.weights.items())
    return urlencode({WEIGHT + code: scoring.shown(share, 6) for code, share in shares})
