"""From the document of a comparison to the texts and tables of its PDF.

Everything is read from the document alone, so that the same one prints the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from scorecards.content.words import MINUS, long_moment, short_day
from vendors import scoring

Part = Mapping[str, Any]


def comparison_summary(document: Part) -> dict[str, Any]:
    """The part of a content that lists show; `names` is what a search looks through."""
    vendors = [vendor["name"] for vendor in document["vendors"]]
    return {
        "as_of": document["on"],
        "as_of_short": short_day(document["on"]),
        "purpose": document["purpose"],
        "vendors": vendors,
        "lead": document["sentences"]["lead"],
        "names": "\n".join([document["purpose"], *vendors]),
    }


def saved_part(verb: str, at: datetime, by: str) -> dict[str, str]:
    """Who did something and when, as a content keeps it."""
    stamp = at.astimezone(UTC).isoformat()
    return {f"{verb}_at": stamp, f"{verb}_shown": long_moment(stamp), f"{verb}_by": by}


def percent(value: Any) -> str:
    """A share from 0 to 1 in whole percent; what is neither none nor all is not printed as such."""
    share = Fraction(value)
    text = scoring.shown(100 * share, 0)
    if text == "0" and share:
        return "<1%"
    return ">99%" if text == "100" and share != 1 else f"{text}%"


def figure_text(figure: Part | None, places: int = 1) -> str:
    """A figure for people; "" where there is none."""
    value = scoring.exact(figure)
    return "" if value is None else scoring.shown(value, places)


def signed_text(figure: Part, places: int = 1) -> str:
    """The same with a plus where it is above zero."""
    return with_sign(figure_text(figure, places))


def with_sign(text: str) -> str:
    """A figure as text, with a plus unless it is below zero or rounds to it."""
    return text if text.startswith(MINUS) or not text.strip("0.") else f"+{text}"


def named_categories(content: Part) -> Iterator[Part]:
    """All categories that are named, those that count first."""
    yield from content["weights"]
    yield from content["basis"]["left_out"]


def weight_row(item: Part) -> dict[str, Any]:
    """The weight of a category here and under its profile."""
    return {
        "code": item["code"],
        "name": item["name"],
        "weight": figure_text(item["weight"]),
        "base": figure_text(item["base"]),
        "is_moved": item["weight"] != item["base"],
    }


def category_rows(content: Part) -> list[dict[str, Any]]:
    """Each category with a cell a vendor, in the order of the framework's document."""
    named = {item["code"]: item for item in named_categories(content)}
    cells = [{cell["code"]: cell for cell in v["categories"]} for v in content["vendors"]]
    order = [cell["code"] for cell in content["vendors"][0]["categories"]]
    return [
        {
            "code": code,
            "name": named[code]["name"] if code in named else code,
            "weight": figure_text(named[code].get("weight")) if code in named else "",
            "cells": [_cell(column.get(code)) for column in cells],
        }
        for code in order
    ]


def _cell(cell: Part | None) -> dict[str, str]:
    if cell is None or cell["score"] is None:
        return {"score": "", "band": ""}
    return {
        "score": figure_text(cell["score"], 0),
        "band": cell["band"]["value"] if cell["band"] else "",
        "claimed": figure_text(cell["claimed"], 0),
        "confidence": figure_text(cell["confidence"], 0),
    }


def turn_row(pair: Part, names: Mapping[str, str]) -> dict[str, Any]:
    """What would put the second of a pair before the first, in the least way and by transfer."""
    code, transfer = pair["smallest_single"], pair["smallest_transfer"]
    flip = pair["single_weight"].get(code)
    return {
        "first": pair["first"],
        "second": pair["second"],
        "lead": figure_text(pair["lead"]),
        "robust": pair["robust"],
        "single": flip
        and {
            "name": names[code],
            "to": figure_text(flip["flip_weight_percent"]),
            "change": signed_text(flip["change_points"]),
            "rises": Fraction(flip["change_points"]["exact"]) > 0,
            "from": scoring.shown(
                Fraction(flip["flip_weight_percent"]["exact"])
                - Fraction(flip["change_points"]["exact"])
            ),
        },
        "transfer": transfer
        and {
            "to": names[transfer["to"]],
            "from": [
                {"name": names[donor["category"]], "points": figure_text(donor["points"])}
                for donor in transfer["from"]
            ],
            "total": figure_text(transfer["total_points"]),
        },
    }


def share_table(pairs: Sequence[Part]) -> dict[str, Any] | None:
    """A table of who beats whom, in percent of all weightings; None where nobody is beaten."""
    if not pairs:
        return None
    names = list(dict.fromkeys(name for pair in pairs for name in (pair["first"], pair["second"])))
    known = {}
    for pair in pairs:
        share = scoring.exact(pair["share"])
        if share is not None:
            known[pair["first"], pair["second"]] = percent(share)
            known[pair["second"], pair["first"]] = percent(1 - share)
    return {
        "names": names,
        "rows": [
            {
                "name": name,
                "cells": [
                    "" if name == other else known.get((name, other), "=") for other in names
                ],
            }
            for name in names
        ],
    }


def profile_table(profiles: Sequence[Part]) -> dict[str, Any] | None:
    """The order under each profile: a column a vendor, in the order of the first profile."""
    if not profiles or not profiles[0]["places"]:
        return None
    names = [place["vendor"] for place in profiles[0]["places"]]
    rows = []
    for profile in profiles:
        places = {place["vendor"]: place for place in profile["places"]}
        cells = [
            {"rank": places[name]["rank"], "score": figure_text(places[name]["score"])}
            for name in names
        ]
        rows.append({"name": profile["name"], "cells": cells})
    return {"names": names, "rows": rows}


def certification_rows(vendors: Sequence[Part], on: str) -> list[dict[str, Any]]:
    """Each standard that somebody holds, with what each vendor has of it."""
    standards = dict.fromkeys(c["standard"] for v in vendors for c in v["certifications"])
    return [
        {
            "standard": standard,
            "cells": [
                [
                    {
                        **held,
                        "ends": short_day(held["expires_on"]),
                        "is_over": bool(held["expires_on"]) and held["expires_on"] < on,
                    }
                    for held in vendor["certifications"]
                    if held["standard"] == standard
                ]
                for vendor in vendors
            ],
        }
        for standard in sorted(standards)
    ]


def model_rows(vendors: Sequence[Part]) -> list[dict[str, Any]]:
    """What each vendor answered about the people who do the work."""
    texts = [{item["code"]: item["text"] for item in vendor["model"]} for vendor in vendors]
    labels = {item["code"]: item["label"] for vendor in vendors for item in vendor["model"]}
    return [
        {"code": code, "label": label, "cells": [text.get(code, "") for text in texts]}
        for code, label in labels.items()
    ]


def why_table(why: Part | None) -> dict[str, Any] | None:
    """The criteria behind a lead, and what would close it; None where nothing is explained."""
    if why is None:
        return None
    return {
        "first": why["first"],
        "second": why["second"],
        "text": why["text"],
        "criteria": [
            {
                "code": part["code"],
                "question": part["question"],
                "points": signed_text(part["points"]),
                "cells": [_answered(part["first"]), _answered(part["second"])],
            }
            for part in why["criteria"]
        ],
        "plans": [
            {
                **plan,
                "needs": [
                    {**need, "points": signed_text(need["points"])} for need in plan["needs"]
                ],
            }
            for plan in why["plans"]
        ],
    }


def _answered(figure: Part | None) -> dict[str, str] | None:
    """A criterion's figure: its score and level; None where it was not asked."""
    if figure is None:
        return None
    return {
        "state": figure["state"],
        "level": figure["level"],
        "score": figure_text(figure["score"], 0),
    }
