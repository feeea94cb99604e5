"""Exact figures for documents, rounded ones for people."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

#: Decimals of `value` beside an exact fraction.
VALUE_PLACES = 6
MINUS = "\u2212"


def figure(value: Fraction | None) -> dict[str, str | Decimal] | None:
    """An exact figure for a document: {"exact": "3829/48", "value": 79.770833}; None stays None."""
    if value is None:
        return None
    rounded = _rounded(value, VALUE_PLACES)
    return {
        "exact": f"{value.numerator}/{value.denominator}",
        "value": Decimal(rounded).scaleb(-VALUE_PLACES),
    }


def exact(value: Mapping[str, Any] | None) -> Fraction | None:
    """The figure that `figure` wrote, without loss; None stays None."""
    return None if value is None else Fraction(str(value["exact"]))


def shown(value: Fraction, places: int = 1) -> str:
    """A figure for people, rounded half up (away from zero), with a true minus sign."""
    scaled = _rounded(value, places)
    digits = str(abs(scaled)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return MINUS + text if scaled < 0 else text


def rounded(value: Fraction, places: int = 1) -> Fraction:
    """A figure rounded half up to so many decimals, still exact."""
    return Fraction(_rounded(value, places), 10**places)


def weighted_sum(pairs: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
    """The exact sum of weight times value. Adds over one denominator: Fraction alone is slow."""
    total, common = 0, 1
    for weight, value in pairs:
        below = weight.denominator * value.denominator
        above = weight.numerator * value.numerator
        if common % below:
            wider = math.lcm(common, below)
            total *= wider // common
            common = wider
        total += above * (common // below)
    return Fraction(total, common)


def _rounded(value: Fraction, places: int) -> int:
    """The value times 10 to the places, as the nearest whole number; halves away from zero."""
    above, below = 2 * abs(value.numerator) * int(10**places), value.denominator
    whole = (above + below) // (2 * below)
    return -whole if value < 0 else whole
