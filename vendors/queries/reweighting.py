"""Scores of frozen results under other category weights, computed by the database.

A page that shows a few vendors weighs them exactly, with fractions. Lists over all vendors cannot:
reading a hundred thousand rows to sort them takes longer than a page may. Here the database weighs
the categories and hands back a number that agrees with the exact one to seven decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Any

from django.db.models import (
    Case,
    CharField,
    F,
    FloatField,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, NullIf, Round

from vendors import scoring
from vendors.models import CategoryScore
from vendors.scoring.framework import BAND_LETTERS

#: Decimals that count. Fewer than a float holds, so that a score on the edge of a band, or two
#: equal scores, come out alike whichever way their sums were added up.
PLACES = 7


class ScoreUnder(Subquery):
    """The overall score of a vendor's latest result under some weights; null where there is none.

    It keeps its weights, so that a band can be taken from the same sums.
    """

    def __init__(self, weights: Mapping[str, Fraction]) -> None:
        self.weights = dict(weights)
        super().__init__(_weighed(self.weights, "overall"), output_field=FloatField())


def score_under(weights: Mapping[str, Fraction]) -> ScoreUnder:
    """The score, 0 to 100, for a queryset of vendors: to annotate, filter and sort.

    Categories that are not rated leave the sum with their weight (docs/scoring.md). Null where the
    vendor has no result, where nothing rated has a weight, and where a rated category is not
    among the weights: those of one framework say nothing about another.
    """
    return ScoreUnder(weights)


def band_under(score: ScoreUnder, rules: scoring.Scoring) -> BandUnder:
    """The letter of the band that such a score reaches, by the bands and the floor of `rules`.

    The score is rounded half up to one decimal first; with a rated category under the floor the
    band is at best the cap band. Null where the score is.
    """
    return BandUnder(score, rules)


class BandUnder(Subquery):
    """The band of a score under some weights. Its cases read one row, so nothing is added twice."""

    template = "(SELECT %(letter)s FROM (%(subquery)s) weighed)"

    def __init__(self, score: ScoreUnder, rules: scoring.Scoring) -> None:
        rows = _weighed(score.weights, "overall", "lowest")
        super().__init__(rows, output_field=CharField(null=True), letter=_letter_sql(rules))


def reached_from(least: Fraction) -> float:
    """The least score that, rounded half up to one decimal, is no less than `least`."""
    return float(Fraction(ceil(least * 10), 10) - Fraction(1, 20))


def _weighed(weights: Mapping[str, Fraction], *columns: str) -> QuerySet[CategoryScore, Any]:
    """A row for the vendor's latest result: of `overall` under weights and `lowest`, these."""
    weight = Case(
        *(When(code=code, then=_number(value)) for code, value in weights.items()),
        default=_number(Fraction(0)),
    )
    value = Cast("score_value", FloatField())
    strange = Case(When(code__in=list(weights), then=Value(0)), default=Value(1))
    rated = CategoryScore.objects.filter(
        result=OuterRef("latest_result"), score_value__isnull=False
    )
    summed = (
        rated.order_by()
        .values("result")
        .annotate(
            points=Sum(weight * value),
            weight_rated=Sum(weight),
            strangers=Sum(strange),
            lowest=Min(value),
        )
    )
    weighed = Round(F("points") / NullIf(F("weight_rated"), _number(Fraction(0))), PLACES)
    overall = Case(When(strangers=0, then=Cast(weighed, FloatField())))
    found: QuerySet[CategoryScore, Any] = summed.annotate(overall=overall).values(*columns)
    return found


def _letter_sql(rules: scoring.Scoring) -> str:
    """The cases that turn `overall` and `lowest` into a letter. Numbers and letters A to E alone."""
    order = [band.value for band in rules.bands]
    if not set(order) <= set(BAND_LETTERS):
        raise ValueError(order)
    capped = order.index(rules.floor_cap_band)
    is_low = f"weighed.lowest < {float(rules.floor_below)!r}"
    cases = []
    for position, band in enumerate(rules.bands):
        reached = f"weighed.overall >= {reached_from(band.min)!r}"
        if position < capped:
            cases.append(f"WHEN {reached} AND {is_low} THEN '{order[capped]}'")
        cases.append(f"WHEN {reached} THEN '{band.value}'")
    return f"CASE {' '.join(cases)} END"


def _number(value: Fraction) -> Value:
    return Value(float(value), FloatField())
