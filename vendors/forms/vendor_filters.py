"""From the address of the vendor list to its filters and back to words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendors import scoring
from vendors.queries.movements import last_quarter_end
from vendors.queries.standings import RISK_WORDS
from vendors.queries.vendor_conditions import (
    BEST_FIRST,
    DOWN,
    ENDED,
    EXPIRY_DAYS,
    FULL,
    PAGE_SIZES,
    STILL,
    UNRATED,
    UP,
    Span,
    Under,
    VendorFilters,
)
from vendors.queries.vendor_filters import SORTS, STATUSES, Options

MOST_LETTERS = 100
#: Longer texts are no figures of a score.
MOST_DIGITS = 12
Offer = list[tuple[str, str]]
_GATES: dict[str, str | Promise] = {
    scoring.PASS: gettext_lazy("Must-haves met"),
    scoring.PENDING: gettext_lazy("Must-haves pending"),
    scoring.FAIL: gettext_lazy("Must-have failed"),
    UNRATED: gettext_lazy("No approved result"),
}
#: Filters that stand in two fields of the address.
_PAIRS = {name: (f"{name}_from", f"{name}_to") for name in ("score", "confidence")}
#: Filters folded away until they are asked for, or one of them is on.
LESS_COMMON = (
    "tier",
    "gate",
    "risk",
    "weakest",
    "expiry",
    "moved",
    "owner",
    "score",
    "confidence",
    "profile",
)


@dataclass(frozen=True, slots=True)
class FilterChip:
    """A filter that is on: what it says, and the address without it."""

    name: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """A filter with values to choose from; `any` is what stands there while it is off."""

    name: str
    label: str
    any: str
    offered: Offer
    value: str


def read_filters(params: QueryDict, options: Options) -> VendorFilters:
    """The filters that an address holds; what it gets wrong is left out."""
    status, sort = params.get("status", ""), params.get("sort", "")
    per_page = params.get("per_page", "")
    return VendorFilters(
        q=" ".join(params.get("q", "").replace("\x00", "").split())[:MOST_LETTERS],
        status=status if status in STATUSES else "all",
        band=_known(params, "band", options.bands),
        service=_known(params, "service", options.services),
        country=_known(params, "country", options.countries),
        certification=_known(params, "certification", options.certifications),
        tier=_known(params, "tier", tiers()),
        owner=_known(params, "owner", options.owners),
        expiry=_known(params, "expiry", expiries()),
        gate=_known(params, "gate", gates()),
        risk=_known(params, "risk", risks()),
        weakest=_known(params, "weakest", options.categories),
        moved=_known(params, "moved", movements()),
        score=_span(params, "score"),
        confidence=_span(params, "confidence"),
        under=_profile(params, options.profiles),
        sort=sort if sort.removeprefix("-") in SORTS else BEST_FIRST,
        per_page=int(per_page) if per_page in map(str, PAGE_SIZES) else PAGE_SIZES[0],
    )


def tiers() -> Offer:
    """The tiers, deepest first."""
    return [(str(tier), _("Tier %d") % tier) for tier in scoring.TIERS]


def gates() -> Offer:
    """How the must-haves may stand."""
    return [(code, str(words)) for code, words in _GATES.items()]


def risks() -> Offer:
    """Residual risk, lowest first."""
    return [(code, str(word)) for code, word in RISK_WORDS.items()]


def expiries() -> Offer:
    """When a certification may end."""
    within = [(str(days), _("Ends within %d days") % days) for days in EXPIRY_DAYS]
    return [*within, (ENDED, _("Has ended"))]


def movements() -> Offer:
    """Where a score may have gone since the last quarter ended."""
    since = date_format(_quarter_end(), "j M Y")
    return [
        (UP, _("Up since %s") % since),
        (DOWN, _("Down since %s") % since),
        (STILL, _("Same since %s") % since),
    ]


def _quarter_end() -> date:
    return last_quarter_end(timezone.localdate())


def _known(params: QueryDict, name: str, offered: Offer) -> str:
    """The value of a parameter if it is one of those offered."""
    value = params.get(name, "")
    return value if value in dict(offered) else ""


def _span(params: QueryDict, name: str) -> Span:
    """The two ends of a range; one that leaves nothing out, or holds nothing, is none."""
    low, high = (_figure(params.get(field, "")) for field in _PAIRS[name])
    if low is not None and high is not None and low >= high:
        return Span()
    return Span(low or None, None if high == FULL else high)


def _figure(text: str) -> Decimal | None:
    """A number from 0 to 100; None for any other text."""
    text = text.strip().replace(",", ".")
    if not text or len(text) > MOST_DIGITS or set(text) - set("0123456789."):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number <= FULL else None


def _profile(params: QueryDict, offered: Iterable[Under]) -> Under | None:
    """The profile of that name, in whatever case; Balanced is none, for it changes nothing."""
    wanted = " ".join(params.get("profile", "").split()).casefold()
    return next((one for one in offered if one.name.casefold() == wanted), None)


def choices_of(filters: VendorFilters, options: Options) -> list[FilterChoice]:
    """The less common filters that have values to choose from."""
    profiles = [(one.name, one.name) for one in options.profiles]
    under = filters.under.name if filters.under else ""
    found = [
        FilterChoice("tier", _("Tier"), _("Any tier"), tiers(), filters.tier),
        FilterChoice("gate", _("Must-haves"), _("Any"), gates(), filters.gate),
        FilterChoice("risk", _("Residual risk"), _("Any"), risks(), filters.risk),
        FilterChoice(
            "weakest", _("Weakest category"), _("Any"), options.categories, filters.weakest
        ),
        FilterChoice("expiry", _("Certification"), _("Any"), expiries(), filters.expiry),
        FilterChoice("moved", _("Score moved"), _("Any"), movements(), filters.moved),
        FilterChoice("owner", _("Assessment owner"), _("Anybody"), options.owners, filters.owner),
        FilterChoice("profile", _("Weights"), scoring.BALANCED, profiles, under),
    ]
    return [choice for choice in found if choice.offered]


def chips_of(filters: VendorFilters, options: Options, params: QueryDict) -> list[FilterChip]:
    """The filters that are on, in words, the view aside."""
    words: Mapping[str, str] = {
        "q": _("Search: %s") % filters.q if filters.q else "",
        "band": _label(filters.band, options.bands),
        "service": _label(filters.service, options.services),
        "country": _label(filters.country, options.countries),
        "certification": _label(filters.certification, options.certifications),
        "tier": _label(filters.tier, tiers()),
        "gate": _label(filters.gate, gates()),
        "risk": _label(filters.risk, risks(), _("Residual risk: %s")),
        "weakest": _label(filters.weakest, options.categories, _("Weakest: %s")),
        "expiry": _label(filters.expiry, expiries(), _("Certification: %s")),
        "moved": _label(filters.moved, movements(), _("Score: %s")),
        "owner": _label(filters.owner, options.owners, _("Owner: %s")),
        "score": _range_words(filters.score, _("Score")),
        "confidence": _range_words(filters.confidence, _("Confidence")),
        "profile": _("Weights: %s") % filters.under.name if filters.under else "",
    }
    return [FilterChip(name, text, _without(params, name)) for name, text in words.items() if text]


def hint_chip(name: str, filters: VendorFilters, options: Options, params: QueryDict) -> FilterChip:
    """The filter of this name, the view too."""
    if name == "status":
        return FilterChip(name, str(STATUSES[filters.status][0]), _without(params, name))
    return next(chip for chip in chips_of(filters, options, params) if chip.name == name)


def all_off(chips: Iterable[FilterChip], params: QueryDict) -> str:
    """The address without any of these filters."""
    return _without(params, *(chip.name for chip in chips))


def _without(params: QueryDict, *names: str) -> str:
    """The address without some filters, from the first page on."""
    left = params.copy()
    fields = [field for name in names for field in _PAIRS.get(name, (name,))]
    for gone in (*fields, "page"):
        left.pop(gone, None)
    return f"?{left.urlencode()}"


def _label(value: str, offered: Offer, pattern: str = "%s") -> str:
    """The words of a value, "" for none."""
    return pattern % dict(offered)[value] if value else ""


def _range_words(span: Span, name: str) -> str:
    """A range in words, "" for none."""
    said = {"name": name, "low": _plain(span.low), "high": _plain(span.high)}
    if span.low is not None and span.high is not None:
        return _("%(name)s from %(low)s to below %(high)s") % said
    if span.low is not None:
        return _("%(name)s from %(low)s") % said
    return _("%(name)s below %(high)s") % said if span.high is not None else ""


def _plain(value: Decimal | None) -> str:
    """A figure as it was typed, without zeros that say nothing."""
    return "" if value is None else f"{value.normalize():f}"
