"""Vendors to add to a comparison: found by what somebody types, each with its address."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from scorecards.comparison.asked import MOST, Asked
from vendors import scoring
from vendors.models import AssessmentResult, Vendor
from vendors.permissions import Actor
from vendors.queries.vendor_search import latest_rated, typed, vendors_found

#: Vendors shown at once.
MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """A vendor that may be added; `query` is the comparison with it, without the question mark."""

    vendor: Vendor
    query: str

    @property
    def result(self) -> AssessmentResult | None:
        """Its latest approved result."""
        return self.vendor.latest_result

    @property
    def band(self) -> scoring.Band | None:
        """The band to show: none without a result, and while must-haves are not met."""
        result = self.result
        if result is None or not result.band or result.gate != scoring.PASS:
            return None
        return result.assessment.framework.rules.scoring.band(result.band)


@dataclass(frozen=True, slots=True)
class Adding:
    """What was typed, and the vendors found; `has_more` where some are not shown."""

    text: str
    hits: tuple[Hit, ...]
    has_more: bool
    has_room: bool


def adding_of(user: Actor, asked: Asked, text: str) -> Adding:
    """The vendors to add for a text. One query, or none for an empty one."""
    wanted = typed(text)
    has_room = len(asked.vendor_ids) < MOST
    found: list[Vendor] = []
    if wanted and has_room:
        rows = vendors_found(user, wanted, besides=asked.vendor_ids)
        found = list(rows[: MOST_FOUND + 1])
    hits = tuple(_hit(asked, vendor) for vendor in found[:MOST_FOUND])
    return Adding(wanted, hits, len(found) > MOST_FOUND, has_room)


def quick_picks(user: Actor) -> list[Hit]:
    """The vendors rated last, to choose the first ones from. One query."""
    return [_hit(Asked(), vendor) for vendor in latest_rated(user)[:MOST_FOUND]]


def _hit(asked: Asked, vendor: Vendor) -> Hit:
    """The vendor with the address that has it as the last one."""
    fields = asked.fields
    vendors = [pair for pair in fields if pair[0] == "v"]
    others = [pair for pair in fields if pair[0] != "v"]
    return Hit(vendor, urlencode([*vendors, ("v", str(vendor.public_id)), *others]))
