"""Comparisons: from rows to what the page and the command show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from django.db.models import QuerySet
from django.utils import timezone

from scorecards.comparison.asked import FEWEST, MOST, Asked
from scorecards.comparison.columns import candidates_of, columns_of
from scorecards.comparison.comparison import Comparison, Table
from scorecards.comparison.entries import Entry, certifications_of, entries_of
from scorecards.comparison.lineup import Line
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
from scorecards.comparison.shared import taken_in
from scorecards.comparison.sure import sure_of
from scorecards.comparison.table import (
    category_rows,
    certification_rows,
    model_rows,
)
from scorecards.comparison.weighting import Profile, chosen_profile, weighting_of
from scorecards.comparison.why import why_of
from scorecards.comparison.words import summary_of
from scorecards.ranking import rank
from vendors import scoring
from vendors.models import Framework, Vendor
from vendors.queries.assessments import weight_profiles

__all__ = [
    "FEWEST",
    "MOST",
    "Asked",
    "Comparison",
    "Line",
    "Profile",
    "Table",
    "compare",
    "line_up",
]


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
