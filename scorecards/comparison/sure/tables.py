"""The order under each saved profile, without one category, and of any two alone."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.comparison.certainty import Certainty
from scorecards.comparison.lineup import Line
from scorecards.comparison.phrases import listed, phrases, place_text, share_text
from scorecards.ranking import Ranking, rank
from vendors import scoring


@dataclass(frozen=True, slots=True)
class ProfileHead:
    """A saved profile; `is_now` where the weights that count are its own."""

    name: str
    is_now: bool


@dataclass(frozen=True, slots=True)
class PlaceCell:
    """A place and a score; both "" where there is none."""

    place: str
    score: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One ranked vendor under each profile, and under the weights that count now."""

    key: str
    name: str
    cells: tuple[PlaceCell, ...]
    now: PlaceCell


@dataclass(frozen=True, slots=True)
class ProfileTable:
    """Vendors by profiles; `is_tried_out` tells whether the weights now are of none of them."""

    heads: tuple[ProfileHead, ...]
    rows: tuple[ProfileRow, ...]
    is_tried_out: bool


@dataclass(frozen=True, slots=True)
class ShareCell:
    """How often the vendor of the row beats that of the column; "" for itself."""

    text: str
    is_half: bool = False


@dataclass(frozen=True, slots=True)
class PairRow:
    """One vendor against each."""

    name: str
    cells: tuple[ShareCell, ...]


@dataclass(frozen=True, slots=True)
class PairTable:
    """Everybody against everybody, by place; empty below three, where one sentence says it."""

    names: tuple[str, ...]
    rows: tuple[PairRow, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The order without one category: who is first, and whether any place changes."""

    code: str
    name: str
    first: str
    order: str
    changes: bool
    changes_first: bool


def profiles_of(line: Line) -> ProfileTable:
    """The order under each profile. Empty where nobody has a place."""
    candidates, placed = line.candidates, line.ranking.placed
    orders = [_cells(rank(candidates, profile.weights)) for profile in line.profiles]
    now, none = _cells(line.ranking), PlaceCell("", "", is_first=False)
    return ProfileTable(
        heads=tuple(
            ProfileHead(profile.name, profile is line.profile and not line.weighting.is_tried_out)
            for profile in line.profiles
        ),
        rows=tuple(
            ProfileRow(
                item.key,
                item.name,
                tuple(order.get(item.key, none) for order in orders),
                now[item.key],
            )
            for item in placed
        ),
        is_tried_out=line.weighting.is_tried_out,
    )


def _cells(ranking: Ranking) -> dict[str, PlaceCell]:
    return {
        item.key: PlaceCell(
            place_text(item.rank or 0), scoring.shown(item.score), is_first=item.rank == 1
        )
        for item in ranking.placed
        if item.score is not None
    }


def pairs_of(ranking: Ranking, certainty: Certainty) -> PairTable:
    """The exact share of all weightings in which one beats the other."""
    placed = ranking.placed
    if len(placed) < 3:
        return PairTable((), ())
    tie = ShareCell(phrases()["tie"])
    shares = {}
    for pair in certainty.pairs:
        if pair.share is None:
            shares[pair.first, pair.second] = shares[pair.second, pair.first] = tie
            continue
        for two, share in (
            ((pair.first, pair.second), pair.share),
            ((pair.second, pair.first), 1 - pair.share),
        ):
            shares[two] = ShareCell(share_text(share), is_half=2 * share > 1)
    rows = (
        PairRow(
            item.name,
            tuple(shares.get((item.key, other.key), ShareCell("")) for other in placed),
        )
        for item in placed
    )
    return PairTable(tuple(item.name for item in placed), tuple(rows))


def without_of(line: Line, certainty: Certainty) -> tuple[Without, ...]:
    """What leaving out each category changes. Empty with fewer than two ranked vendors."""
    if not certainty.pairs:
        return ()
    words, rules = phrases(), line.framework.rules
    names = {item.key: item.name for item in line.ranking.ranked}
    first = {item.key for item in line.ranking.at(1)}
    return tuple(
        Without(
            code=item.code,
            name=rules.category(item.code).name,
            first=listed(names[key] for key in item.first),
            order=words["order_changes" if item.order_changes else "order_stays"],
            changes=item.order_changes,
            changes_first=set(item.first) != first,
        )
        for item in certainty.omissions
    )
