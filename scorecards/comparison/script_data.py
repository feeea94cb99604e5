"""What the page's script is given, so that it computes what the server computes.

Figures are exact on the server and floats here: they agree to 1e-9. `static/js/ranking.js` reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from scorecards.comparison.columns import Column
from scorecards.comparison.comparison import Table
from scorecards.comparison.entries import CategoryFigure
from scorecards.comparison.handles import END, USUAL_END
from scorecards.comparison.lineup import Line
from scorecards.comparison.phrases import phrases
from scorecards.comparison.weighting import Profile
from vendors import scoring

#: Figures by category beside the score, by the name that the script knows them under.
FIGURES: dict[str, Callable[[CategoryFigure], Fraction | None]] = {
    "claimed": lambda item: item.claimed,
    "confidence": lambda item: item.confidence,
    "high": lambda item: item.high,
    "verified": lambda item: item.shares.get(scoring.VERIFIED),
    "documented": lambda item: item.shares.get(scoring.DOCUMENTED),
    "claimed_only": lambda item: item.shares.get(scoring.CLAIMED),
}


def script_data(table: Table) -> dict[str, Any]:
    """Basis, weights, profiles, bands and vendors, as JSON takes them; vendors as the columns."""
    line, rules = table.line, table.line.framework.rules
    weighting, limits = line.weighting, rules.scoring
    return {
        "basis": [{"code": code, "name": rules.category(code).name} for code in weighting.base],
        "weights": _floats(weighting.counted),
        "locked": [code for code in weighting.base if code in weighting.locked],
        "tried": weighting.is_tried_out,
        "faulty": bool(weighting.faults),
        "profile": line.profile.name,
        "profiles": [_profile(line, profile) for profile in line.profiles],
        "ends": [USUAL_END, END],
        "bands": [{"value": b.value, "label": b.label, "min": float(b.min)} for b in limits.bands],
        "floor": {"below": float(limits.floor_below), "cap": limits.floor_cap_band},
        "vendors": _vendors(table),
        "words": {**phrases(), "whatif": _words()},
    } | _under(line, line.profile)


def _under(line: Line, profile: Profile) -> dict[str, Any]:
    """The profile on the basis: its weights there (sum 100), its part of the whole, and the rest."""
    basis = line.weighting.base
    part = sum((profile.weights[code] for code in basis), Fraction(0))
    return {
        "base": {
            code: float(100 * profile.weights[code] / part) if part else 0.0 for code in basis
        },
        "part": float(part),
        "outside": _floats({c: w for c, w in profile.weights.items() if c not in basis}),
    }


def _profile(line: Line, profile: Profile) -> dict[str, Any]:
    """A profile that can be applied; one under which other categories count has to be loaded."""
    found = {"name": profile.name, "description": profile.description}
    if _rated(line, profile) != _rated(line, line.profile):
        return found
    return found | _under(line, profile)


def _rated(line: Line, profile: Profile) -> set[str]:
    """Whom the basis follows: vendors without a fault of the gate that are rated with weight."""
    return {
        candidate.key
        for candidate in line.candidates
        if candidate.gate == scoring.PASS
        and any(
            profile.weights.get(code)
            for code, score in candidate.scores.items()
            if score is not None
        )
    }


def _vendors(table: Table) -> list[dict[str, Any]]:
    names = sorted(table.columns, key=lambda column: column.name.casefold())
    ranked = {standing.key for standing in table.line.ranking.ranked}
    codes, unranked = table.line.profile.weights, _unranked(table)
    return [
        {
            "key": column.entry.key,
            "name": column.name,
            "ranked": column.entry.key in ranked,
            "eligible": column.is_eligible,
            "approved": column.entry.is_approved,
            "below": _is_below(column),
            "alphabetic": names.index(column),
            "unranked": unranked.get(column.entry.key, ""),
            "own": None if column.entry.measure is None else _float(column.own),
            "scores": _figures(column, codes, lambda item: item.score),
            "figures": {name: _figures(column, codes, pick) for name, pick in FIGURES.items()},
        }
        for column in table.columns
    ]


def _unranked(table: Table) -> dict[str, str]:
    """By vendor's key why it is not ranked, with a gap for its score; both stand in one order."""
    columns = [column for column in table.columns if column.rank is None]
    found = {}
    for column, out in zip(columns, table.summary.out, strict=True):
        score = "" if column.overall is None else scoring.shown(column.overall)
        is_once = bool(score) and out.text.count(score) == 1
        text = out.text.replace("%", "%%")
        found[column.entry.key] = text.replace(score, "%(score)s") if is_once else text
    return found


def _figures(
    column: Column,
    codes: Mapping[str, Fraction],
    pick: Callable[[CategoryFigure], Fraction | None],
) -> dict[str, float | None]:
    found = {code: pick(column.entry.categories.get(code, CategoryFigure())) for code in codes}
    return {code: _float(value) for code, value in found.items()}


def _is_below(column: Column) -> bool:
    """Whether a rated category lies under the floor, which caps the band."""
    rules = column.entry.measure or column.entry.rules
    floor = rules.scoring.floor_below
    return any(score is not None and score < floor for score in column.entry.scores.values())


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _floats(weights: Mapping[str, Fraction]) -> dict[str, float]:
    return {code: float(weight) for code, weight in weights.items()}


def _words() -> dict[str, str]:
    """Texts that the script writes into the table."""
    return {
        "shared": _("shared"),
        "not_ranked": _("Not ranked"),
        "not_eligible": _("Not ranked, not eligible"),
        "not_rated": _("Not rated"),
        "of": _("of 100"),
        "of_band": _("of 100, band %(letter)s, %(word)s"),
        "range": _("%(low)s to %(high)s, not all is answered"),
        "own": _("%(own)s with all its categories"),
        "evidence": _(
            "Evidence by weight: %(verified)s verified, %(documented)s documented,"
            " %(claimed)s claimed only"
        ),
        "was": _("was %(was)s"),
        "back": _("Back to %(profile)s"),
        "next": _("Save as the next version of %(profile)s"),
        "no_number": _("Enter a weight from 0 to 100."),
        "too_much": _("With the locked ones at most %(most)s is left."),
        "all_locked": _("All other weights are locked. Unlock one to move this."),
        "stale": _("These figures are of the weights before: the new ones could not be loaded."),
        "again": _("Load again"),
    }
