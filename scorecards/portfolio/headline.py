"""The portfolio in a few numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scorecards.portfolio.links import Links
from scorecards.portfolio.matrix import PENDING, Matrix
from scorecards.portfolio.rows import Row, middle
from vendors import scoring


@dataclass(frozen=True, slots=True)
class Headline:
    """The figures on top. Medians are None where nobody is rated.

    `was` is the median of the scores in force when the last quarter ended. `unweighed` counts
    rated vendors that have no score under the weights: another framework rated them.
    """

    vendors: int
    rated: int
    critical: int
    high: int
    ineligible: int
    pending: int
    median: float | None
    was: float | None
    confidence: float | None
    due: int
    unweighed: int
    links: Links

    @property
    def critical_url(self) -> str:
        """Vendors at critical residual risk."""
        return self.links.weighed(risk="critical")

    @property
    def high_url(self) -> str:
        """Vendors at high residual risk."""
        return self.links.weighed(risk="high")

    @property
    def ineligible_url(self) -> str:
        """Vendors whose gate fails."""
        return self.links.plain(gate=scoring.FAIL)

    @property
    def rated_url(self) -> str:
        """Vendors with a result in force."""
        return self.links.weighed(status="approved")

    @property
    def due_url(self) -> str:
        """Vendors whose result has outlived its time."""
        return self.links.plain(status="due")

    @property
    def all_url(self) -> str:
        """All current vendors."""
        return self.links.plain()


def headline_of(rows: Sequence[Row], matrix: Matrix, links: Links) -> Headline:
    """Count the vendors."""
    rated = [row for row in rows if row.is_rated]
    return Headline(
        vendors=len(rows),
        rated=len(rated),
        critical=matrix.risk("critical").count,
        high=matrix.risk("high").count,
        ineligible=sum(row.gate == scoring.FAIL for row in rated),
        pending=sum(row.gate == PENDING for row in rated),
        median=middle(row.score for row in rated if row.score is not None),
        was=middle(row.was for row in rows if row.was is not None),
        confidence=middle(row.confidence for row in rated if row.confidence is not None),
        due=sum(row.is_due for row in rated),
        unweighed=sum(row.score is None and row.stored is not None for row in rated),
        links=links,
    )
