"""Vendors above what is accepted: high or critical residual risk, or a must-have that fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from scorecards.portfolio.matrix import risk_of
from scorecards.portfolio.rows import Named, Row
from vendors import scoring
from vendors.queries.standings import RISK_CLASSES, RISK_WORDS
from vendors.queries.waivers import WaiverLine

#: Vendors named at most; the figures beside them link to all.
SHOWN = 8
_ORDER = {"critical": 0, "high": 1}


@dataclass(frozen=True, slots=True)
class Concern:
    """One vendor, what is wrong, and what weighs it down; `risk` is "" where the gate fails."""

    vendor: Named
    tier: int | None
    band: str
    score: float | None
    risk: str
    weakest: str
    weakest_score: float | None
    waivers: tuple[WaiverLine, ...] = ()

    @property
    def risk_word(self) -> str:
        """The risk in a word."""
        return str(RISK_WORDS.get(self.risk, ""))

    @property
    def risk_class(self) -> str:
        """What colours it."""
        return RISK_CLASSES.get(self.risk, "")

    @property
    def where(self) -> str:
        """Tier and band in a few words."""
        if self.risk:
            return _("Tier %(tier)s, band %(band)s") % {"tier": self.tier, "band": self.band}
        return _("Tier %(tier)s") % {"tier": self.tier}


def above(rows: Sequence[Row]) -> list[Row]:
    """All of them, the worst first: critical, high, then failed must-haves, lowest scores first."""
    found = []
    for row in rows:
        place = _ORDER.get(risk_of(row), 2 if row.gate == scoring.FAIL else None)
        if place is not None:
            found.append((place, row.score if row.score is not None else -1.0, row.key, row))
    return [row for _place, _score, _key, row in sorted(found)]


def concerns_of(
    rows: Sequence[Row],
    names: Mapping[int, Named],
    rules: scoring.Framework,
    waived: Mapping[int, Sequence[WaiverLine]],
) -> list[Concern]:
    """The lines for these vendors."""
    words = {category.code: category.name for category in rules.categories}
    lines = []
    for row in rows:
        vendor = names[row.key]
        lines.append(
            Concern(
                vendor=vendor,
                tier=row.tier,
                band=row.band,
                score=row.score,
                risk=risk_of(row),
                weakest=words.get(row.weakest, row.weakest),
                weakest_score=vendor.weakest_score,
                waivers=tuple(waived.get(vendor.assessment or 0, ())),
            )
        )
    return lines
