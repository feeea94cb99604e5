"""Which vendors moved since the last quarter ended, by their scores as approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from scorecards.portfolio.bars import Step, line_from, step_of
from scorecards.portfolio.links import Links
from scorecards.portfolio.rows import Named, Row
from vendors.queries.movements import MOVED

#: Vendors named at most in each direction.
SHOWN = 4


@dataclass(frozen=True, slots=True)
class Move:
    """A vendor that moved by a point or more."""

    vendor: Named
    tier: int | None
    band: str
    was: float
    now: float
    change: float
    step: Step


@dataclass(frozen=True, slots=True)
class Way:
    """How many went one way, and where they are listed."""

    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Movement:
    """Everybody that has a score now and had one then."""

    since: date
    moves: tuple[Move, ...]
    low: float
    up: Way
    down: Way
    still: Way

    @property
    def compared(self) -> int:
        """How many have both scores."""
        return self.up.count + self.down.count + self.still.count


@dataclass(frozen=True, slots=True)
class Moved:
    """The rows by the way they went, the longest way first."""

    up: list[Row]
    down: list[Row]
    still: int

    @property
    def shown(self) -> list[Row]:
        """Those to name, from the most gained to the most lost."""
        return [*self.up[:SHOWN], *reversed(self.down[:SHOWN])]


def moved(rows: Sequence[Row]) -> Moved:
    """Sort the vendors by the way they went."""
    up, down, still = [], [], 0
    for row in rows:
        change = row.change
        if change is None:
            continue
        if change >= MOVED:
            up.append((-change, row.key, row))
        elif change <= -MOVED:
            down.append((change, row.key, row))
        else:
            still += 1
    return Moved([entry[2] for entry in sorted(up)], [entry[2] for entry in sorted(down)], still)


def movement_of(found: Moved, names: Mapping[int, Named], since: date, links: Links) -> Movement:
    """The lines for those named, and the numbers of all."""
    pairs = [(row, row.was or 0.0, row.stored or 0.0) for row in found.shown]
    low = line_from(value for _row, was, now in pairs for value in (was, now))
    moves = [
        Move(
            vendor=names[row.key],
            tier=row.tier,
            band=row.band if row.is_eligible else "",
            was=was,
            now=now,
            change=row.change or 0.0,
            step=step_of(was, now, low),
        )
        for row, was, now in pairs
    ]
    return Movement(
        since=since,
        moves=tuple(moves),
        low=low,
        up=Way(len(found.up), links.plain(moved="up")),
        down=Way(len(found.down), links.plain(moved="down")),
        still=Way(found.still, links.plain(moved="still")),
    )
