"""What the comparison says, in sentences. Differences are taken from the figures shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scorecards.comparison.columns import Column
from scorecards.comparison.phrases import listed, phrases
from scorecards.ranking import Ranking, Standing
from vendors import scoring
from vendors.queries.waivers import WaiverLine


@dataclass(frozen=True, slots=True)
class Out:
    """A vendor that is not ranked, and why."""

    text: str
    criteria: tuple[scoring.Criterion, ...] = ()
    waivers: tuple[WaiverLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """The lead first, then what qualifies it, then who is out.

    `ties` are shared places below the first, `close` whether the lead alone is too small, `basis`
    the categories left out, `drafts` who is not approved.
    """

    lead: str
    ties: tuple[str, ...]
    close: tuple[str, ...]
    basis: tuple[str, ...]
    drafts: tuple[str, ...]
    out: tuple[Out, ...]

    @property
    def qualifiers(self) -> tuple[str, ...]:
        """What qualifies the lead, in one list."""
        return (*self.ties, *self.close, *self.basis, *self.drafts)


def summary_of(ranking: Ranking, columns: Sequence[Column], rules: scoring.Framework) -> Summary:
    """Sentences for the panel above the table."""
    return Summary(
        lead=lead_of(ranking),
        ties=ties_of(ranking),
        close=(phrases()["close_lead"],) if ranking.is_close else (),
        basis=tuple(_basis(ranking, columns, rules)),
        drafts=tuple(_unapproved(columns)),
        out=tuple(_outside(ranking, columns)),
    )


def lead_of(ranking: Ranking) -> str:
    """Who leads whom, and by how much."""
    words, first = phrases(), ranking.at(1)
    if not first:
        return words["lead_none"]
    names = {"first": listed(item.name for item in first), "score": _figure(first[0])}
    if len(first) > 1:
        return words["lead_shared"] % names
    lead = ranking.lead_shown
    if lead is None:
        return words["lead_alone"] % names
    names["second"] = listed(item.name for item in ranking.runners_up)
    names["lead"] = scoring.shown(lead)
    return words["lead_by" if lead > 0 else "lead_hair"] % names


def _figure(standing: Standing) -> str:
    return "" if standing.score is None else scoring.shown(standing.score)


def ties_of(ranking: Ranking) -> tuple[str, ...]:
    """Shared places below the first."""
    found, words = [], phrases()["place_shared"]
    for place in sorted({item.rank for item in ranking.ranked if item.rank and item.rank > 1}):
        sharing = ranking.at(place)
        if len(sharing) > 1:
            names = listed(item.name for item in sharing)
            found.append(words % {"names": names, "place": place, "score": _figure(sharing[0])})
    return tuple(found)


def _basis(ranking: Ranking, columns: Sequence[Column], rules: scoring.Framework) -> list[str]:
    """The categories left out, for whom they are not rated, and what that changes."""
    basis = ranking.basis
    if not basis.left_out:
        return []
    left_out = []
    for code in basis.left_out:
        missing = [c.name for c in columns if c.rank and c.entry.scores.get(code) is None]
        words = _("%(category)s (not rated for %(names)s)")
        category = rules.category(code).name
        left_out.append(words % {"category": category, "names": listed(missing)})
    text = _("Left out of the ranking: %s.") % listed(left_out)
    if len(ranking.placed) < 2:
        return [text]
    counted = len(basis.left_out)
    if basis.order_changes:
        change = ngettext("With it the order changes.", "With them the order changes.", counted)
    else:
        change = ngettext(
            "With it the order stays the same.", "With them the order stays the same.", counted
        )
    return [f"{text} {change}"]


def _unapproved(columns: Sequence[Column]) -> list[str]:
    names = [column.name for column in columns if not column.entry.is_approved]
    if not names:
        return []
    return [
        ngettext(
            "%s is not approved: its figures can still change.",
            "%s are not approved: their figures can still change.",
            len(names),
        )
        % listed(names)
    ]


def _outside(ranking: Ranking, columns: Sequence[Column]) -> list[Out]:
    """Who is not ranked, and the must-haves that did it."""
    by_key = {column.entry.key: column for column in columns}
    found = [
        Out(_("%s cannot be ranked: no category is rated for all.") % item.name)
        for item in ranking.ranked
        if item.rank is None
    ]
    for item in (*ranking.pending, *ranking.failed):
        column = by_key[item.key]
        criteria = column.pending if column.is_eligible else column.failed
        waivers = tuple(column.entry.waivers)
        found.append(Out(_why_not(column, len(criteria)), criteria, waivers))
    return found


def _why_not(column: Column, count: int) -> str:
    if column.is_eligible:
        reason = ngettext("a must-have is not met yet", "must-haves are not met yet", count)
    else:
        reason = ngettext("a must-have fails", "must-haves fail", count)
    names = {"name": column.name, "reason": reason}
    if column.overall is None:
        return _("%(name)s is not ranked: %(reason)s.") % names
    names["score"] = scoring.shown(column.overall)
    return _("%(name)s scores %(score)s but is not ranked: %(reason)s.") % names
