"""Comparisons: from rows to what the page and the command show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import QuerySet
from django.utils import timezone

from scorecards.comparison.asked import FEWEST, MOST, Asked
from scorecards.comparison.columns import Column, candidates_of, columns_of
from scorecards.comparison.entries import Entry, certifications_of, entries_of
from scorecards.comparison.notices import (
    Notice,
    address_notices,
    day_notices,
    draft_notices,
    few_notices,
    odd_notices,
    profile_notice,
    shared_notices,
    silent_notices,
    unassessed_notices,
)
from scorecards.comparison.shared import Odd, Shared, taken_in
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
    """Vendors that can stand side by side, under weights, with their order.

    `shared` is what several versions of the framework ask alike, None on one version; `odd` are
    those that cannot be taken in, `left_out` the same with the reason. `on` is the day whose
    results count.
    """

    framework: Framework
    profiles: tuple[Profile, ...]
    weighting: Weighting
    entries: tuple[Entry, ...]
    odd: tuple[Entry, ...]
    ranking: Ranking
    on: date
    shared: Shared | None = None
    left_out: tuple[Odd, ...] = ()

    @property
    def profile(self) -> Profile:
        """The profile that the weights are, or start from."""
        return self.weighting.profile

    @property
    def candidates(self) -> list[Candidate]:
        """The entries as the ranking sees them."""
        return candidates_of(self.entries)

    @property
    def is_past(self) -> bool:
        """Whether the results are those of a day that is over."""
        return self.on < timezone.localdate()

    def asks(self, code: str) -> bool:
        """Whether a criterion of the framework is asked of everybody here."""
        return self.shared is None or code in self.shared.codes


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
    """What the page shows: the vendors chosen, what could not be taken in, and the table.

    `on` is the day whose results count: today, unless the address asks for a past one.
    """

    asked: Asked
    chosen: tuple[Vendor, ...]
    notices: tuple[Notice, ...]
    table: Table | None
    on: date

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
    on = day_of(asked)
    past = on if on < timezone.localdate() else None
    found = _vendors(visible, asked, past)
    chosen = found[:MOST]
    entries = entries_of(chosen, drafts=asked.drafts, on=past)
    notices = [
        *address_notices(asked, found, chosen),
        *few_notices(chosen),
        *(day_notices(asked, past, has_results=bool(entries)) if chosen else []),
        *draft_notices(asked, entries.values(), past),
        *_silent([vendor for vendor in chosen if vendor.pk not in entries], entries, past),
    ]
    line = line_up(list(entries.values()), asked)
    if line is None:
        return Comparison(asked, tuple(chosen), tuple(notices), None, on)
    notices += shared_notices(line.entries, line.framework, line.shared)
    notices += odd_notices(line.left_out, line.framework)
    if asked.profile and not _is(line.profile, asked.profile):
        notices.append(profile_notice(asked.profile, line.profile.name))
    return Comparison(asked, tuple(chosen), tuple(notices), _table(line, asked), on)


def _silent(
    vendors: Sequence[Vendor], entries: Mapping[int, Entry], past: date | None
) -> list[Notice]:
    """What is said of those for whom nothing speaks."""
    if past is None:
        return unassessed_notices(vendors)
    return silent_notices(vendors, past) if entries else []


def day_of(asked: Asked) -> date:
    """The day whose results count: that of the address if it is over, else today."""
    today = timezone.localdate()
    return today if asked.on is None else min(asked.on, today)


def line_up(entries: Sequence[Entry], asked: Asked) -> Line | None:
    """Those on the framework that most are assessed on, in order. None without entries.

    Several versions of it are compared on what they ask alike (`shared.taken_in`). Without a
    profile of the name asked for the framework's own weights count.
    """
    if not entries:
        return None
    taken = taken_in(entries)
    profiles = _profiles(taken.framework)
    profile = chosen_profile(profiles, asked.profile)
    candidates = candidates_of(taken.entries)
    basis = rank(candidates, profile.weights).basis
    weighting = weighting_of(profile, basis.weights, asked)
    return Line(
        framework=taken.framework,
        profiles=profiles,
        weighting=weighting,
        entries=taken.entries,
        odd=tuple(item.entry for item in taken.odd),
        ranking=rank(candidates, weighting.weights, rated_under=profile.weights),
        on=day_of(asked),
        shared=taken.shared,
        left_out=taken.odd,
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


def _vendors(visible: QuerySet[Vendor], asked: Asked, past: date | None) -> list[Vendor]:
    """The vendors of the address that exist, in its order. One query, or none."""
    if not asked.vendor_ids:
        return []
    rows = visible.filter(public_id__in=asked.vendor_ids)
    if past is None:
        rows = rows.select_related("latest_result__assessment")
    by_id = {row.public_id: row for row in rows}
    return [by_id[public_id] for public_id in asked.vendor_ids if public_id in by_id]


def _table(line: Line, asked: Asked) -> Table:
    weights, ranking = line.weighting.weights, line.ranking
    rules = line.framework.rules
    columns = columns_of(list(line.entries), ranking, weights)
    past = line.on if line.is_past else None
    registers = certifications_of((entry.vendor for entry in line.entries), past)
    categories = category_rows(rules, columns, weights, ranking.basis, asked)
    return Table(
        line=line,
        summary=summary_of(ranking, columns, rules),
        columns=tuple(columns),
        categories=tuple(categories),
        certifications=tuple(certification_rows(columns, registers)),
        model=tuple(row for row in model_rows(rules, columns) if line.asks(row.criterion.code)),
        all_open=all(row.is_open for row in categories),
        sure=sure_of(line, columns, asked),
        why=why_of(line, columns, asked),
    )
