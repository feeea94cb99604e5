"""What changed since the scorecard before, and where the vendor stood in comparisons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from scorecards.content.compared import figure_text, percent, signed_text, with_sign
from scorecards.content.figures import exact
from scorecards.content.words import long_day, long_moment
from vendors import scoring

Part = Mapping[str, Any]


def change(now: Fraction | None, before: Fraction | None, places: int) -> dict[str, str] | None:
    """The difference, exact, and shown as that of the two figures that are printed."""
    if now is None or before is None:
        return None
    printed = scoring.rounded(now, places) - scoring.rounded(before, places)
    return {"exact": str(now - before), "shown": with_sign(scoring.shown(printed, places))}


def category_change(previous: Part | None, code: str, score: Fraction | None) -> Any:
    """The change of a category, in whole points; None where the earlier one did not rate it."""
    if previous is None or code not in previous["categories"]:
        return None
    return change(score, exact(previous["categories"][code]), 0)


def previous_part(previous: Part | None, overall: Fraction | None) -> dict[str, Any] | None:
    """The scorecard before, and what the overall score moved by."""
    if previous is None:
        return None
    moved = change(overall, exact(previous["overall"]), 1)
    return {
        "number": previous["number"],
        "as_of": previous["as_of"],
        "as_of_shown": long_day(previous["as_of"]),
        "framework_version": previous["framework_version"],
        "overall": figure_text(previous["overall"]),
        "change": moved,
        "change_shown": moved["shown"] if moved else "",
    }


def comparison_rows(comparisons: Sequence[Part]) -> list[dict[str, Any]]:
    """The comparisons that were kept with this very result; the other vendors stay unnamed."""
    return [
        {
            "purpose": entry["purpose"],
            "on": entry["on"],
            "on_shown": long_day(entry["on"]),
            "saved_shown": long_moment(entry["saved_at"]),
            "profile": entry["profile"]["name"],
            "is_tried_out": entry["tried_out"],
            "rank": entry["rank"],
            "is_shared": entry["shared"],
            "ranked": entry["ranked"],
            "ahead": figure_text(entry["ahead"]),
            "behind": figure_text(entry["behind"]),
            "to_fall": _turn(entry["to_fall"]),
            "to_rise": _turn(entry["to_rise"]),
            "first_share": _share(entry["first_share"]),
            "digest": entry["digest"],
        }
        for entry in comparisons
    ]


def _turn(turn: Part | None) -> dict[str, Any] | None:
    """What turns two neighbours: the weight that must move least, if any."""
    if turn is None:
        return None
    if turn["category"] is None:
        return {"is_robust": turn["robust"], "category": ""}
    return {
        "is_robust": turn["robust"],
        "category": turn["category"]["name"],
        "to": figure_text(turn["at"]),
        "change": signed_text(turn["change"]),
    }


def _share(share: Any) -> str:
    return "" if share is None else percent(Fraction(share))
