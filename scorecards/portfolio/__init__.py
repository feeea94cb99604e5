"""The portfolio: all vendors in figures, from rows to what the page and the documents show."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from django.utils import timezone

from scorecards.portfolio.categories import CategoryLine, category_lines
from scorecards.portfolio.concerns import SHOWN as CONCERNS_SHOWN
from scorecards.portfolio.concerns import Concern, above, concerns_of
from scorecards.portfolio.groups import SHOWN as GROUPS_SHOWN
from scorecards.portfolio.groups import (
    Found,
    GroupLine,
    Register,
    by_country,
    by_service,
    group_lines,
)
from scorecards.portfolio.headline import Headline, headline_of
from scorecards.portfolio.links import Links
from scorecards.portfolio.matrix import Matrix, matrix_of
from scorecards.portfolio.movement import Moved, Movement, moved, movement_of
from scorecards.portfolio.rows import (
    Ending,
    Named,
    Row,
    endings_of,
    last_day,
    named,
    rows_of,
    services_of,
    sites_of,
)
from scorecards.portfolio.scatter import MOST_POINTS, Scatter, drawn, scatter_of
from scorecards.portfolio.spreads import Spread, spreads_of
from scorecards.portfolio.terms import Term, terms_of
from vendors.models import Framework, WeightProfile
from vendors.permissions import Actor
from vendors.queries.assessments import frameworks_in_force, weight_profiles
from vendors.queries.movements import last_quarter_end
from vendors.queries.vendors import newest_of
from vendors.queries.waivers import WaiverLine, waivers_of


@dataclass(frozen=True, slots=True)
class Basis:
    """What a portfolio is computed by: the framework in force, its profiles, and the one asked for.

    `profile` is None for the scores as approved; then `asked` may hold a name that nobody knows.
    """

    framework: Framework
    profiles: tuple[WeightProfile, ...]
    profile: WeightProfile | None
    asked: str
    on: date

    @property
    def unknown(self) -> str:
        """A name that was asked for and is none of the profiles; "" otherwise."""
        return self.asked if self.asked and self.profile is None else ""

    @property
    def weights(self) -> dict[str, Fraction] | None:
        """The category weights that count; None for those that the scores were approved with."""
        if self.profile is None:
            return None
        return {code: Fraction(text) for code, text in self.profile.weights.items()}


@dataclass(frozen=True, slots=True)
class Groups:
    """The largest groups in full, and the names of the others."""

    lines: tuple[GroupLine, ...]
    others: tuple[GroupLine, ...]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Everything that the page and the document show."""

    basis: Basis
    headline: Headline
    matrix: Matrix
    concerns: tuple[Concern, ...]
    concerns_total: int
    movement: Movement
    scatter: Scatter
    categories: tuple[CategoryLine, ...]
    terms: tuple[Term, ...]
    countries: Groups
    services: Groups
    #: Whether one of the vendors named is made up.
    has_samples: bool


def basis_of(profile_name: str) -> Basis | None:
    """What is asked for, on today's day; None before any framework is published. Two queries."""
    framework = newest_of(frameworks_in_force())
    if framework is None:
        return None
    profiles = tuple(weight_profiles(framework.slug))
    wanted = " ".join(profile_name.split())[:80]
    chosen = next((one for one in profiles if one.name.casefold() == wanted.casefold()), None)
    return Basis(framework, profiles, chosen, wanted, timezone.localdate())


def portfolio_now(user: Actor, profile_name: str = "") -> Portfolio | None:
    """All current vendors as of today, under a weight profile if its name is known.

    None before any framework is published. Eleven queries at most, however many vendors there are.
    """
    basis = basis_of(profile_name)
    return None if basis is None else _portfolio(user, basis)


def _portfolio(user: Actor, basis: Basis) -> Portfolio:
    rules = basis.framework.rules
    since = last_quarter_end(basis.on)
    rows = rows_of(user, today=basis.on, since=since, weights=basis.weights, rules=rules.scoring)
    picked = _Picked(user, rows)
    sight = _Sight(
        basis=basis,
        links=Links(basis.profile.name if basis.profile else ""),
        rows=rows,
        spreads=spreads_of(user),
        endings=endings_of(user, until=last_day(basis.on)),
        names=named(picked.keys),
    )
    return sight.portfolio(picked, since)


class _Picked:
    """What is shown by name, found before the names are read."""

    def __init__(self, user: Actor, rows: Sequence[Row]) -> None:
        register = Register.of(rows)
        self.above = above(rows)
        self.moved: Moved = moved(rows)
        self.drawn = drawn(rows)
        self.countries = by_country(sites_of(user), register)
        self.services = by_service(services_of(rows), register)

    @property
    def keys(self) -> Collection[int]:
        """The vendors that are named."""
        found = [*self.above[:CONCERNS_SHOWN], *self.moved.shown]
        if len(self.drawn) <= MOST_POINTS:
            found += [row for _score, _confidence, row in self.drawn]
        for groups in (self.countries, self.services):
            found += [group.lowest for group in groups[:GROUPS_SHOWN] if group.lowest]
        return {row.key for row in found}


@dataclass(frozen=True, slots=True)
class _Sight:
    """Everything that was read, on its way to what is shown."""

    basis: Basis
    links: Links
    rows: Sequence[Row]
    spreads: dict[str, Spread]
    endings: list[Ending]
    names: dict[int, Named]

    def portfolio(self, picked: _Picked, since: date) -> Portfolio:
        """Put the parts together. One query, for waivers, where a gate fails."""
        rules, links = self.basis.framework.rules, self.links
        matrix = matrix_of(self.rows, rules.scoring, links)
        concerns = picked.above[:CONCERNS_SHOWN]
        return Portfolio(
            basis=self.basis,
            headline=headline_of(self.rows, matrix, links),
            matrix=matrix,
            concerns=tuple(concerns_of(concerns, self.names, rules, self._waived(concerns))),
            concerns_total=len(picked.above),
            movement=movement_of(picked.moved, self.names, since, links),
            scatter=scatter_of(picked.drawn, self.names, rules.scoring, links),
            categories=tuple(category_lines(self.spreads, self.rows, rules, links)),
            terms=tuple(terms_of(self.endings, self.basis.on, links)),
            countries=self._groups(picked.countries, matrix, "country"),
            services=self._groups(picked.services, matrix, "service"),
            has_samples=any(vendor.is_sample for vendor in self.names.values()),
        )

    def _waived(self, concerns: Sequence[Row]) -> dict[int, list[WaiverLine]]:
        failing = [self.names[row.key].assessment for row in concerns if not row.is_eligible]
        return waivers_of(key for key in failing if key is not None)

    def _groups(self, groups: Sequence[Found], matrix: Matrix, name: str) -> Groups:
        def lines(some: Sequence[Found]) -> tuple[GroupLine, ...]:
            return tuple(group_lines(some, self.names, matrix.columns, self.links, name))

        return Groups(lines(groups[:GROUPS_SHOWN]), lines(_without_lowest(groups[GROUPS_SHOWN:])))


def _without_lowest(groups: Sequence[Found]) -> list[Found]:
    """Groups that are only counted: nobody of them is named."""
    return [replace(group, lowest=None) for group in groups]
