"""Tiers and bands, with the residual risk of each combination."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from scorecards.portfolio.links import Links
from scorecards.portfolio.rows import Row
from vendors import scoring
from vendors.queries.standings import RISK_CLASSES, RISK_WORDS

#: Kinds of columns beside the bands.
INELIGIBLE, PENDING, UNRATED = "fail", "pending", "none"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: a band, or one of the three kinds of vendors that have none in force."""

    key: str
    letter: str
    label: str
    is_gap: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """Vendors of a tier in a column; `risk` is "" outside the bands."""

    count: int
    url: str
    word: str
    risk: str
    column: Column

    @property
    def risk_class(self) -> str:
        """What colours it."""
        return RISK_CLASSES.get(self.risk, "")


@dataclass(frozen=True, slots=True)
class Line:
    """A tier of rated vendors."""

    tier: int
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Risk:
    """A residual risk with the vendors that carry it."""

    code: str
    word: str
    risk_class: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """The table, and how many vendors carry each residual risk.

    The last column is that of vendors without a result: they have no tier in force, so it is one
    cell beside all lines.
    """

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    unrated: Cell
    risks: tuple[Risk, ...]

    def risk(self, code: str) -> Risk:
        """One of the risks."""
        return next(risk for risk in self.risks if risk.code == code)


def risk_of(row: Row) -> str:
    """The residual risk of an eligible vendor with a band; "" of any other."""
    if not row.is_eligible or not row.band or row.tier is None:
        return ""
    return scoring.residual_risk(row.tier, row.band)


def column_of(row: Row) -> str:
    """The column that a vendor stands in; "" where the weights give an eligible one no band."""
    if row.is_eligible:
        return row.band
    return row.gate if row.is_rated else UNRATED


def columns_of(found: set[str], rules: scoring.Scoring) -> tuple[Column, ...]:
    """The bands of the framework, and what else there is: pending ones only where some are."""
    known = [Column(band.value, band.value, band.label) for band in rules.bands]
    letters = {column.letter for column in known}
    apart = {INELIGIBLE, PENDING, UNRATED, ""}
    known += [Column(each, each, "") for each in sorted(found - letters - apart)]
    known.append(Column(INELIGIBLE, "", _("Not eligible"), is_gap=True))
    if PENDING in found:
        known.append(Column(PENDING, "", _("Pending")))
    return (*known, Column(UNRATED, "", _("Not rated")))


def matrix_of(rows: Sequence[Row], rules: scoring.Scoring, links: Links) -> Matrix:
    """Everything counted by tier and column."""
    counts = Counter((row.tier, column_of(row)) for row in rows)
    columns = columns_of({column for _tier, column in counts}, rules)
    lines = tuple(
        Line(
            tier,
            _("Tier %d") % tier,
            tuple(_cell(tier, column, counts[tier, column.key], links) for column in columns[:-1]),
        )
        for tier in scoring.TIERS
    )
    unrated = Cell(
        count=counts[None, UNRATED],
        url=links.plain(gate=UNRATED),
        word=_("No approved result"),
        risk="",
        column=columns[-1],
    )
    return Matrix(columns, lines, unrated, _risks(lines, links))


def _cell(tier: int, column: Column, count: int, links: Links) -> Cell:
    if not column.letter:
        url = links.plain(tier=tier, gate=column.key)
        return Cell(count, url, _("Must-have"), "", column)
    risk = scoring.residual_risk(tier, column.letter)
    url = links.weighed(tier=tier, band=column.letter)
    return Cell(count, url, str(RISK_WORDS[risk]), risk, column)


def _risks(lines: Sequence[Line], links: Links) -> tuple[Risk, ...]:
    counts: Counter[str] = Counter()
    for line in lines:
        for cell in line.cells:
            counts[cell.risk] += cell.count
    return tuple(
        Risk(code, str(word), RISK_CLASSES[code], counts[code], links.weighed(risk=code))
        for code, word in RISK_WORDS.items()
    )
