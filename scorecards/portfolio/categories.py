"""The categories, from the weakest to the strongest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scorecards.portfolio.bars import Span, span_of
from scorecards.portfolio.links import Links
from scorecards.portfolio.rows import Row
from scorecards.portfolio.spreads import Spread
from vendors import scoring
from vendors.queries.vendors import category_band


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One category over all rated vendors; `weakest_at` counts those who have nothing weaker."""

    code: str
    name: str
    spread: Spread
    band: scoring.Band
    span: Span
    weakest_at: int
    url: str


def category_lines(
    spreads: Mapping[str, Spread], rows: Sequence[Row], rules: scoring.Framework, links: Links
) -> list[CategoryLine]:
    """The categories of the framework in force that somebody is rated in."""
    weakest = Counter(row.weakest for row in rows if row.weakest)
    lines = []
    for category in rules.categories:
        spread = spreads.get(category.code)
        if spread is None:
            continue
        lines.append(
            CategoryLine(
                code=category.code,
                name=category.name,
                spread=spread,
                band=category_band(rules.scoring, Fraction(str(spread.median))),
                span=span_of(spread.lowest, spread.highest, spread.median),
                weakest_at=weakest[category.code],
                url=links.plain(weakest=category.code),
            )
        )
    return sorted(lines, key=lambda line: line.spread.median)
