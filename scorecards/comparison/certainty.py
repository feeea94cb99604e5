"""How sure an order is: every figure of it, for the page, the documents and the command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise

from scorecards.ranking import (
    Acceptability,
    Candidate,
    Flip,
    Omission,
    Ranking,
    Shrinker,
    Transfer,
    Turn,
    acceptability,
    differences,
    flips,
    is_robust,
    least_transfer,
    omissions,
    shrinkers,
    smallest,
    turns,
    winning_share,
)
from vendors import scoring

#: Below this share of the draws about the current weights a first place is too close to call.
SURE_SHARE = 0.7


@dataclass(frozen=True, slots=True)
class Pair:
    """Two ranked vendors, the first not behind the second.

    `d` is first less second by category, `lead` in points; `share` is the exact part of all
    weightings in which the first wins, None where they are the same everywhere.
    """

    first: str
    second: str
    d: dict[str, Fraction]
    lead: Fraction
    flips: tuple[Flip, ...]
    transfer: Transfer | None
    share: Fraction | None

    @property
    def smallest(self) -> Flip | None:
        """The flip that asks for the fewest points."""
        return smallest(self.flips)

    @property
    def is_robust(self) -> bool:
        """Whether no weighting puts the second before the first."""
        return is_robust(self.d)


@dataclass(frozen=True, slots=True)
class Certainty:
    """Figures by vendor's key; empty where nobody or only one is ranked.

    `neighbours` are pairs of one place and the next, `pairs` all pairs from the first place on,
    `turns` the nearest flip of the first place by category.
    """

    pairs: tuple[Pair, ...]
    neighbours: tuple[Pair, ...]
    turns: dict[str, Turn]
    draws: Acceptability
    omissions: tuple[Omission, ...]
    shrinkers: tuple[Shrinker, ...]

    def pair(self, first: str, second: str) -> Pair:
        """The pair of these two. Raises KeyError where they are none in this order."""
        for item in self.pairs:
            if (item.first, item.second) == (first, second):
                return item
        raise KeyError((first, second))

    def first_share(self, key: str) -> float | None:
        """How often a vendor comes first in the draws about the current weights, 0 to 1."""
        places = self.draws.centred.get(key)
        return None if places is None else places[0]


def certainty_of(
    candidates: Sequence[Candidate], weights: Mapping[str, Fraction], ranking: Ranking
) -> Certainty:
    """Everything about an order; `weights` are those of the whole framework."""
    scores = {item.key: item.scores for item in candidates}
    keys = [item.key for item in ranking.placed]
    pairs = {two: _pair(two[0], two[1], scores, ranking) for two in combinations(keys, 2)}
    return Certainty(
        pairs=tuple(pairs.values()),
        neighbours=tuple(pairs[two] for two in pairwise(keys)),
        turns=turns(ranking, scores),
        draws=acceptability({key: scores[key] for key in keys}, ranking.basis.weights),
        omissions=omissions(candidates, weights, ranking),
        shrinkers=shrinkers(candidates, weights, ranking),
    )


def is_close(ranking: Ranking, certainty: Certainty) -> bool:
    """Whether first and second are too close to call.

    The lead is under one point, or the leader comes first in under 70 % of the draws about the
    current weights.
    """
    if ranking.lead is None:
        return False
    share = certainty.first_share(ranking.at(1)[0].key)
    return ranking.is_close or (share is not None and share < SURE_SHARE)


def certainty_document(certainty: Certainty, names: Mapping[str, str]) -> dict[str, object]:
    """The figures as JSON writes them, exact where they are; `names` by vendor's key."""
    draws = certainty.draws
    return {
        "sensitivity": [_sensitivity(pair, names) for pair in certainty.neighbours],
        "pairwise_win_uniform": [
            {
                "first": names[pair.first],
                "second": names[pair.second],
                "share": scoring.figure(pair.share),
            }
            for pair in certainty.pairs
        ],
        "acceptability": {
            "samples": draws.samples,
            "seed": draws.seed,
            "uniform": {names[key]: _shares(row) for key, row in draws.uniform.items()},
            "centred": {names[key]: _shares(row) for key, row in draws.centred.items()},
        },
        "omissions": [
            {
                "category": item.code,
                "first": [names[key] for key in item.first],
                "order_changes": item.order_changes,
            }
            for item in certainty.omissions
        ],
    }


def _shares(row: Sequence[float]) -> list[Decimal]:
    """Shares as decimals, which canonical JSON can write: counts of draws have few digits."""
    return [Decimal(str(round(share, 6))) for share in row]


def _pair(
    first: str,
    second: str,
    scores: Mapping[str, Mapping[str, Fraction | None]],
    ranking: Ranking,
) -> Pair:
    weights = ranking.basis.weights
    d = differences(scores[first], scores[second], weights)
    lead = sum((weights[code] * value for code, value in d.items()), Fraction(0)) / 100
    return Pair(
        first=first,
        second=second,
        d=d,
        lead=lead,
        flips=flips(weights, d),
        transfer=least_transfer(weights, d),
        share=winning_share(d.values()),
    )


def _sensitivity(pair: Pair, names: Mapping[str, str]) -> dict[str, object]:
    least, transfer = pair.smallest, pair.transfer
    return {
        "first": names[pair.first],
        "second": names[pair.second],
        "d": {code: scoring.figure(value) for code, value in pair.d.items()},
        "lead": scoring.figure(pair.lead),
        "single_weight": {
            flip.code: {
                "flip_weight_percent": scoring.figure(flip.at),
                "change_points": scoring.figure(flip.change),
                "relative_change": scoring.figure(flip.relative),
            }
            for flip in pair.flips
        },
        "smallest_single": least.code if least else None,
        "smallest_transfer": None
        if transfer is None
        else {
            "to": transfer.to,
            "from": [
                {"category": donor.code, "points": scoring.figure(donor.points)}
                for donor in transfer.donors
            ],
            "total_points": scoring.figure(transfer.total),
        },
        "robust": pair.is_robust,
    }
