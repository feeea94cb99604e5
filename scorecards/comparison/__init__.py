"""Comparisons: from rows to what the page and the command show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import QuerySet

from scorecards.comparison.asked import FEWEST, MOST, Asked
from scorecards.comparison.columns import Column, candidates_of, columns_of
from scorecards.comparison.entries import Entry, certifications_of, entries_of
from scorecards.comparison.notices import (
    Notice,
    address_notices,
    few_notices,
    odd_notices,
    profile_notice,
    unassessed_notices,
)
from scorecards.comparison.sure import Sure, sure_of
from scorecards.comparison.table import (
    CategoryRow,
    CertificationRow,
    ModelRow,
    category_rows,
    certification_rows,
    model_rows,
)
from scorecards.comparison.weighting import Profile, Weighting, chosen_profile, weighting_of
from scorecards.comparison.why import Why, why_of
from scorecards.comparison.words import Summary, summary_of
from scorecards.ranking import Candidate, Ranking, rank
from vendors import scoring
from vendors.models import Framework, Vendor
from vendors.queries.assessments import weight_profiles

__all__ = ["FEWEST", "MOST", "Asked", "Comparison", "Line", "Profile", "compare", "line_up"]


@dataclass(frozen=True, slots=True)
class Line:
    """Vendors that can stand side by side, under weights, with their order."""

    framework: Framework
    profiles: tuple[Profile, ...]
    weighting: Weighting
    entries: tuple[Entry, ...]
    odd: tuple[Entry, ...]
    ranking: Ranking

    @property
    def profile(self) -> Profile:
        """The profile that the weights are, or start from."""
        return self.weighting.profile

    @property
    def candidates(self) -> list[Candidate]:
        """The entries as the ranking sees them."""
        return candidates_of(self.entries)


@dataclass(frozen=True, slots=True)
class Table:
    """Everything below the notices: who leads, the columns and their rows."""

    line: Line
    summary: Summary
    columns: tuple[Column, ...]
    categories: tuple[CategoryRow, ...]
    certifications: tuple[CertificationRow, ...]
    model: tuple[ModelRow, ...]
    all_open: bool
    sure: Sure
    why: Why | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the page shows: the vendors chosen, what could not be taken in, and the table."""

    asked: Asked
    chosen: tuple[Vendor, ...]
    notices: tuple[Notice, ...]
    table: Table | None

    @property
    def is_refused(self) -> bool:
        """Whether the address asked for vendors and none of them exists."""
        return not self.asked.is_empty and not self.chosen

    @property
    def has_room(self) -> bool:
        """Whether another vendor may be added."""
        return len(self.chosen) < MOST


def compare(visible: QuerySet[Vendor], asked: Asked) -> Comparison:
    """The comparison that an address asks for, among the vendors that somebody may see."""
    found = _vendors(visible, asked)
    chosen = found[:MOST]
    notices = [*address_notices(asked, found, chosen), *few_notices(chosen)]
    entries = entries_of(chosen)
    unassessed = [vendor for vendor in chosen if vendor.pk not in entries]
    notices += unassessed_notices(unassessed)
    line = line_up(list(entries.values()), asked)
    if line is None:
        return Comparison(asked, tuple(chosen), tuple(notices), None)
    notices += odd_notices(line.odd, line.framework)
    if asked.profile and not _is(line.profile, asked.profile):
        notices.append(profile_notice(asked.profile, line.profile.name))
    return Comparison(asked, tuple(chosen), tuple(notices), _table(line, asked))


def line_up(entries: Sequence[Entry], asked: Asked) -> Line | None:
    """Those on the framework that most are assessed on (the first one's in doubt), in order.

    Without a profile of the name asked for the framework's own weights count. None without entries.
    """
    if not entries:
        return None
    counts = Counter(entry.framework.pk for entry in entries)
    framework = max((entry.framework for entry in entries), key=lambda item: counts[item.pk])
    taken = tuple(entry for entry in entries if entry.framework.pk == framework.pk)
    profiles = _profiles(framework)
    profile = chosen_profile(profiles, asked.profile)
    candidates = candidates_of(taken)
    basis = rank(candidates, profile.weights).basis
    weighting = weighting_of(profile, basis.weights, asked)
    return Line(
        framework=framework,
        profiles=profiles,
        weighting=weighting,
        entries=taken,
        odd=tuple(entry for entry in entries if entry.framework.pk != framework.pk),
        ranking=rank(candidates, weighting.weights),
    )


def _is(profile: Profile, name: str) -> bool:
    return profile.name.casefold() == name.casefold()


def _profiles(framework: Framework) -> tuple[Profile, ...]:
    """Balanced, which is the version's own weights, then the profiles in force that fit it."""
    rules = framework.rules
    found = [Profile(scoring.BALANCED, "", dict(rules.weights))]
    for row in weight_profiles(rules.slug):
        if row.name != scoring.BALANCED and row.weights.keys() == rules.weights.keys():
            weights = {code: Fraction(row.weights[code]) for code in rules.weights}
            found.append(Profile(row.name, row.description, weights, row.version))
    return tuple(found)


def _vendors(visible: QuerySet[Vendor], asked: Asked) -> list[Vendor]:
    """The vendors of the address that exist, in its order. One query, or none."""
    if not asked.vendor_ids:
        return []
    rows = visible.filter(public_id__in=asked.vendor_ids)
    by_id = {row.public_id: row for row in rows.select_related("latest_result__assessment")}
    return [by_id[public_id] for public_id in asked.vendor_ids if public_id in by_id]


def _table(line: Line, asked: Asked) -> Table:
    weights, ranking = line.weighting.weights, line.ranking
    rules = line.framework.rules
    columns = columns_of(list(line.entries), ranking, weights)
    registers = certifications_of(entry.vendor for entry in line.entries)
    categories = category_rows(rules, columns, weights, ranking.basis, asked)
    return Table(
        line=line,
        summary=summary_of(ranking, columns, rules),
        columns=tuple(columns),
        categories=tuple(categories),
        certifications=tuple(certification_rows(columns, registers)),
        model=tuple(model_rows(rules, columns)),
        all_open=all(row.is_open for row in categories),
        sure=sure_of(line, columns, asked),
        why=why_of(line, columns, asked),
    )
