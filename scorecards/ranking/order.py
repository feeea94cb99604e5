"""Who stands where, and on which basis.

The rules are in docs/scoring.md, "From scores to a ranking".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from vendors.scoring.engine import overall_under
from vendors.scoring.figures import rounded
from vendors.scoring.results import FAIL, PASS, PENDING

#: Below this unrounded lead, in points, first and second are too close to call.
CLOSE_LEAD = Fraction(1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One vendor as the ranking sees it.

    `scores` are category scores, 0 to 100, None where a category is not rated. `must_haves` are
    the results ("pass", "pending", "fail") by criterion code, in the order of the framework.
    """

    key: str
    name: str
    gate: str
    scores: Mapping[str, Fraction | None]
    must_haves: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A vendor whose gate is pass: its score on the basis and its place.

    Both are None where the basis gives no score: nothing is rated for all, or without weight.
    """

    key: str
    name: str
    rank: int | None
    score: Fraction | None


@dataclass(frozen=True, slots=True)
class Unranked:
    """A vendor that the gate keeps out, and the must-haves that did it.

    The score counts its own rated categories.
    """

    key: str
    name: str
    score: Fraction | None
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """The categories that count, with their weights rescaled to 100, and those left out.

    `order_changes`: whether the places differ when each vendor counts all its rated categories.
    """

    weights: dict[str, Fraction]
    left_out: tuple[str, ...]
    order_changes: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """The whole order: ranked vendors from first to last, then those that the gate keeps out."""

    ranked: tuple[Standing, ...]
    pending: tuple[Unranked, ...]
    failed: tuple[Unranked, ...]
    basis: Basis

    @property
    def placed(self) -> tuple[Standing, ...]:
        """The ranked ones that have a place."""
        return tuple(standing for standing in self.ranked if standing.rank is not None)

    def at(self, rank: int) -> tuple[Standing, ...]:
        """Those who share a place; empty where nobody stands there."""
        return tuple(standing for standing in self.ranked if standing.rank == rank)

    @property
    def runners_up(self) -> tuple[Standing, ...]:
        """Those next after a single leader; empty when the first place is shared or alone."""
        return self.at(2) if len(self.at(1)) == 1 else ()

    @property
    def lead(self) -> Fraction | None:
        """Exact points between the leader and the next, None without both."""
        return self._lead(lambda score: score)

    @property
    def lead_shown(self) -> Fraction | None:
        """The difference of the two figures as shown, so that a reader can subtract them."""
        return self._lead(rounded)

    @property
    def is_close(self) -> bool:
        """Whether the lead is under one point, before rounding."""
        lead = self.lead
        return lead is not None and lead < CLOSE_LEAD

    def _lead(self, figure: Callable[[Fraction], Fraction]) -> Fraction | None:
        first, second = self.at(1), self.runners_up
        if not second or first[0].score is None or second[0].score is None:
            return None
        return figure(first[0].score) - figure(second[0].score)


def rank(
    candidates: Iterable[Candidate],
    weights: Mapping[str, Fraction],
    rated_under: Mapping[str, Fraction] | None = None,
) -> Ranking:
    """Rank the vendors whose gate is pass by their exact score on the basis; ties share a place.

    `weights` name every category of the framework, in its order, in any unit. The basis is what is
    rated for every ranked vendor that is rated where there is weight; the others have no place.
    Weights that are tried out give `rated_under`, the weights they started from: who counts as
    rated stays as it was there, so that the basis does not move with a slider.
    """
    everyone = list(candidates)
    passing = [candidate for candidate in everyone if candidate.gate == PASS]
    own = {candidate.key: _overall(candidate, weights) for candidate in everyone}
    judged = weights if rated_under is None else rated_under
    rated = [candidate for candidate in passing if _overall(candidate, judged) is not None]
    basis = _basis(rated, weights)
    scores = {
        candidate.key: _overall(candidate, basis) if candidate in rated else None
        for candidate in passing
    }
    places = _places(scores)
    left_out = tuple(code for code in weights if code not in basis)
    changes = bool(left_out) and places != _places({key: own[key] for key in scores})
    return Ranking(
        ranked=_ordered(passing, scores, places),
        pending=_unranked(everyone, PENDING, own),
        failed=_unranked(everyone, FAIL, own),
        basis=Basis(basis, left_out, changes),
    )


def _basis(rated: Sequence[Candidate], weights: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The weights of what is rated for all of them, rescaled to 100."""
    common = {
        code: weight
        for code, weight in weights.items()
        if all(candidate.scores.get(code) is not None for candidate in rated)
    }
    total = sum(common.values(), Fraction(0))
    return {code: 100 * weight / total for code, weight in common.items()} if total else common


def _overall(candidate: Candidate, weights: Mapping[str, Fraction]) -> Fraction | None:
    """The exact score under weights, over those categories that are rated."""
    return overall_under(((code, candidate.scores.get(code)) for code in weights), weights)


def _places(scores: Mapping[str, Fraction | None]) -> dict[str, int | None]:
    """1 for the highest; equal scores share a place and the next one is left empty."""
    known = [score for score in scores.values() if score is not None]
    return {
        key: None if score is None else 1 + sum(other > score for other in known)
        for key, score in scores.items()
    }


def _ordered(
    passing: Sequence[Candidate],
    scores: Mapping[str, Fraction | None],
    places: Mapping[str, int | None],
) -> tuple[Standing, ...]:
    """From first to last, by name within a shared place; without a place at the end."""
    standings = [
        Standing(candidate.key, candidate.name, places[candidate.key], scores[candidate.key])
        for candidate in passing
    ]
    last = len(standings) + 1
    return tuple(sorted(standings, key=lambda item: (item.rank or last, item.name.casefold())))


def _unranked(
    everyone: Sequence[Candidate], gate: str, own: Mapping[str, Fraction | None]
) -> tuple[Unranked, ...]:
    """Those with this gate by name, and the must-haves with the same result."""
    found = [
        Unranked(
            candidate.key,
            candidate.name,
            own[candidate.key],
            tuple(code for code, result in candidate.must_haves.items() if result == gate),
        )
        for candidate in everyone
        if candidate.gate == gate
    ]
    return tuple(sorted(found, key=lambda item: item.name.casefold()))
