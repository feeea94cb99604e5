"""The rows behind the portfolio: narrow ones, read once, a tuple a vendor.

Ten thousand vendors are read and counted in a fraction of a second this way; objects, frozen
documents or a query a figure would take many times as long. Sums under other weights and what was
in force on another day are worked out by the database.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    Case,
    F,
    FloatField,
    IntegerField,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from vendors import scoring
from vendors.models import Certification, Site, Vendor
from vendors.models.vendor import VendorQuerySet
from vendors.permissions import Actor
from vendors.queries.movements import PLACES, score_on
from vendors.queries.reweighting import band_under, score_under


class Row(NamedTuple):
    """One vendor in figures; score and band under the weights asked for.

    `gate` is "" and `tier` None without a result. `stored` is the score as approved,
    `was` the one in force when the last quarter ended; `is_due` is 1 where the result has outlived
    its time.
    """

    key: int
    gate: str
    tier: int | None
    score: float | None
    confidence: float | None
    band: str
    weakest: str
    services: str
    is_due: int
    stored: float | None
    was: float | None

    @property
    def is_rated(self) -> bool:
        """Whether a result is in force."""
        return bool(self.gate)

    @property
    def is_eligible(self) -> bool:
        """Whether all must-haves pass."""
        return self.gate == scoring.PASS

    @property
    def change(self) -> float | None:
        """Points since the last quarter's end, of the scores as approved."""
        if self.stored is None or self.was is None:
            return None
        return round(self.stored - self.was, PLACES)


def current(user: Actor) -> VendorQuerySet:
    """The vendors that the portfolio is about."""
    return Vendor.objects.visible_to(user).current()


def rows_of(
    user: Actor,
    *,
    today: date,
    since: date,
    weights: Mapping[str, Fraction] | None,
    rules: scoring.Scoring,
) -> list[Row]:
    """All current vendors; with `weights`, scores and bands under them. One query."""
    stored = Cast("latest_result__overall", FloatField())
    score: Any = stored
    band: Any = Coalesce("latest_result__band", Value(""))
    if weights is not None:
        under = score_under(weights)
        score, band = under, Coalesce(band_under(under, rules), Value(""))
    found = current(user).annotate(
        row_gate=Coalesce("latest_result__gate", Value("")),
        row_tier=F("latest_result__tier"),
        row_score=score,
        row_confidence=Cast("latest_result__confidence", FloatField()),
        row_band=band,
        row_weakest=Coalesce("latest_result__weakest_code", Value("")),
        row_services=Cast("services", TextField()),
        row_due=Case(
            When(latest_result__valid_until__lt=today, then=Value(1)),
            default=Value(0),
            output_field=IntegerField(),
        ),
        row_stored=stored,
        row_was=Cast(score_on(since), FloatField()),
    )
    names = [f"row_{name}" for name in _COLUMNS]
    return [Row._make(values) for values in found.order_by().values_list("pk", *names)]


_COLUMNS = (
    "gate",
    "tier",
    "score",
    "confidence",
    "band",
    "weakest",
    "services",
    "due",
    "stored",
    "was",
)


def sites_of(user: Actor) -> dict[str, list[int]]:
    """The vendors of each country by key, each once. One query."""
    pairs = Site.objects.filter(vendor__in=current(user)).order_by()
    # a vendor may have two sites in a country; a dictionary drops them faster than the database
    found: defaultdict[str, dict[int, None]] = defaultdict(dict)
    for country, vendor in pairs.values_list("country", "vendor_id"):
        found[country][vendor] = None
    return {country: list(vendors) for country, vendors in found.items()}


def services_of(rows: Collection[Row]) -> dict[str, list[int]]:
    """The vendors of each service by key, each once. No query."""
    read: dict[str, list[str]] = {}
    found: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row.services not in read:
            read[row.services] = list(dict.fromkeys(json.loads(row.services)))
        for service in read[row.services]:
            found[service].append(row.key)
    return dict(found)


class Ending(NamedTuple):
    """A certification with an end that comes soon, or has come."""

    vendor: int
    standard: str
    expires_on: date


def endings_of(user: Actor, *, until: date) -> list[Ending]:
    """Entries of the register that end by a day, soonest first; renewed ones not. One query."""
    found = Certification.objects.standing().filter(vendor__in=current(user), expires_on__lte=until)
    values = found.order_by("expires_on", "pk").values_list("vendor_id", "standard", "expires_on")
    return [Ending._make(entry) for entry in values]


class Named(NamedTuple):
    """What a page says of a vendor that it names."""

    key: int
    public_id: UUID
    name: str
    is_sample: bool
    assessment: int | None
    weakest_score: float | None


def named(keys: Collection[int]) -> dict[int, Named]:
    """Names of the vendors that the page names. One query, none without any."""
    if not keys:
        return {}
    weakest = Cast("latest_result__weakest_score", FloatField())
    values = (
        Vendor.objects.filter(pk__in=keys)
        .order_by()
        .values_list("pk", "public_id", "name", "is_sample", "latest_result__assessment", weakest)
    )
    return {entry[0]: Named._make(entry) for entry in values}


def middle(values: Iterable[float]) -> float | None:
    """The median; None of nothing."""
    found = sorted(values)
    return median(found) if found else None


#: Days from today within which a certification is named as ending.
WITHIN = (30, 90, 180)


def last_day(today: date) -> date:
    """The day until which endings are read."""
    return today + timedelta(days=max(WITHIN))
