"""A comparison as rows for CSV and spreadsheets: figures down, vendors across.

Numbers are given to six decimals, texts as they are: whoever writes the file keeps programs from
computing them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from scorecards.comparison.certainty import Pair
from scorecards.comparison.columns import Column
from scorecards.comparison.comparison import Table
from scorecards.comparison.entries import CategoryFigure, CriterionFigure
from scorecards.comparison.table import CategoryRow, Held
from vendors import scoring
from vendors.templatetags.figures import level_label

#: A text, a number, a day, or nothing.
Cell = str | int | float | date | None
Row = list[Cell]


def csv_header(table: Table) -> Row:
    """The columns of the one table that holds everything."""
    return [_("Part"), _("Code"), _("What"), _("Figure"), *_names(table)]


def csv_rows(table: Table) -> Iterator[Row]:
    """Every part below the other, a row a figure."""
    for row in summary_rows(table):
        yield [_("Summary"), "", "", *row]
    for item in table.categories:
        head: Row = [_("Categories"), item.category.code, item.category.name]
        yield [*head, _("Weight, %"), *[number(item.weight)] * len(table.columns)]
        for label, cells in _category_lines(table, item):
            yield [*head, label, *cells]
    for item in table.categories:
        for criterion in item.criteria:
            yield from _criterion_lines(criterion.criterion, criterion.cells, table.columns)
    for row in certification_rows(table):
        yield [_("Certifications"), "", row[0], _("In the register"), *row[1:]]


def summary_header(table: Table) -> Row:
    """The columns of the summary."""
    return [_("Figure"), *_names(table)]


def summary_rows(table: Table) -> Iterator[Row]:
    """What stands above the categories."""
    lines: list[tuple[str, Callable[[Column], Cell]]] = [
        (_("Place"), lambda c: c.rank),
        (_("Overall score"), lambda c: number(c.overall)),
        (_("Overall score with all its categories"), lambda c: number(c.own)),
        (_("Highest score still possible"), lambda c: number(c.high)),
        (_("Claimed"), lambda c: number(c.claimed)),
        (_("Confidence, %"), lambda c: number(c.confidence)),
        (_("Band"), _band),
        (_("Gate"), lambda c: _GATES[c.entry.gate]()),
        (_("Must-haves met"), lambda c: c.met),
        (_("Must-haves asked"), lambda c: c.must_have_total),
        (_("Must-haves failed"), lambda c: _codes(c.failed)),
        (_("Must-haves pending"), lambda c: _codes(c.pending)),
        (_("Waivers"), _waivers),
        (_("Verified, %"), lambda c: number(c.verified)),
        (_("Documented, %"), lambda c: number(c.documented)),
        (_("Claimed only, %"), lambda c: number(c.claimed_only)),
        (_("Assessment"), lambda c: c.entry.assessment.title),
        (_("Approved"), lambda c: _("Yes") if c.entry.is_approved else _("No")),
        (_("As of"), lambda c: c.entry.assessment.scored_on),
        (_("Tier"), lambda c: c.entry.assessment.tier),
        (_("Framework"), lambda c: str(c.entry.framework)),
        (_("Sample"), lambda c: _("Yes") if c.entry.vendor.is_sample else ""),
    ]
    for label, pick in lines:
        yield [label, *(pick(column) for column in table.columns)]
    for row in table.model:
        yield [str(row.label), *(cell.text for cell in row.cells)]
    yield from _frame_rows(table)


def _frame_rows(table: Table) -> Iterator[Row]:
    """Under which weights and for which day all of it holds, in the first vendor's column."""
    line, rest = table.line, [""] * (len(table.columns) - 1)
    tried_out = _("%s, with weights tried out") % line.profile.name
    yield [_("Profile"), tried_out if line.weighting.is_tried_out else line.profile.name, *rest]
    yield [_("Results as of"), line.on, *rest]
    yield [_("What the comparison says"), table.summary.lead, *rest]


def category_header(table: Table) -> Row:
    """The columns of the categories."""
    head = [_("Code"), _("Category"), _("Weight, %"), _("Weight of the profile, %"), _("Figure")]
    return [*head, *_names(table)]


def category_rows(table: Table) -> Iterator[Row]:
    """Three rows a category: score, claimed and confidence. Weights are percent of the basis."""
    for row in table.categories:
        for label, cells in _category_lines(table, row):
            yield [*_category_head(table, row), label, *cells]


def _category_head(table: Table, row: CategoryRow) -> Row:
    weighting = table.line.weighting
    code = row.category.code
    base = weighting.base.get(code, Fraction(0))
    return [code, row.category.name, number(row.weight), number(base)]


def _category_lines(table: Table, row: CategoryRow) -> Iterator[tuple[str, Row]]:
    """Score, claimed score and confidence of each vendor, each under its name."""
    found = [column.entry.categories.get(row.category.code) for column in table.columns]
    figures = [item or CategoryFigure() for item in found]
    yield _("Score"), [number(item.score) for item in figures]
    yield _("Claimed"), [number(item.claimed) for item in figures]
    yield _("Confidence, %"), [number(item.confidence) for item in figures]


def criterion_header(table: Table) -> Row:
    """The columns of the criteria: three a vendor."""
    head: Row = [_("Category"), _("Code"), _("Question"), _("Must-have")]
    for name in _names(table):
        words = {"name": name}
        head += [
            _("%(name)s: score") % words,
            _("%(name)s: level") % words,
            _("%(name)s: answer") % words,
        ]
    return head


def criterion_rows(table: Table) -> Iterator[Row]:
    """A row a criterion that at least one of the vendors was asked."""
    for row in table.categories:
        for item in row.criteria:
            criterion = item.criterion
            must_have = _("Yes") if criterion.must_have else ""
            line: Row = [row.category.name, criterion.code, criterion.question, must_have]
            for column, figure in zip(table.columns, item.cells, strict=True):
                line += _criterion_cells(criterion, column, figure)
            yield line


def _criterion_lines(
    criterion: scoring.Criterion,
    figures: Sequence[CriterionFigure | None],
    columns: Sequence[Column],
) -> Iterator[Row]:
    """Score, level and answer of each vendor below each other."""
    cells = [
        _criterion_cells(criterion, column, figure)
        for column, figure in zip(columns, figures, strict=True)
    ]
    for place, label in enumerate((_("Score"), _("Level"), _("Answer"))):
        picked = [item[place] for item in cells]
        yield [_("Criteria"), criterion.code, criterion.question, label, *picked]


def _criterion_cells(
    criterion: scoring.Criterion, column: Column, figure: CriterionFigure | None
) -> Row:
    """Score, level and answer; a word in place of the score where there is none."""
    if figure is None:
        return [_("Not asked"), "", ""]
    if figure.is_not_applicable:
        return [_("n/a"), "", ""]
    if not figure.is_answered:
        return [_("Not answered"), "", ""]
    own = column.entry.rules.criterion(criterion.code)
    answer = answer_value(own, column.entry.values.get(criterion.code))
    return [number(figure.score), level_label(figure.level), answer]


def answer_value(criterion: scoring.Criterion, value: Any) -> Cell:
    """An answer as programs sort it: a number, a day, the words of a choice, or the text."""
    if criterion.answer_type == scoring.AnswerType.DATE:
        if value is None:
            return _("Never")
        return value if isinstance(value, date) else date.fromisoformat(value)
    if criterion.answer_type in scoring.NUMBER_TYPES:
        return number(Fraction(value))
    return "" if value is None else criterion.label(value)


def certification_header(table: Table) -> Row:
    """The columns of the certifications."""
    return [_("Standard"), *_names(table)]


def certification_rows(table: Table) -> Iterator[Row]:
    """A row a standard, with what each vendor's register holds."""
    for row in table.certifications:
        yield [row.standard, *("; ".join(map(_held, cell)) for cell in row.cells)]


def _held(held: Held) -> str:
    """Level, standing and end of one certification."""
    entry = held.entry
    until = _("until %s") % entry.expires_on.isoformat() if entry.expires_on else _("no end date")
    return ", ".join(part for part in (held.level, str(entry.get_status_display()), until) if part)


def certainty_header() -> Row:
    """The columns of how sure the order is."""
    return [_("Figure"), _("Vendor"), _("Over"), _("Category"), _("Value"), _("Unit")]


def certainty_rows(table: Table) -> Iterator[Row]:
    """How sure the order is: pairs of places first, then draws, then categories left out."""
    certainty = table.sure.certainty
    names = {column.entry.key: column.name for column in table.columns}
    for pair in certainty.neighbours:
        yield from _pair_rows(pair, names[pair.first], names[pair.second])
    for pair in certainty.pairs:
        share = None if pair.share is None else number(100 * pair.share)
        words = _("Share of all weightings in which it wins")
        yield [words, names[pair.first], names[pair.second], "", share, "%"]
    draws = certainty.draws
    for label, rows in (
        (_("Comes first, any weights"), draws.uniform),
        (_("Comes first, weights near these"), draws.centred),
    ):
        for key, places in rows.items():
            yield [label, names[key], "", "", round(100 * places[0], 2), _("% of draws")]
    for item in certainty.omissions:
        first = ", ".join(names[key] for key in item.first)
        yield [_("First without the category"), first, "", item.code, None, ""]


def _pair_rows(pair: Pair, first: str, second: str) -> Iterator[Row]:
    yield [_("Lead"), first, second, "", number(pair.lead), _("points")]
    for flip in pair.flips:
        yield [_("They are level at a weight of"), first, second, flip.code, number(flip.at), "%"]
    if pair.transfer is not None:
        total = number(pair.transfer.total)
        words = _("Least move of weight to be level")
        yield [words, first, second, pair.transfer.to, total, _("points")]


def number(value: Fraction | None) -> int | float | None:
    """A figure for a cell: to six decimals, whole where it is whole; None stays empty."""
    if value is None:
        return None
    found = scoring.rounded(value, 6)
    return int(found) if found.denominator == 1 else float(found)


def _names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _band(column: Column) -> str:
    band = column.shown_band
    return _("Not rated") if band is None and column.is_eligible else band.value if band else ""


def _codes(criteria: Iterable[scoring.Criterion]) -> str:
    return ", ".join(item.code for item in criteria)


def _waivers(column: Column) -> str:
    words = _("%(code)s until %(day)s")
    found = (
        words % {"code": item.code, "day": item.ends_on.isoformat()}
        for item in column.entry.waivers
    )
    return "; ".join(found)


_GATES: dict[str, Callable[[], str]] = {
    scoring.PASS: lambda: _("Pass"),
    scoring.PENDING: lambda: _("Pending"),
    scoring.FAIL: lambda: _("Fail"),
}
