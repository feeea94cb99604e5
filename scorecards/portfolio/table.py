"""The vendors of the portfolio as a table to take away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from scorecards.portfolio import Basis, basis_of
from scorecards.portfolio.matrix import risk_of
from scorecards.portfolio.rows import Row, current, rows_of, services_of, sites_of
from vendors import scoring
from vendors.countries import COUNTRIES
from vendors.models import SERVICES
from vendors.permissions import Actor
from vendors.queries.movements import last_quarter_end
from vendors.queries.standings import RISK_WORDS

#: The columns of the file; `weights` names the profile, or says that scores are as approved.
HEADER = (
    "vendor",
    "sample",
    "tier",
    "gate",
    "score",
    "band",
    "residual_risk",
    "confidence",
    "weakest_category",
    "reassessment_due",
    "score_last_quarter",
    "change",
    "countries",
    "services",
    "weights",
    "as_of",
)
AS_APPROVED = "as approved"


def table_now(user: Actor, profile_name: str) -> list[Sequence[object]]:
    """All current vendors by name, a line each. Six queries."""
    basis = basis_of(profile_name)
    return [] if basis is None else _lines(user, basis)


def _lines(user: Actor, basis: Basis) -> list[Sequence[object]]:
    rules = basis.framework.rules
    rows = rows_of(
        user,
        today=basis.on,
        since=last_quarter_end(basis.on),
        weights=basis.weights,
        rules=rules.scoring,
    )
    by_key = {row.key: row for row in rows}
    countries = _held(sites_of(user), COUNTRIES)
    services = _held(services_of(rows), SERVICES)
    categories = {category.code: category.name for category in rules.categories}
    weights = basis.profile.name if basis.profile else AS_APPROVED
    names = current(user).order_by("name_key", "pk").values_list("pk", "name", "is_sample")
    return [
        (
            name,
            "yes" if is_sample else "",
            *_figures(by_key[key], categories),
            "; ".join(sorted(countries[key])),
            "; ".join(services[key]),
            weights,
            basis.on.isoformat(),
        )
        for key, name, is_sample in names
        if key in by_key
    ]


def _figures(row: Row, categories: dict[str, str]) -> tuple[object, ...]:
    return (
        row.tier,
        row.gate or "not rated",
        _shown(row.score),
        row.band if row.is_eligible else "",
        str(RISK_WORDS.get(risk_of(row), "")).lower(),
        _shown(row.confidence),
        categories.get(row.weakest, row.weakest),
        "yes" if row.is_due else "",
        _shown(row.was),
        _points(row.change),
    )


def _shown(value: float | None) -> str:
    return "" if value is None else scoring.shown(Fraction(str(value)))


def _points(change: float | None) -> float | None:
    """Points as pages round them: half up, and never a zero with a minus."""
    return None if change is None else float(scoring.rounded(Fraction(str(change))))


def _held(
    members: dict[str, list[int]], words: Mapping[str, object]
) -> defaultdict[int, list[str]]:
    found: defaultdict[int, list[str]] = defaultdict(list)
    for code, keys in members.items():
        for key in keys:
            found[key].append(str(words.get(code, code)))
    return found
