"""What the template of a comparison's PDF is given: tables as texts, bars as lengths. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from scorecards.content.compared import (
    Part,
    category_rows,
    certification_rows,
    figure_text,
    model_rows,
    named_categories,
    percent,
    profile_table,
    share_table,
    signed_text,
    turn_row,
    weight_row,
    why_table,
    with_sign,
)
from scorecards.content.words import long_day, short_day
from scorecards.paper.charts import bar, lead_bar, places_bar
from vendors import scoring

#: More columns than these need the paper turned.
UPRIGHT = 5
#: Longer headings are set smaller.
LONG_HEADING = 60
#: The line at the head of each page holds so much of the purpose.
HEAD_LENGTH = 70


def comparison_pages(content: Part) -> dict[str, Any]:
    """What the templates are given beside the content, part by part."""
    vendors = [_vendor(vendor) for vendor in content["vendors"]]
    names = {item["code"]: item["name"] for item in named_categories(content)}
    purpose = content["purpose"]
    return {
        "on": long_day(content["on"]),
        "head": purpose if len(purpose) <= HEAD_LENGTH else f"{purpose[: HEAD_LENGTH - 1]}…",
        "is_long": len(purpose) > LONG_HEADING,
        "is_wide": len(vendors) > UPRIGHT,
        "has_samples": any(vendor["is_sample"] for vendor in vendors),
        "vendors": vendors,
        "ranked": [vendor for vendor in vendors if vendor["rank"]],
        "draws": _draws(content["acceptability"], vendors),
        "samples": f"{content['acceptability']['samples']:,}",
        "turns": [
            {**turn_row(pair, names), "lead": _lead(pair, content)}
            for pair in content["sensitivity"]
        ],
        "flips": _flips(content, names),
        "why": why_table(content["why"]),
        "shares": share_table(content["pairwise_win_uniform"]),
        "omissions": [
            {**item, "name": names[item["category"]], "first": ", ".join(item["first"])}
            for item in content["omissions"]
        ],
        "profiles": profile_table(content["profiles"]),
        "weights": [weight_row(item) for item in content["weights"]],
        "rows": category_rows(content),
        "certifications": certification_rows(content["vendors"], content["on"]),
        "model": model_rows(content["vendors"]),
    }


def _vendor(vendor: Part) -> dict[str, Any]:
    """One column: figures as text, the bar of the score, what stands of the evidence."""
    band = vendor["band"]
    has_range = not vendor["assessment"]["approved"] and vendor["overall"] != vendor["high"]
    return {
        **vendor,
        "overall": figure_text(vendor["overall"]),
        "own": figure_text(vendor["own"]),
        "claimed": figure_text(vendor["claimed"]),
        "confidence": figure_text(vendor["confidence"], 0),
        "high": figure_text(vendor["high"]) if has_range else "",
        "bar": bar((vendor["overall"] or {}).get("exact"), band and band["value"]),
        "shares": {level: figure_text(share, 0) for level, share in vendor["shares"].items()},
        "failed": ", ".join(item["code"] for item in vendor["must_haves"]["failed"]),
        "as_of": short_day(vendor["assessment"]["as_of"]),
        "waivers": [
            {"code": item["code"], "ends": short_day(item["ends_on"])} for item in vendor["waivers"]
        ],
    }


def _draws(draws: Part, vendors: Sequence[Part]) -> list[dict[str, Any]]:
    """How often each ranked vendor comes to each place, about these weights and under any."""
    centred = draws["centred"]
    found = [(v["name"], centred[v["name"]]) for v in vendors if v["name"] in centred]
    return [
        {
            "name": name,
            "bar": places_bar(places),
            "first": percent(places[0]),
            "first_uniform": percent(draws["uniform"][name][0]),
            "places": [percent(share) for share in places],
        }
        for name, places in found
    ]


def _lead(pair: Part, content: Part) -> str:
    """The lead as a reader subtracts the figures shown; the exact one where they look equal."""
    shown = {
        vendor["name"]: scoring.rounded(Fraction(vendor["overall"]["exact"]))
        for vendor in content["vendors"]
        if vendor["name"] in (pair["first"], pair["second"])
    }
    lead = shown[pair["first"]] - shown[pair["second"]]
    return scoring.shown(lead) if lead > 0 else figure_text(pair["lead"])


def _flips(content: Part, names: Mapping[str, str]) -> dict[str, Any] | None:
    """First against second by category: what it brings to the lead, and where both are level."""
    if not content["sensitivity"]:
        return None
    pair = content["sensitivity"][0]
    # in the order of the weights: canonical JSON sorts keys
    points = {
        item["code"]: Fraction(item["weight"]["exact"])
        * Fraction(pair["d"][item["code"]]["exact"])
        / 100
        for item in content["weights"]
    }
    most = max(map(abs, points.values()))
    rows = []
    for code, brought in points.items():
        flip = pair["single_weight"].get(code)
        rows.append(
            {
                "name": names[code],
                "difference": signed_text(pair["d"][code]),
                "points": with_sign(scoring.shown(brought)),
                "bar": lead_bar(brought, most),
                "at": figure_text(flip["flip_weight_percent"]) if flip else "",
                "change": signed_text(flip["change_points"]) if flip else "",
            }
        )
    found = {"first": pair["first"], "second": pair["second"], "rows": rows}
    return {**found, "lead": with_sign(_lead(pair, content))}
