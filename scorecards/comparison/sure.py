"""How sure the order is, as the page says it: sentences, bars, the chart and the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scorecards.comparison.asked import Asked
from scorecards.comparison.certainty import Certainty, certainty_of
from scorecards.comparison.columns import Column

if TYPE_CHECKING:
    from scorecards.comparison import Line


@dataclass(frozen=True, slots=True)
class Sure:
    """What stands around the table."""

    certainty: Certainty


def sure_of(line: Line, columns: Sequence[Column], asked: Asked) -> Sure:  # noqa: ARG001
    """Everything that the page says about how sure the order is."""
    return Sure(certainty_of(line.candidates, line.weighting.weights, line.ranking))
