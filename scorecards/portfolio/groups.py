"""Vendors by the country they deliver from, and by service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from scorecards.portfolio.bars import Part, parts_of
from scorecards.portfolio.links import Links
from scorecards.portfolio.matrix import Column, column_of
from scorecards.portfolio.rows import Named, Row
from vendors import scoring
from vendors.countries import COUNTRIES
from vendors.models import SERVICES

#: Lines shown at once; the others stand behind a fold.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Slice:
    """The vendors of a line in one column of the matrix."""

    column: Column
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Lowest:
    """The vendor with the lowest score of a line."""

    vendor: Named
    score: float
    fails: bool


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A country or a service with its vendors; `median` is None where none is rated."""

    code: str
    name: str
    vendors: int
    url: str
    slices: tuple[Slice, ...]
    parts: tuple[Part, ...]
    median: float | None
    lowest: Lowest | None


@dataclass(frozen=True, slots=True)
class Register:
    """What groups need of all vendors, by key: each is looked up once for every group it is in."""

    rows: dict[int, Row]
    columns: dict[int, str]
    scores: dict[int, float]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Register:
        """The vendors by key."""
        return cls(
            rows={row.key: row for row in rows},
            columns={row.key: column_of(row) for row in rows},
            scores={row.key: row.score for row in rows if row.score is not None},
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a group before its names are read; `counts` are by column."""

    code: str
    name: str
    vendors: int
    counts: Counter[str]
    median: float | None
    lowest: Row | None


def found_in(
    members: Mapping[str, Sequence[int]], register: Register, words: Mapping[str, object]
) -> list[Found]:
    """The groups with what is known of their vendors, the largest first."""
    groups = []
    for code, listed in members.items():
        keys = [key for key in listed if key in register.rows]
        scored = sorted((register.scores[key], key) for key in keys if key in register.scores)
        groups.append(
            Found(
                code=code,
                name=str(words.get(code, code)),
                vendors=len(keys),
                counts=Counter(register.columns[key] for key in keys),
                median=median(score for score, _key in scored) if scored else None,
                lowest=register.rows[scored[0][1]] if scored else None,
            )
        )
    return sorted(groups, key=lambda group: (-group.vendors, group.name.casefold()))


def by_country(members: Mapping[str, Sequence[int]], register: Register) -> list[Found]:
    """Countries in words."""
    return found_in(members, register, COUNTRIES)


def by_service(members: Mapping[str, Sequence[int]], register: Register) -> list[Found]:
    """Services in words; what is outside the list is shown as it was given."""
    return found_in(members, register, SERVICES)


def group_lines(
    groups: Sequence[Found],
    names: Mapping[int, Named],
    columns: Sequence[Column],
    links: Links,
    filter_name: str,
) -> list[GroupLine]:
    """The lines; `filter_name` is what the vendor list calls such a group."""
    lines = []
    for group in groups:
        asked = {filter_name: group.code}
        slices = [
            Slice(column, group.counts[column.key], _address(column, asked, links))
            for column in columns
            if group.counts[column.key]
        ]
        lines.append(
            GroupLine(
                code=group.code,
                name=group.name,
                vendors=group.vendors,
                url=links.plain(**asked),
                slices=tuple(slices),
                parts=parts_of([(entry.column.key, entry.count) for entry in slices]),
                median=group.median,
                lowest=_lowest(group.lowest, names),
            )
        )
    return lines


def _address(column: Column, asked: Mapping[str, str], links: Links) -> str:
    if column.letter:
        return links.weighed(**asked, band=column.letter)
    return links.plain(**asked, gate=column.key)


def _lowest(row: Row | None, names: Mapping[int, Named]) -> Lowest | None:
    if row is None or row.score is None:
        return None
    return Lowest(names[row.key], row.score, fails=row.gate == scoring.FAIL)
