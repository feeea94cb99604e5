"""How the vendors stand in each category: lowest, median and highest, found by the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import Count, FloatField, IntegerField, Max, Min, Q, QuerySet
from django.db.models.functions import Cast

from scorecards.portfolio.rows import current
from vendors import scoring
from vendors.models import CategoryScore
from vendors.permissions import Actor


class Spread(NamedTuple):
    """The vendors rated in one category, 0 to 100.

    `median` rounds to the same whole number as the exact one, which is all that is shown of it.
    """

    vendors: int
    lowest: float
    highest: float
    median: float


class Tenth(NamedTuple):
    """The values that lie within the same tenth of a point."""

    key: int
    size: int
    low: float
    high: float


class Middle(NamedTuple):
    """Between which values the median lies; where they differ, the tenth to look into, and where.

    `places` are those of the two middle values among the sorted ones of that tenth.
    """

    low: float
    high: float
    tenth: int
    places: tuple[int, int]

    @property
    def is_settled(self) -> bool:
        """Whether any median in between is shown as the same whole number."""
        return _whole(self.low) == _whole(self.high)


def spreads_of(user: Actor) -> dict[str, Spread]:
    """Lowest, median and highest score of each category, as approved. One query, or two.

    No database here has a median that the other one has too, and a hundred thousand rows are too
    many to read. So tenths of points are counted, which says between which values the middle
    lies; where these would not be shown alike, the values themselves are read.
    """
    held = _held(user)
    tenths = _tenths(held)
    middles = {code: _middle(found) for code, found in tenths.items()}
    open_ones = {code: middle for code, middle in middles.items() if not middle.is_settled}
    exact = _exact(held, open_ones)
    return {
        code: Spread(
            vendors=sum(tenth.size for tenth in found),
            lowest=min(tenth.low for tenth in found),
            highest=max(tenth.high for tenth in found),
            median=exact.get(code, (middles[code].low + middles[code].high) / 2),
        )
        for code, found in tenths.items()
    }


def _whole(value: float) -> Fraction:
    return scoring.rounded(Fraction(str(value)), 0)


def _held(user: Actor) -> QuerySet[Any]:
    """The rated categories of the results in force, with the tenth that each lies in."""
    results = current(user).exclude(latest_result=None).order_by().values("latest_result")
    held = CategoryScore.objects.filter(result__in=results, score_value__isnull=False).order_by()
    value = Cast("score_value", FloatField())
    return held.annotate(tenth=Cast(value * 10, IntegerField()))


def _tenths(held: QuerySet[Any]) -> dict[str, list[Tenth]]:
    low, high = (Cast(kind("score_value"), FloatField()) for kind in (Min, Max))
    grouped = held.values("code", "tenth").annotate(n=Count("*"), low=low, high=high)
    found: defaultdict[str, list[Tenth]] = defaultdict(list)
    for code, *values in grouped.values_list("code", "tenth", "n", "low", "high"):
        found[code].append(Tenth._make(values))
    for tenths in found.values():
        tenths.sort()
    return dict(found)


def _middle(tenths: Sequence[Tenth]) -> Middle:
    total = sum(tenth.size for tenth in tenths)
    first, before = _holding(tenths, (total - 1) // 2)
    last, _before = _holding(tenths, total // 2)
    places = (total - 1) // 2 - before, total // 2 - before
    if first != last:
        # the two middle values lie side by side, so these are they
        exact = (first.high + last.low) / 2
        return Middle(exact, exact, first.key, places)
    return Middle(first.low, first.high, first.key, places)


def _holding(tenths: Sequence[Tenth], place: int) -> tuple[Tenth, int]:
    """The tenth that holds the value at a place, counted from 0, and how many lie below it."""
    before = 0
    for tenth in tenths:
        if before + tenth.size > place:
            return tenth, before
        before += tenth.size
    raise IndexError(place)


def _exact(held: QuerySet[Any], middles: Mapping[str, Middle]) -> dict[str, float]:
    """The medians of these categories. One query, none without any."""
    if not middles:
        return {}
    asked = Q(pk__in=[])
    for code, middle in middles.items():
        asked |= Q(code=code, tenth=middle.tenth)
    values: defaultdict[str, list[float]] = defaultdict(list)
    for code, value in held.filter(asked).values_list("code", Cast("score_value", FloatField())):
        values[code].append(value)
    found = {}
    for code, middle in middles.items():
        inside = sorted(values[code])
        one, other = middle.places
        found[code] = (inside[one] + inside[other]) / 2
    return found
