"""What the record of a scorecard holds beside the snapshot: corrections, the one before, places."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q

from scorecards.content.issues import WHAT
from scorecards.models import Kind, SavedComparison, Scorecard
from scorecards.queries.saved import document_of, is_whole
from vendors.models import Assessment
from vendors.queries.documents import snapshot_of

#: How many comparisons a scorecard names.
MOST = 3


def corrections_of(assessment: Assessment, snapshot: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where the register names vendor, places and service otherwise than the snapshot.

    Two queries.
    """
    vendor, scope = snapshot["document"]["vendor"], snapshot["assessment"]
    now = assessment.vendor
    pairs: dict[str, tuple[Any, Any]] = {
        "name": (vendor["name"], now.name),
        "legal_name": (vendor.get("legal_name", ""), now.legal_name),
        "services": (vendor.get("services", []), list(now.services)),
        "sites": _sites(assessment, snapshot),
        "service": (scope["service"], assessment.service),
    }
    return [
        {"field": field, "what": WHAT[field], "before": before, "after": after}
        for field, (before, after) in pairs.items()
        if before != after
    ]


def _sites(assessment: Assessment, snapshot: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The sites that the scorecard prints, then and now: those in scope, else all of the vendor."""
    scope = snapshot["assessment"]["sites"]
    if scope:
        return scope, [str(site) for site in assessment.sites.all()]
    then = snapshot["document"]["vendor"].get("sites", [])
    before = [f"{site.get('city', '')}, {site.get('country', '')}" for site in then]
    return before, [str(site) for site in assessment.vendor.sites.all()]


def previous_of(assessment: Assessment) -> dict[str, Any] | None:
    """The scorecard in force of the vendor's decision before, under the same framework.

    One that was withdrawn, or never built, is passed over. At most two queries.
    """
    issues = Scorecard.objects.filter(
        kind=Kind.VENDOR,
        is_draft=False,
        withdrawn_at=None,
        ready_at__isnull=False,
        assessment__vendor=assessment.vendor_id,
        assessment__framework__slug=assessment.framework.slug,
    ).exclude(assessment=assessment)
    issues = issues.filter(Q(replaced_by=None) | Q(replaced_by__ready_at=None))
    if assessment.is_frozen:
        issues = issues.filter(assessment__result__lt=assessment.result.pk)
    found = (
        issues.select_related("assessment__result", "assessment__framework")
        .only("number", "assessment__result__snapshot", "assessment__framework__version")
        .order_by("-assessment__result", "-issue")
        .first()
    )
    if found is None or found.assessment is None:
        return None
    snapshot = snapshot_of(found.assessment.result)
    result = snapshot["result"]
    return {
        "number": found.number,
        "as_of": snapshot["document"]["as_of"],
        "framework_version": snapshot["framework"]["version"],
        "overall": result["overall"],
        "categories": {code: entry["score"] for code, entry in result["categories"].items()},
    }


def placed_in(assessment: Assessment) -> list[dict[str, Any]]:
    """The latest kept comparisons that hold this very result, none for a draft. One query."""
    if not assessment.is_frozen:
        return []
    digest = assessment.result.digest
    kept = SavedComparison.objects.filter(vendors=assessment.vendor_id, document__contains=digest)
    places = [_place(saved, digest) for saved in kept.order_by("-pk")[:MOST]]
    return [place for place in places if place is not None]


def _place(saved: SavedComparison, digest: str) -> dict[str, Any] | None:
    """Where the vendor with this result stood in a comparison.

    None where it is none of it, or where the figures are not those that were kept.
    """
    if not is_whole(saved):
        return None
    document = document_of(saved)
    held = [item for item in document["vendors"] if item["assessment"]["digest"] == digest]
    if not held:
        return None
    vendor = held[0]
    names = {item["code"]: item["name"] for item in document["weights"]}
    after = [pair for pair in document["sensitivity"] if pair["first"] == vendor["name"]]
    before = [pair for pair in document["sensitivity"] if pair["second"] == vendor["name"]]
    draws = document["acceptability"]["centred"].get(vendor["name"])
    return {
        "purpose": document["purpose"],
        "on": document["on"],
        "saved_at": saved.saved_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "digest": saved.digest,
        "profile": document["profile"],
        "tried_out": document["tried_out"],
        "rank": vendor["rank"],
        "shared": vendor["shared"],
        "ranked": sum(item["rank"] is not None for item in document["vendors"]),
        "vendors": len(document["vendors"]),
        "ahead": after[0]["lead"] if after else None,
        "behind": before[0]["lead"] if before else None,
        "to_fall": _turn(after[0], names) if after else None,
        "to_rise": _turn(before[0], names) if before else None,
        "first_share": Decimal(draws[0]) if draws else None,
    }


def _turn(pair: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The least change of one weight that puts the second of two neighbours before the first."""
    code = pair["smallest_single"]
    flip = pair["single_weight"].get(code) if code else None
    return {
        "robust": pair["robust"],
        "category": flip and {"code": code, "name": names.get(code, code)},
        "at": flip and flip["flip_weight_percent"],
        "change": flip and flip["change_points"],
    }
