"""Weights that somebody tries out: what was typed, brought to 100."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

#: Points that weights spread over the categories.
TOTAL = Fraction(100)


class WeightError(ValueError):
    """Weights that no order can be made from; `code` is the category at fault, "" for all."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        #: "negative", "over" (100) or "nothing" (they sum to 0).
        self.reason = reason


def settled(
    typed: Mapping[str, Fraction],
    locked: Collection[str] = (),
    shape: Mapping[str, Fraction] | None = None,
) -> dict[str, Fraction]:
    """The weights that count, in sum 100: locked ones as typed, the others in proportion.

    What is left after the locked ones is spread over the others by what was typed for them; where
    that is all 0, by `shape`; where that is 0 too, equally. Where the locked ones leave nothing to
    spread or too much (they exceed 100, or nothing else is there), all are scaled. Raises
    WeightError for a weight below 0 or over 100, and for weights that sum to 0.
    """
    for code, weight in typed.items():
        if weight < 0:
            raise WeightError(code, "negative")
        if weight > TOTAL:
            raise WeightError(code, "over")
    total = sum(typed.values(), Fraction(0))
    if not total:
        raise WeightError("", "nothing")
    free = [code for code in typed if code not in locked]
    rest = TOTAL - sum((typed[code] for code in typed if code in locked), Fraction(0))
    if rest < 0 or not free:
        return {code: TOTAL * weight / total for code, weight in typed.items()}
    shares = _shares(free, typed, shape or {})
    return {code: rest * shares[code] if code in shares else typed[code] for code in typed}


def _shares(
    free: Collection[str], typed: Mapping[str, Fraction], shape: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    """How the rest is spread: parts of 1 by category."""
    for source in (typed, shape):
        found = {code: source.get(code, Fraction(0)) for code in free}
        total = sum(found.values(), Fraction(0))
        if total:
            return {code: weight / total for code, weight in found.items()}
    return {code: Fraction(1, len(free)) for code in free}
