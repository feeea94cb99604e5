"""From a snapshot to the content of a scorecard, part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from scorecards.content.figures import (
    ContentError,
    Points,
    exact,
    level_shares,
    points_of,
    shown,
)
from scorecards.content.issues import check_url, corrected, correction_rows, issue_part
from scorecards.content.rows import (
    criteria_groups,
    long_texts,
    must_have_rows,
    named,
    not_applicable_rows,
)
from scorecards.content.since import category_change, comparison_rows, previous_part
from scorecards.content.verdict import (
    STATES,
    cites,
    conflict_rows,
    decision_part,
    evidence_rows,
    finding_rows,
    issued_at,
    note_of,
    people_rows,
    remarks,
    trail_rows,
    verb_of,
    waived,
)
from scorecards.content.words import long_day, place, plain_code, short_day
from vendors import scoring

CONTENT_FORMAT = "vetting-scorecard/3"
#: What the document says of an assessment that nobody decided yet.
DRAFT = "draft"


def scorecard_content(record: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that the document says, as JSON values without floats, from its record alone.

    Nothing that happens later moves it; without a decision it is a draft. Raises ContentError
    where the snapshot was made under another framework or does not add up.
    """
    framework = framework_of(record)
    snapshot = corrected(record["snapshot"], record["corrections"])
    document, result = snapshot["document"], snapshot["result"]
    points = points_of(framework, result, document["tier"])
    answers, cited, remarked = document["answers"], cites(snapshot), remarks(snapshot)
    return {
        "format": CONTENT_FORMAT,
        **_which(record),
        "engine_version": snapshot["engine_version"],
        "is_draft": not verb_of(snapshot),
        "summary": summary_of(snapshot, framework, record["valid_until"]),
        "decision": decision_part(snapshot),
        "vendor": _vendor(snapshot),
        "framework": {**snapshot["framework"], **_size(framework)},
        "figures": _figures(result, points),
        "gate": _gate(result),
        "previous": previous_part(record["previous"], exact(result["overall"])),
        "categories": _categories(framework, snapshot, record["previous"]),
        "must_haves": must_have_rows(framework, snapshot, cited=cited, waived=waived(snapshot)),
        "strengths": named(sorted(points, key=lambda item: -item.earned), "earned"),
        "gaps": named(sorted(points, key=lambda item: -(item.lost or 0)), "lost"),
        "criteria": criteria_groups(framework, points, answers, cited=cited, remarked=remarked),
        "findings": finding_rows(snapshot),
        "evidence": evidence_rows(snapshot),
        "not_applicable": not_applicable_rows(points, answers, snapshot.get("not_applicable", [])),
        "conflicts": conflict_rows(snapshot),
        "comparisons": comparison_rows(record["comparisons"]),
        "texts": long_texts(points, answers, remarked),
        "method": _method(framework),
        "people": people_rows(snapshot),
        "trail": trail_rows(snapshot),
        "head": snapshot.get("head"),
    }


def _which(record: Mapping[str, Any]) -> dict[str, Any]:
    """Which document it is, of whom, and where it is checked."""
    return {
        "number": record["number"],
        "site": record["site"],
        "issue": issue_part(record["issue"]),
        "corrections": correction_rows(record["corrections"]),
        "check_url": check_url(record),
    }


def framework_of(record: Mapping[str, Any]) -> scoring.Framework:
    """The framework that the record holds. Raises ContentError unless the snapshot names it."""
    try:
        framework = _framework(scoring.canonical_json(record["framework"]))
    except scoring.FrameworkError as error:
        raise ContentError("the framework of the record is damaged") from error
    if record["snapshot"]["framework"]["fingerprint"] != framework.fingerprint:
        raise ContentError("the snapshot was made under another framework")
    return framework


@lru_cache(maxsize=4)
def _framework(text: str) -> scoring.Framework:
    """Parsed once for the scorecards of one framework that are drawn one after another."""
    return scoring.load_document(text)


def record_summary(
    snapshot: Mapping[str, Any],
    framework: scoring.Framework,
    *,
    valid_until: str | None,
    corrections: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """What lists show of a record. Raises ContentError where the snapshot does not add up."""
    if snapshot["framework"]["fingerprint"] != framework.fingerprint:
        raise ContentError("the snapshot was made under another framework")
    points_of(framework, snapshot["result"], snapshot["document"]["tier"])
    return summary_of(corrected(snapshot, corrections), framework, valid_until)


def summary_of(
    snapshot: Mapping[str, Any], framework: scoring.Framework, valid_until: str | None
) -> dict[str, Any]:
    """The few facts of a scorecard; what was rejected is valid until no day."""
    document, result = snapshot["document"], snapshot["result"]
    band = result["band"]
    state = STATES.get(verb_of(snapshot), DRAFT)
    # what was rejected is in force on no day
    until = valid_until if state != STATES["reject"] else None
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
    framework: scoring.Framework,
    snapshot: Mapping[str, Any],
    previous: Mapping[str, Any] | None,
) -> list[dict[str, Any]]:
    result, tier = snapshot["result"], snapshot["document"]["tier"]
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
                "change": category_change(previous, category.code, score),
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
