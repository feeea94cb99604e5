"""The rows below the columns: categories with their criteria, certifications, employee model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scorecards.comparison.answers import AnswerCell, Phrases, answer_cell, answer_words
from scorecards.comparison.asked import Asked
from scorecards.comparison.columns import Column
from scorecards.comparison.entries import CriterionFigure
from scorecards.ranking import Basis
from vendors import scoring
from vendors.models import Certification
from vendors.queries.vendors import category_band

#: Standards with a row of their own: the first four always, the others when somebody holds one.
STANDARDS = (
    "ISO/IEC 27001",
    "SOC 2",
    "CMMI",
    "ISO 9001",
    "ISO/IEC 27701",
    "PCI DSS",
    "ISO 14001",
    "ISO 45001",
    "ISO/IEC 42001",
    "ISO 37001",
)
ALWAYS = 4
#: What the employee model is read from, by criterion code.
EMPLOYEE_MODEL: dict[str, str | Promise] = {
    "EMP-01": _("On-roll share"),
    "EMP-02": _("Retention over 12 months"),
}


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A category's score with the band of the whole number shown; None where it is not rated."""

    value: Fraction | None
    band: scoring.Band | None


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion and each column's figure, with the answer in words.

    A figure is None where the vendor's tier does not ask for the criterion. `spread` as of a
    category; `is_hidden` where it lies under the least difference asked for.
    """

    criterion: scoring.Criterion
    cells: tuple[CriterionFigure | None, ...]
    answers: tuple[AnswerCell, ...]
    spread: int
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category: its weight in percent under the profile, and on the basis (0 if left out).

    `spread` are the points between the highest and the lowest figure shown.
    """

    category: scoring.Category
    profile_weight: Fraction
    weight: Fraction
    is_left_out: bool
    is_open: bool
    spread: int
    is_hidden: bool
    cells: tuple[HeatCell, ...]
    criteria: tuple[CriterionRow, ...]

    @property
    def weight_text(self) -> str:
        """The weight that counts, as pages print it."""
        return percent_text(self.weight)

    @property
    def was_text(self) -> str:
        """The profile's weight where the basis changes it, else nothing."""
        return percent_text(self.profile_weight) if self.weight != self.profile_weight else ""


@dataclass(frozen=True, slots=True)
class Hiding:
    """How many rows are hidden because they hardly differ, of how many; criteria of open ones."""

    categories: int
    all_categories: int
    criteria: int
    all_criteria: int


@dataclass(frozen=True, slots=True)
class Held:
    """A certification in the register; `level` says what the standard's own name does not."""

    level: str
    entry: Certification


@dataclass(frozen=True, slots=True)
class CertificationRow:
    """A standard and what each column's vendor holds of it."""

    standard: str
    cells: tuple[tuple[Held, ...], ...]


@dataclass(frozen=True, slots=True)
class ModelCell:
    """An answer in words and its figure; the text is empty while there is no answer."""

    text: str
    figure: CriterionFigure | None


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A figure of the employee model."""

    label: str | Promise
    criterion: scoring.Criterion
    cells: tuple[ModelCell, ...]


def percent_text(value: Fraction) -> str:
    """A weight in percent: whole where it is, else one decimal."""
    return f"{scoring.shown(value, 0 if value.denominator == 1 else 1)}%"


def spread_of(values: Sequence[Fraction | None]) -> int:
    """Points between the highest and the lowest whole number; 100 where some have none."""
    known = [scoring.rounded(value, 0) for value in values if value is not None]
    if not known:
        return 0
    return 100 if len(known) < len(values) else int(max(known) - min(known))


def hiding_of(rows: Sequence[CategoryRow]) -> Hiding:
    """What the least difference takes away, counted."""
    criteria = [item for row in rows if row.is_open and not row.is_hidden for item in row.criteria]
    return Hiding(
        categories=sum(row.is_hidden for row in rows),
        all_categories=len(rows),
        criteria=sum(item.is_hidden for item in criteria),
        all_criteria=len(criteria),
    )


def category_rows(
    rules: scoring.Framework,
    columns: Sequence[Column],
    weights: Mapping[str, Fraction],
    basis: Basis,
    asked: Asked,
) -> list[CategoryRow]:
    """All categories in the order of the framework."""
    least, phrases = asked.differ or 0, Phrases.now()
    rows = []
    for category in rules.categories:
        cells = tuple(_heat(rules, column, category.code) for column in columns)
        spread = spread_of([cell.value for cell in cells])
        row = CategoryRow(
            category=category,
            profile_weight=weights[category.code],
            weight=basis.weights.get(category.code, Fraction(0)),
            is_left_out=category.code in basis.left_out,
            is_open=asked.opens(category.code),
            spread=spread,
            is_hidden=spread < least,
            cells=cells,
            criteria=_criterion_rows(category, columns, phrases, least),
        )
        rows.append(row)
    return rows


def _heat(rules: scoring.Framework, column: Column, code: str) -> HeatCell:
    value = column.entry.scores.get(code)
    return HeatCell(value, None if value is None else category_band(rules.scoring, value))


def _criterion_rows(
    category: scoring.Category, columns: Sequence[Column], phrases: Phrases, least: int
) -> tuple[CriterionRow, ...]:
    """The criteria that at least one of the vendors was asked."""
    found = []
    for item in category.criteria:
        cells = tuple(column.entry.criteria.get(item.code) for column in columns)
        if all(cell is None for cell in cells):
            continue
        spread = spread_of([None if cell is None else cell.score for cell in cells])
        both = zip(columns, cells, strict=True)
        answers = tuple(answer_cell(item, cell, column.entry, phrases) for column, cell in both)
        found.append(CriterionRow(item, cells, answers, spread, spread < least))
    return tuple(found)


def certification_rows(
    columns: Sequence[Column], registers: Mapping[int, Sequence[Certification]]
) -> list[CertificationRow]:
    """A row a standard: the first four always, the others where any of the vendors holds one."""
    held: dict[str, dict[int, list[Held]]] = {name: {} for name in STANDARDS[:ALWAYS]}
    for column in columns:
        vendor = column.entry.vendor.pk
        for entry in registers.get(vendor, []):
            standard, rest = standard_of(entry.standard)
            level = ", ".join(part for part in (rest, entry.level) if part)
            held.setdefault(standard, {}).setdefault(vendor, []).append(Held(level, entry))
    return [
        CertificationRow(name, tuple(tuple(held[name].get(c.entry.vendor.pk, [])) for c in columns))
        for name in sorted(held, key=_standard_order)
    ]


def _standard_order(name: str) -> tuple[int, str]:
    place = STANDARDS.index(name) if name in STANDARDS else len(STANDARDS)
    return place, name.casefold()


def standard_of(text: str) -> tuple[str, str]:
    """The standard that a register entry names, and what it adds.

    "SOC 2 Type II" is SOC 2 with Type II; "ISO 27001:2022" and "iso/iec 27001" are ISO/IEC 27001;
    unknown names stay as they are.
    """
    plain = " ".join(re.sub(r":(19|20)\d\d\b", " ", text).split())
    for name in STANDARDS:
        known = re.sub("/IEC", "(?:/IEC)?", name).replace(" ", "[ -]?")
        found = re.match(rf"{known}(?!\w)", plain, re.IGNORECASE)
        if found:
            return name, plain[found.end() :].strip(" ,-")
    return plain, ""


def model_rows(rules: scoring.Framework, columns: Sequence[Column]) -> list[ModelRow]:
    """The employee model, as far as the framework asks for it."""
    return [
        ModelRow(
            label=label,
            criterion=rules.criterion(code),
            cells=tuple(_model_cell(rules.criterion(code), column) for column in columns),
        )
        for code, label in EMPLOYEE_MODEL.items()
        if code in rules.codes
    ]


def _model_cell(criterion: scoring.Criterion, column: Column) -> ModelCell:
    figure = column.entry.criteria.get(criterion.code)
    if figure is None or not figure.is_answered:
        return ModelCell("", figure)
    return ModelCell(answer_words(criterion, column.entry), figure)
