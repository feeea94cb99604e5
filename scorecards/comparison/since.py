"""A kept comparison beside the same one of today: what has changed in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scorecards.comparison.document import figures_digest
from scorecards.comparison.phrases import listed


@dataclass(frozen=True, slots=True)
class Since:
    """Whether the figures still are what they were, and one sentence about it."""

    is_same: bool
    text: str


def since_of(then: Mapping[str, Any], now: Mapping[str, Any] | None) -> Since:
    """Compare two documents by their figures; None: the same address shows no table any more."""
    if now is None:
        return Since(is_same=False, text=_("Its vendors can no longer be compared as they were."))
    if figures_digest(then) == figures_digest(now):
        return Since(is_same=True, text=_("Opened today it shows the same figures."))
    parts = [*_vendors(then, now), *_frame(then, now)]
    return Since(is_same=False, text=" ".join([*parts, _("What follows is as it stood then.")]))


def _vendors(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Whose figures are others, and who is no longer among them."""
    today = {vendor["id"]: vendor for vendor in now["vendors"]}
    moved = [
        vendor["name"]
        for vendor in then["vendors"]
        if vendor["id"] in today and _assessed(vendor) != _assessed(today[vendor["id"]])
    ]
    gone = [vendor["name"] for vendor in then["vendors"] if vendor["id"] not in today]
    found = []
    if moved:
        words = ngettext(
            "Since then the figures of %s have changed.",
            "Since then the figures of %s have changed.",
            len(moved),
        )
        found.append(words % listed(moved))
    if gone:
        words = ngettext("%s is no longer part of it.", "%s are no longer part of it.", len(gone))
        found.append(words % listed(gone))
    return found


def _assessed(vendor: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a vendor brings along, whatever the weights and the others make of it."""
    assessment = vendor["assessment"]
    scores = [
        (item["code"], item["score"] and item["score"]["exact"]) for item in vendor["categories"]
    ]
    certified = [tuple(sorted(item.items(), key=str)) for item in vendor["certifications"]]
    waived = [(item["code"], item["ends_on"]) for item in vendor["waivers"]]
    frozen = (assessment["id"], assessment["approved"], assessment["digest"], vendor["gate"])
    return (frozen, scores, certified, waived)


def _frame(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Other weights, or another version of the framework."""
    found = []
    if then["framework"] != now["framework"]:
        found.append(_("It is compared on another framework version now."))
    if then["weights"] != now["weights"]:
        found.append(_("The weights of the profile are others now."))
    return found or ([] if _vendors(then, now) else [_("Since then its figures have changed.")])
