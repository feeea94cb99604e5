"""From the address of the vendor list to its filters and back to words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from vendors.queries.vendor_filters import (
    BEST_FIRST,
    PAGE_SIZES,
    SORTS,
    STATUSES,
    Options,
    VendorFilters,
)

MOST_LETTERS = 100


@dataclass(frozen=True, slots=True)
class FilterChip:
    """A filter that is on: what it says, and the address without it."""

    name: str
    label: str
    url: str


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
        sort=sort if sort.removeprefix("-") in SORTS else BEST_FIRST,
        per_page=int(per_page) if per_page in map(str, PAGE_SIZES) else PAGE_SIZES[0],
    )


def _known(params: QueryDict, name: str, offered: list[tuple[str, str]]) -> str:
    """The value of a parameter if it is one of those offered."""
    value = params.get(name, "")
    return value if value in dict(offered) else ""


def chips_of(filters: VendorFilters, options: Options, params: QueryDict) -> list[FilterChip]:
    """The filters that are on, in words, the view aside."""
    words: Mapping[str, str] = {
        "q": _("Search: %s") % filters.q if filters.q else "",
        "band": _label(filters.band, options.bands),
        "service": _label(filters.service, options.services),
        "country": _label(filters.country, options.countries),
        "certification": _label(filters.certification, options.certifications),
    }
    return [FilterChip(name, text, _without(params, name)) for name, text in words.items() if text]


def hint_chip(name: str, filters: VendorFilters, options: Options, params: QueryDict) -> FilterChip:
    """The filter of this name, the view too."""
    if name == "status":
        return FilterChip(name, str(STATUSES[filters.status][0]), _without(params, name))
    return next(chip for chip in chips_of(filters, options, params) if chip.name == name)


def _without(params: QueryDict, name: str) -> str:
    """The address without one parameter, from the first page on."""
    left = params.copy()
    for gone in (name, "page"):
        left.pop(gone, None)
    return f"?{left.urlencode()}"


def _label(value: str, offered: list[tuple[str, str]]) -> str:
    return dict(offered).get(value, "")
