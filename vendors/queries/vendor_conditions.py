"""What the vendor list can be asked for, and the condition that each filter stands for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.lookups import (
    GreaterThan,
    GreaterThanOrEqual,
    In,
    LessThan,
    LessThanOrEqual,
)
from django.utils import timezone

from vendors import scoring
from vendors.countries import COUNTRIES
from vendors.models import SERVICES, Assessment, Certification, Site
from vendors.queries.movements import MOVED, last_quarter_end, movement_since
from vendors.queries.reweighting import BandUnder, ScoreUnder, band_under, score_under

#: Words of a search that are looked at; more would only slow it down.
MOST_WORDS = 8
PAGE_SIZES = (25, 50, 100)
BEST_FIRST = "-score"
#: Days within which a certification may be asked to end; ENDED are those that have.
EXPIRY_DAYS = (30, 90, 180)
ENDED = "ended"
#: A vendor that has no result at all.
UNRATED = "none"
UP, DOWN, STILL = "up", "down", "still"
#: The highest score there is: asking for less than this asks for nothing.
FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Under:
    """A weight profile of the framework in force, under which the list may be asked for."""

    name: str
    weights: Mapping[str, Fraction]
    rules: scoring.Scoring

    @property
    def score(self) -> ScoreUnder:
        """The score of each vendor under it."""
        return score_under(self.weights)

    @property
    def band(self) -> BandUnder:
        """The band of that score."""
        return band_under(self.score, self.rules)


@dataclass(frozen=True, slots=True)
class Span:
    """From a figure up to, and not including, another; None has no end there."""

    low: Decimal | None = None
    high: Decimal | None = None

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return self.low is not None or self.high is not None

    def holds(self, column: str | ScoreUnder) -> Q:
        """Whether a figure lies in it. Up to 100 holds 100 itself, above which nothing is."""
        held = Q()
        if self.low is not None:
            held &= _compares(column, "gte", GreaterThanOrEqual, self.low)
        if self.high is not None and self.high < FULL:
            held &= _compares(column, "lt", LessThan, self.high)
        return held


def _compares(
    column: str | ScoreUnder, name: str, lookup: type[GreaterThanOrEqual | LessThan], value: Decimal
) -> Q:
    """A comparison with a stored column, or with a figure that the database computes."""
    if isinstance(column, str):
        return Q(**{f"{column}__{name}": value})
    return Q(lookup(column, float(value)))


@dataclass(frozen=True, slots=True)
class VendorFilters:
    """What somebody asks the list for; "" and "all" mean any.

    Tier, gate, risk, weakest category, score and confidence are those of the latest result; with
    a profile (`under`) score, band and risk are those under its weights.
    """

    q: str = ""
    status: str = "all"
    band: str = ""
    service: str = ""
    country: str = ""
    certification: str = ""
    tier: str = ""
    owner: str = ""
    expiry: str = ""
    gate: str = ""
    risk: str = ""
    weakest: str = ""
    moved: str = ""
    score: Span = Span()
    confidence: Span = Span()
    under: Under | None = None
    sort: str = BEST_FIRST
    per_page: int = PAGE_SIZES[0]

    @property
    def words(self) -> list[str]:
        """The words to search for."""
        return self.q.split()[:MOST_WORDS]


def register(**conditions: object) -> QuerySet[Certification]:
    """The vendor's entries that are neither removed nor renewed."""
    return Certification.objects.standing().filter(vendor=OuterRef("pk"), **conditions)


def conditions(filters: VendorFilters) -> dict[str, Q]:
    """The filters that are on, the view aside, each with its condition."""
    found: dict[str, Q] = {}
    if filters.words:
        found["q"] = all_words(filters.words)
    if filters.service:
        found["service"] = _delivers(filters.service)
    if filters.country:
        found["country"] = _site_in([filters.country])
    if filters.certification:
        found["certification"] = _holds(filters.certification)
    if filters.expiry:
        found["expiry"] = _ends(filters.expiry)
    if filters.owner:
        owned = Assessment.objects.filter(vendor=OuterRef("pk"), owner__public_id=filters.owner)
        found["owner"] = Q(Exists(owned))
    return found | _of_result(filters)


def _of_result(filters: VendorFilters) -> dict[str, Q]:
    """Those that look at the latest result."""
    found: dict[str, Q] = {}
    if filters.band:
        found["band"] = _bands(filters, [filters.band]) & Q(latest_result__gate=scoring.PASS)
    if filters.tier:
        found["tier"] = Q(latest_result__tier=int(filters.tier))
    if filters.gate == UNRATED:
        found["gate"] = Q(latest_result=None)
    elif filters.gate:
        found["gate"] = Q(latest_result__gate=filters.gate)
    if filters.risk:
        found["risk"] = _risk(filters) & Q(latest_result__gate=scoring.PASS)
    if filters.weakest:
        found["weakest"] = Q(latest_result__weakest_code=filters.weakest)
    if filters.moved:
        found["moved"] = _moved(filters.moved)
    if filters.score:
        stored = "latest_result__overall"
        found["score"] = filters.score.holds(filters.under.score if filters.under else stored)
    if filters.confidence:
        found["confidence"] = filters.confidence.holds("latest_result__confidence")
    return found


def _bands(filters: VendorFilters, letters: list[str]) -> Q:
    """Whether the band is one of these, as approved or under the profile asked for.

    A condition names no column of its own making: Django would lose sight of the vendor in it
    where several conditions are counted at once.
    """
    if filters.under is None:
        return Q(latest_result__band__in=letters)
    return Q(In(filters.under.band, letters))


def _site_in(codes: list[str]) -> Q:
    return Q(Exists(Site.objects.filter(vendor=OuterRef("pk"), country__in=codes)))


def _delivers(value: str) -> Q:
    """Whether the stored list of services holds this value, written as JSON writes it."""
    return Q(services_text__contains=json.dumps(value)) | Q(
        services_text__contains=json.dumps(value, ensure_ascii=False)
    )


def _word(word: str) -> Q:
    """A word of the search: in the name, the legal name, a service or the name of a country."""
    folded = word.casefold()
    countries = [code for code, name in COUNTRIES.items() if folded in name.casefold()]
    found = Q(name_key__contains=folded) | Q(legal_name__icontains=word)
    for code, label in SERVICES.items():
        if folded in str(label).casefold():
            found |= _delivers(code)
    # services outside the list are stored in words, so their text is searched as it is
    found |= Q(services_text__icontains=word) | Q(services_text__icontains=json.dumps(word)[1:-1])
    return found | _site_in(countries) if countries else found


def all_words(words: list[str]) -> Q:
    """Whether each word is found; needs `services_text`, the text of the services."""
    return Q(*[_word(word) for word in words[:MOST_WORDS]])


def _holds(standard: str) -> Q:
    """Whether an entry of this standard is in force today."""
    in_force = Q(expires_on=None) | Q(expires_on__gte=timezone.localdate())
    return Q(Exists(register(standard__iexact=standard).filter(in_force)))


def _ends(when: str) -> Q:
    """Whether an entry ends within so many days from today, or has ended."""
    today = timezone.localdate()
    if when == ENDED:
        return Q(Exists(register(expires_on__lt=today)))
    until = today + timedelta(days=int(when))
    return Q(Exists(register(expires_on__gte=today, expires_on__lte=until)))


def _risk(filters: VendorFilters) -> Q:
    """The risk that was frozen; under a profile the one that follows from tier and band."""
    if filters.under is None:
        return Q(latest_result__residual_risk=filters.risk)
    found = Q(pk__in=[])
    order = [band.value for band in filters.under.rules.bands]
    for tier in scoring.TIERS:
        reached = [one for one in order if scoring.residual_risk(tier, one) == filters.risk]
        if reached:
            found |= Q(latest_result__tier=tier) & _bands(filters, reached)
    return found


def _moved(way: str) -> Q:
    """Whether the score moved by a point or more since the last quarter ended, or did not."""
    points = movement_since(last_quarter_end(timezone.localdate()))
    if way == UP:
        return Q(GreaterThanOrEqual(points, MOVED))
    if way == DOWN:
        return Q(LessThanOrEqual(points, -MOVED))
    return Q(GreaterThan(points, -MOVED), LessThan(points, MOVED))
