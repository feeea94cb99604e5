"""How sure the order is, as the page says it: sentences, bars, the chart and the tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scorecards.comparison.asked import Asked
from scorecards.comparison.certainty import Certainty, certainty_of
from scorecards.comparison.columns import Column
from scorecards.comparison.lineup import Line
from scorecards.comparison.phrases import phrases
from scorecards.comparison.sure.changes import Change, changes_of
from scorecards.comparison.sure.chart import Chart, chart_of
from scorecards.comparison.sure.draws import Draws, draws_of
from scorecards.comparison.sure.sentences import Doubts, doubts_of
from scorecards.comparison.sure.tables import (
    PairTable,
    ProfileTable,
    Without,
    pairs_of,
    profiles_of,
    without_of,
)

__all__ = ["Sure", "phrases", "sure_of"]


@dataclass(frozen=True, slots=True)
class Sure:
    """What stands around the table.

    With fewer than two ranked vendors there is nothing to be sure of: the tables are empty and
    `chart` is None. `is_shared` tells whether nobody leads alone. `words` are what the script
    fills in as weights move.
    """

    certainty: Certainty
    doubts: Doubts
    draws: Draws
    is_shared: bool
    changes: tuple[Change, ...]
    chart: Chart | None
    profiles: ProfileTable
    pairs: PairTable
    without: tuple[Without, ...]
    words: dict[str, str]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything that is said in sentences, for pages without a script and documents."""
        return (*self.doubts.live, *self.doubts.basis, *self.doubts.drafts)


def sure_of(line: Line, columns: Sequence[Column], asked: Asked) -> Sure:
    """Everything that the page says about how sure the order is."""
    certainty = certainty_of(line.candidates, line.weighting.weights, line.ranking)
    return Sure(
        certainty=certainty,
        doubts=doubts_of(line, columns, certainty),
        draws=draws_of(line.ranking, certainty),
        is_shared=len(line.ranking.at(1)) > 1,
        changes=changes_of(line, certainty),
        chart=chart_of(line, certainty, asked.line),
        profiles=profiles_of(line),
        pairs=pairs_of(line.ranking, certainty),
        without=without_of(line, certainty),
        words=phrases(),
    )
