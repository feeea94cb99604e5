"""What would turn the first place and what speaks against it, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scorecards.comparison.certainty import SURE_SHARE, Certainty, Pair
from scorecards.comparison.columns import Column
from scorecards.comparison.lineup import Line
from scorecards.comparison.phrases import (
    flip_texts,
    listed,
    phrases,
    place_text,
    points_text,
    share_text,
    trimmed,
)
from scorecards.ranking import Ranking, Transfer
from vendors import scoring


@dataclass(frozen=True, slots=True)
class Doubts:
    """Sentences; "" or nothing where there is nothing to say.

    `turn`, `move`, `close` and `share` follow the weights in the browser. `basis` says what ranked
    vendors do to the basis, `drafts` which places open answers still allow.
    """

    turn: str = ""
    move: str = ""
    close: str = ""
    share: str = ""
    basis: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()

    @property
    def live(self) -> tuple[str, ...]:
        """Those that follow the weights."""
        return tuple(text for text in (self.turn, self.move, self.close, self.share) if text)


def doubts_of(line: Line, columns: Sequence[Column], certainty: Certainty) -> Doubts:
    """All the sentences about an order."""
    drafts = _drafts(line.ranking, columns)
    if not certainty.pairs:
        return Doubts(drafts=drafts)
    names = {item.key: item.name for item in line.ranking.ranked}
    rivals = _rivals(line.ranking, certainty)
    return Doubts(
        turn=_turn(line, certainty, rivals, names),
        move=_move(line, rivals, names),
        close=_close(line.ranking, certainty),
        share=_share(certainty.pairs[0], names),
        basis=_basis(line, certainty, names),
        drafts=drafts,
    )


def _rivals(ranking: Ranking, certainty: Certainty) -> list[Pair]:
    """The pairs of a single leader with each of the others."""
    first = ranking.at(1)
    return [item for item in certainty.pairs if len(first) == 1 and item.first == first[0].key]


def _turn(
    line: Line, certainty: Certainty, rivals: Sequence[Pair], names: Mapping[str, str]
) -> str:
    """The smallest change of one weight that puts another vendor first."""
    words = phrases()
    if not rivals:
        return ""
    if all(pair.is_robust for pair in rivals):
        return words["turn_never"]
    if not certainty.turns:
        return words["turn_none"]
    turn = min(certainty.turns.values(), key=lambda item: abs(item.flip.change))
    now, at = flip_texts(turn.flip)
    return words["turn_rises" if turn.flip.change > 0 else "turn_falls"] % {
        "second": names[turn.key],
        "first": names[rivals[0].first],
        "category": line.framework.rules.category(turn.flip.code).name,
        "now": now,
        "at": at,
    }


def _move(line: Line, rivals: Sequence[Pair], names: Mapping[str, str]) -> str:
    """The least weight to move, over everybody who could come first by it."""
    found = [(pair.transfer, pair.second) for pair in rivals if pair.transfer]
    if not found:
        return ""
    transfer, key = min(found, key=lambda item: item[0].total)
    words, rules = phrases(), line.framework.rules
    parts = _parts(transfer)
    shown = {
        "points": scoring.shown(sum(parts.values(), Fraction(0)), _places(parts.values())),
        "category": rules.category(transfer.to).name,
        "second": names[key],
    }
    if len(parts) == 1:
        (code,) = parts
        return words["move_one"] % {**shown, "donor": rules.category(code).name}
    donors = listed(
        words["move_part"] % {"points": trimmed(points, 3), "donor": rules.category(code).name}
        for code, points in parts.items()
    )
    return words["move_many"] % {**shown, "donors": donors}


def _parts(transfer: Transfer) -> dict[str, Fraction]:
    """Points by donor as shown, so that a reader can add them up."""
    parts = {}
    for donor in transfer.donors:
        places = len(points_text(donor.points).partition(".")[2])
        parts[donor.code] = scoring.rounded(donor.points, places)
    return parts


def _places(values: Iterable[Fraction]) -> int:
    return max(len(trimmed(value, 3).partition(".")[2]) for value in values) or 1


def _close(ranking: Ranking, certainty: Certainty) -> str:
    """Whether the first place is too close to call, and by which of the two measures."""
    if ranking.lead is None:
        return ""
    first, words = ranking.at(1)[0], phrases()
    share = certainty.first_share(first.key)
    is_rare = share is not None and share < SURE_SHARE
    if not is_rare:
        return words["close_lead"] if ranking.is_close else ""
    known = {"first": first.name, "share": share_text(share or 0, 0)}
    return words["close_both" if ranking.is_close else "close_draws"] % known


def _share(pair: Pair, names: Mapping[str, str]) -> str:
    """The exact share of all weightings in which the first of two beats the second."""
    known = {"first": names[pair.first], "second": names[pair.second]}
    if pair.share is None:
        return phrases()["share_tie"] % known
    return phrases()["share"] % {**known, "share": share_text(pair.share)}


def _basis(line: Line, certainty: Certainty, names: Mapping[str, str]) -> tuple[str, ...]:
    """Who takes categories from the basis, and what that does to the others."""
    rules, found = line.framework.rules, []
    for item in certainty.shrinkers:
        known = {
            "name": names[item.key],
            "categories": listed(rules.category(code).name for code in item.codes),
            "first": listed(names[key] for key in item.first),
        }
        if not item.order_changes:
            words = _(
                "Adding %(name)s takes %(categories)s out of the basis; the order of the others "
                "stays the same."
            )
        else:
            words = ngettext(
                "Adding %(name)s takes %(categories)s out of the basis, and that changes the order "
                "of the others: without it %(first)s leads.",
                "Adding %(name)s takes %(categories)s out of the basis, and that changes the order "
                "of the others: without it %(first)s lead.",
                len(item.first),
            )
        found.append(words % known)
    return tuple(found)


def _drafts(ranking: Ranking, columns: Sequence[Column]) -> tuple[str, ...]:
    """The best place that each ranked draft could still reach by its open answers."""
    found = []
    for column in columns:
        if column.rank is None or not column.has_range or column.high is None:
            continue
        others = [item for item in ranking.placed if item.key != column.entry.key]
        high = column.high
        best = 1 + sum(item.score is not None and item.score > high for item in others)
        known = {
            "name": column.name,
            "place": place_text(best),
            "high": scoring.shown(high),
        }
        if best < column.rank:
            words = _("With its open answers %(name)s can still reach %(high)s and come %(place)s.")
        else:
            words = _(
                "With its open answers %(name)s can still reach %(high)s; it stays %(place)s."
            )
        found.append(words % known)
    return tuple(found)
