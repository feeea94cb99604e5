"""From a snapshot to the content of a scorecard, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from scorecards.content.figures import (
    ContentError,
    Points,
    exact,
    level_shares,
    points_of,
    shown,
)
from scorecards.content.rows import (
    criteria_groups,
    long_texts,
    must_have_rows,
    named,
    not_applicable_rows,
)
from scorecards.content.verdict import (
    STATES,
    cites,
    decision_part,
    evidence_rows,
    finding_rows,
    issued_at,
    note_of,
    people_rows,
    remarks,
    verb_of,
    waived,
)
from scorecards.content.words import deed, long_day, long_moment, place, plain_code, short_day
from vendors import scoring

CONTENT_FORMAT = "vetting-scorecard/2"
#: What the document says of an assessment that nobody decided yet.
DRAFT = "draft"


def scorecard_content(
    *,
    snapshot: Mapping[str, Any],
    framework: scoring.Framework,
    valid_until: date | None,
) -> dict[str, Any]:
    """Everything that the document says, as JSON values without floats.

    What was decided is read from the snapshot alone, so that nothing that happens later moves it;
    without a decision it is a draft. Raises ContentError where the snapshot was made under another
    framework or does not add up.
    """
    if snapshot["framework"]["fingerprint"] != framework.fingerprint:
        raise ContentError("the snapshot was made under another framework")
    document, result = snapshot["document"], snapshot["result"]
    points = points_of(framework, result, document["tier"])
    answers, cited, remarked = document["answers"], cites(snapshot), remarks(snapshot)
    return {
        "format": CONTENT_FORMAT,
        "engine_version": snapshot["engine_version"],
        "is_draft": not verb_of(snapshot),
        "summary": _summary(snapshot, framework, valid_until),
        "decision": decision_part(snapshot),
        "vendor": _vendor(snapshot),
        "framework": {**snapshot["framework"], **_size(framework)},
        "figures": _figures(result, points),
        "gate": _gate(result),
        "categories": _categories(framework, result, document["tier"]),
        "must_haves": must_have_rows(framework, snapshot, cited=cited, waived=waived(snapshot)),
        "strengths": named(sorted(points, key=lambda item: -item.earned), "earned"),
        "gaps": named(sorted(points, key=lambda item: -(item.lost or 0)), "lost"),
        "criteria": criteria_groups(framework, points, answers, cited=cited, remarked=remarked),
        "findings": finding_rows(snapshot),
        "evidence": evidence_rows(snapshot),
        "not_applicable": not_applicable_rows(points, answers, snapshot.get("not_applicable", [])),
        "texts": long_texts(points, answers, remarked),
        "method": _method(framework),
        "people": people_rows(snapshot),
        "trail": [
            {**entry, "at_shown": long_moment(entry["at"]), "what": deed(entry["action"])}
            for entry in snapshot["trail"]
        ],
        "head": snapshot.get("head"),
    }


def _summary(
    snapshot: Mapping[str, Any],
    framework: scoring.Framework,
    valid_until: date | None,
) -> dict[str, Any]:
    document, result = snapshot["document"], snapshot["result"]
    band = result["band"]
    state = STATES.get(verb_of(snapshot), DRAFT)
    # what was rejected is in force on no day
    until = valid_until.isoformat() if valid_until and state != STATES["reject"] else None
    waivers = [{"code": code, "ends_short": day} for code, day in waived(snapshot).items()]
    has_risk = band and (result["gate"] != scoring.FAIL or waivers)
    return {
        "vendor": document["vendor"]["name"],
        "state": state,
        "note": note_of(snapshot),
        "as_of": document["as_of"],
        "as_of_shown": long_day(document["as_of"]),
        "as_of_short": short_day(document["as_of"]),
        "valid_until": until,
        "valid_until_shown": long_day(until),
        "valid_until_short": short_day(until),
        "issued_at": issued_at(snapshot),
        "tier": document["tier"],
        "tier_reason": snapshot["assessment"]["tier_reason"],
        "overall": result["overall_display"],
        "band": band,
        "band_label": framework.scoring.band(band).label if band else None,
        "residual_risk": scoring.residual_risk(document["tier"], band) if has_risk else None,
        "gate": result["gate"],
        "waivers": waivers,
    }


def _vendor(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    vendor, scope = snapshot["document"]["vendor"], snapshot["assessment"]
    return {
        "name": vendor["name"],
        "legal_name": vendor.get("legal_name", ""),
        "headcount": vendor.get("headcount"),
        "services": [plain_code(code) for code in vendor.get("services", [])],
        "languages": vendor.get("languages", []),
        "sites": [place(site) for site in scope["sites"] or vendor.get("sites", [])],
        "is_sample": scope["is_sample"],
        "service": scope["service"],
        "assessment": scope["title"],
        "assessment_id": scope["id"],
    }


def _size(framework: scoring.Framework) -> dict[str, int]:
    return {
        "criteria": len(framework.criteria),
        "categories": len(framework.categories),
        "must_haves": len(framework.must_haves),
    }


def _figures(result: Mapping[str, Any], points: list[Points]) -> dict[str, Any]:
    overall, claimed = exact(result["overall"]), exact(result["claimed"])
    counted = [item for item in points if item.share is not None]
    figures: dict[str, Any] = {
        "overall": shown(overall),
        "claimed": shown(claimed),
        "confidence": shown(exact(result["confidence"])),
        "range_low": shown(exact(result["range_low"])),
        "range_high": shown(exact(result["range_high"])),
        "asked": len(points),
        "answered": sum(item.is_not_applicable or item.raw is not None for item in points),
        "lost_by_answers": None,
        "lost_by_evidence": None,
        "shares": {level: shown(value, 0) for level, value in level_shares(counted).items()},
    }
    if overall is not None and claimed is not None:
        # A difference is taken from the two figures shown, so that the column adds up.
        printed = [scoring.rounded(value) for value in (Fraction(100), claimed, overall)]
        figures["lost_by_answers"] = shown(printed[1] - printed[0])
        figures["lost_by_evidence"] = shown(printed[2] - printed[1])
    return figures


def _gate(result: Mapping[str, Any]) -> dict[str, Any]:
    outcomes = result["must_haves"]
    return {
        "result": result["gate"],
        "total": len(outcomes),
        "met": sum(outcome == scoring.PASS for outcome in outcomes.values()),
        "failed": [code for code, outcome in outcomes.items() if outcome == scoring.FAIL],
        "pending": [code for code, outcome in outcomes.items() if outcome == scoring.PENDING],
        "band_uncapped": result["band_uncapped"],
        "capped_by": result["categories_below_floor"]
        if result["band"] != result["band_uncapped"]
        else [],
    }


def _categories(
    framework: scoring.Framework, result: Mapping[str, Any], tier: int
) -> list[dict[str, Any]]:
    entries = []
    for category in framework.categories:
        frozen = result["categories"][category.code]
        asked = sum((c.weight for c in category.criteria if tier in c.tiers), Fraction(0))
        applicable = Fraction(str(frozen["applicable_weight"]))
        score = exact(frozen["score"])
        entries.append(
            {
                "code": category.code,
                "name": category.name,
                "weight": scoring.number_text(category.weight),
                "score": shown(score, 0),
                "claimed": shown(exact(frozen["claimed"]), 0),
                "confidence": shown(exact(frozen["confidence"]), 0),
                "not_applicable": shown(100 * (asked - applicable) / asked, 0) if asked else None,
                "band": _band(framework, score),
            }
        )
    return entries


def _band(framework: scoring.Framework, score: Fraction | None) -> str | None:
    """The band of a category, from the whole number that is printed."""
    if score is None:
        return None
    return scoring.band_of(framework.scoring, scoring.rounded(score, 0))


def _method(framework: scoring.Framework) -> dict[str, Any]:
    rules = framework.scoring
    uppers = [Fraction(100), *(band.min for band in rules.bands)]
    return {
        "levels": [
            {
                "value": level.value,
                "label": level.label,
                "percent": scoring.number_text(100 * level.coefficient),
            }
            for level in rules.evidence_levels
        ],
        "bands": [
            {
                "value": band.value,
                "label": band.label,
                "min": scoring.number_text(band.min),
                "max": scoring.number_text(upper),
            }
            for band, upper in zip(rules.bands, uppers, strict=False)
        ],
        "floor_below": scoring.number_text(rules.floor_below),
        "floor_cap_band": rules.floor_cap_band,
        "min_applicable_percent": scoring.number_text(rules.category_min_applicable_percent),
    }
