"""From entries to columns: each vendor's figures under a weight profile."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from scorecards.comparison.entries import CategoryFigure, Entry
from scorecards.ranking import Candidate, Ranking
from vendors import scoring


@dataclass(frozen=True, slots=True)
class Column:
    """One vendor under a profile. Figures from 0 to 100, None where nothing is rated.

    Ranked vendors count the basis, so that they stand on the same categories; the others count
    what is rated for them. `own` counts that for everybody; where versions of a framework are
    compared on what they ask alike, it is the overall score of the vendor's own result.
    """

    entry: Entry
    rank: int | None
    is_shared: bool
    overall: Fraction | None
    own: Fraction | None
    claimed: Fraction | None
    confidence: Fraction | None
    high: Fraction | None
    verified: Fraction | None
    documented: Fraction | None
    claimed_only: Fraction | None
    band: scoring.Band | None
    met: int
    failed: tuple[scoring.Criterion, ...]
    pending: tuple[scoring.Criterion, ...]

    @property
    def name(self) -> str:
        """The vendor's name."""
        return self.entry.vendor.name

    @property
    def is_eligible(self) -> bool:
        """Whether no must-have fails; a vendor that isn't has no band on the page."""
        return self.entry.gate != scoring.FAIL

    @property
    def shown_band(self) -> scoring.Band | None:
        """The band as pages show it: none for a vendor that is not eligible."""
        return self.band if self.is_eligible else None

    @property
    def has_range(self) -> bool:
        """Whether open answers can still raise the figure."""
        return not self.entry.is_approved and self.overall != self.high

    @property
    def must_have_total(self) -> int:
        """How many must-haves it was asked."""
        return len(self.entry.must_haves)


def candidates_of(entries: Iterable[Entry]) -> list[Candidate]:
    """Entries as the ranking sees them."""
    return [Candidate(e.key, e.vendor.name, e.gate, e.scores, e.must_haves) for e in entries]


def columns_of(
    entries: list[Entry], ranking: Ranking, weights: Mapping[str, Fraction]
) -> list[Column]:
    """One column an entry: ranked ones by place, then pending, then failed."""
    by_key = {entry.key: entry for entry in entries}
    placed = [_column(by_key[item.key], weights, ranking, item.rank) for item in ranking.placed]
    others = (item.key for item in ranking.ranked if item.rank is None)
    outside = (*others, *(item.key for item in (*ranking.pending, *ranking.failed)))
    return placed + [_column(by_key[key], weights) for key in outside]


def _column(
    entry: Entry,
    weights: Mapping[str, Fraction],
    ranking: Ranking | None = None,
    place: int | None = None,
) -> Column:
    """The column of a ranked vendor with the ranking and its place, of another one without."""
    counted = weights if ranking is None else ranking.basis.weights

    def over(pick: Callable[[CategoryFigure], Fraction | None]) -> Fraction | None:
        figures = ((code, pick(entry.categories.get(code, _NOT_RATED))) for code in counted)
        return scoring.overall_under(figures, counted)

    overall = over(lambda item: item.score)
    return Column(
        entry=entry,
        rank=place,
        is_shared=ranking is not None and place is not None and len(ranking.at(place)) > 1,
        overall=overall,
        own=_own(entry, weights),
        claimed=over(lambda item: item.claimed),
        confidence=over(lambda item: item.confidence),
        high=over(lambda item: item.high),
        verified=over(lambda item: item.shares.get(scoring.VERIFIED)),
        documented=over(lambda item: item.shares.get(scoring.DOCUMENTED)),
        claimed_only=over(lambda item: item.shares.get(scoring.CLAIMED)),
        band=_band(entry, overall),
        met=sum(result == scoring.PASS for result in entry.must_haves.values()),
        failed=_must_haves(entry, scoring.FAIL),
        pending=_must_haves(entry, scoring.PENDING),
    )


_NOT_RATED = CategoryFigure()


def _own(entry: Entry, weights: Mapping[str, Fraction]) -> Fraction | None:
    if entry.measure is not None:
        return entry.own
    return scoring.overall_under(((code, entry.scores.get(code)) for code in weights), weights)


def _band(entry: Entry, overall: Fraction | None) -> scoring.Band | None:
    """The band by the engine's rule: of the rounded figure, capped by the category floor."""
    limits = (entry.measure or entry.rules).scoring
    is_below = any(
        score is not None and score < limits.floor_below for score in entry.scores.values()
    )
    letter = scoring.band_of(limits, overall, is_below)
    return None if letter is None else limits.band(letter)


def _must_haves(entry: Entry, outcome: str) -> tuple[scoring.Criterion, ...]:
    codes = [code for code, result in entry.must_haves.items() if result == outcome]
    return tuple(entry.rules.criterion(code) for code in codes)
