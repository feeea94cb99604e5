"""Inherent risk while an intake is being answered: a sum that a reader can redo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from vendors import scoring
from vendors.scoring.tiering import TIER_1_FROM, TIER_2_FROM

#: What a factor scores at most, by its four options.
HIGHEST = 3


@dataclass(frozen=True, slots=True)
class FactorLine:
    """One line of the sum: a factor and what was picked for it so far, 0 to 3."""

    factor: scoring.Factor
    picked: int | None

    @property
    def points(self) -> int | None:
        """What the factor adds to the sum; None while it is open."""
        return None if self.picked is None else self.picked * self.factor.multiplier


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a tier is proposed, and whether it holds now."""

    code: str
    text: str
    holds: bool


@dataclass(frozen=True, slots=True)
class RiskDraft:
    """Inherent risk and tier of what is answered so far; open factors count as 0.

    static/js/intake.js works out the same while somebody answers.
    """

    lines: tuple[FactorLine, ...]
    is_harmful: bool

    @property
    def answered(self) -> int:
        """How many of the factors are answered."""
        return sum(line.picked is not None for line in self.lines)

    @property
    def open(self) -> int:
        """How many of the factors are not answered."""
        return len(self.lines) - self.answered

    @property
    def total(self) -> int:
        """The weighted sum so far."""
        return sum(line.points or 0 for line in self.lines)

    @property
    def most(self) -> int:
        """The highest sum there can be."""
        return sum(line.factor.multiplier for line in self.lines) * HIGHEST

    @property
    def risk(self) -> Fraction:
        """Inherent risk so far, 0 to 100."""
        return Fraction(100 * self.total, self.most)

    @property
    def tier(self) -> int:
        """The tier that it proposes so far."""
        picked = {line.factor.code: line.picked or 0 for line in self.lines}
        return scoring.propose_tier({**picked, scoring.HARMFUL_CONTENT: self.is_harmful}).tier or 3

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Each rule that can lead to a tier, with whether it did."""
        tier, risk = self.tier, self.risk
        sensitive = self.lines[0].picked == HIGHEST
        return (
            Reason("high", _("Risk is 60 or more."), risk >= TIER_1_FROM),
            Reason("sensitive", _("Data sensitivity is at its highest."), sensitive),
            Reason("harmful", _("Staff see harmful content."), self.is_harmful),
            Reason("middle", _("Risk is 35 or more and below 60."), tier == 2 and not self.open),
            Reason("low", _("Risk is below 35."), tier == 3 and not self.open),
        )

    @property
    def limits(self) -> dict[str, Fraction]:
        """From which risk tier 1 and tier 2 are proposed."""
        return {"one": TIER_1_FROM, "two": TIER_2_FROM}


def risk_draft(picked: Mapping[str, Any]) -> RiskDraft:
    """The risk of an intake that may be incomplete; what is no answer counts as open."""
    wrong = {fault.path for fault in scoring.check_intake(picked)}
    lines = tuple(
        FactorLine(factor, None if factor.code in wrong else picked.get(factor.code))
        for factor in scoring.FACTORS
    )
    return RiskDraft(lines, picked.get(scoring.HARMFUL_CONTENT) is True)
