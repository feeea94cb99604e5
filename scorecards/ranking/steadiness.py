"""What the order owes to the categories it stands on, and to who else is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scorecards.ranking.order import Candidate, Ranking, rank


@dataclass(frozen=True, slots=True)
class Omission:
    """The order without one category of the basis: who is first, and whether any place changes."""

    code: str
    first: tuple[str, ...]
    order_changes: bool


@dataclass(frozen=True, slots=True)
class Shrinker:
    """A ranked vendor that takes categories from the basis because it is not rated there.

    `order_changes`: whether the others would stand in another order without it; `first` are the
    keys of those who would then lead.
    """

    key: str
    codes: tuple[str, ...]
    first: tuple[str, ...]
    order_changes: bool


def omissions(
    candidates: Sequence[Candidate], weights: Mapping[str, Fraction], ranking: Ranking
) -> tuple[Omission, ...]:
    """Leave out each category of the basis in turn; the others keep their proportions."""
    places = _places(ranking)
    found = []
    for code in ranking.basis.weights:
        less = {other: weight for other, weight in weights.items() if other != code}
        without = rank(candidates, less)
        if not without.placed:
            continue
        first = tuple(item.key for item in without.at(1))
        found.append(Omission(code, first, _places(without) != places))
    return tuple(found)


def shrinkers(
    candidates: Sequence[Candidate], weights: Mapping[str, Fraction], ranking: Ranking
) -> tuple[Shrinker, ...]:
    """The ranked vendors without whom the others would stand on more categories."""
    found = []
    for item in ranking.placed:
        rest = [candidate for candidate in candidates if candidate.key != item.key]
        without = rank(rest, weights)
        more = tuple(code for code in without.basis.weights if code not in ranking.basis.weights)
        if not more or len(without.placed) < 2:
            continue
        others = [other.key for other in ranking.placed if other.key != item.key]
        changes = _relative(without, others) != _relative(ranking, others)
        first = tuple(other.key for other in without.at(1))
        found.append(Shrinker(item.key, more, first, changes))
    return tuple(found)


def _places(ranking: Ranking) -> dict[str, int | None]:
    return {item.key: item.rank for item in ranking.ranked}


def _relative(ranking: Ranking, keys: Sequence[str]) -> dict[str, int]:
    """Places among some of the vendors alone."""
    known = {item.key: item.score for item in ranking.placed if item.key in keys}
    return {
        key: sum(other > score for other in known.values() if other is not None)
        for key, score in known.items()
        if score is not None
    }
