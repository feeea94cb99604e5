"""The rows below the columns: categories with their criteria, certifications, employee model."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
    """A criterion and each column's figure; None where the vendor's tier does not ask it."""

    criterion: scoring.Criterion
    cells: tuple[CriterionFigure | None, ...]


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category: its weight in percent under the profile, and on the basis (0 if left out)."""

    category: scoring.Category
    profile_weight: Fraction
    weight: Fraction
    is_left_out: bool
    is_open: bool
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

    @property
    def spread(self) -> int:
        """Points between the highest and the lowest figure shown; 100 where one is missing."""
        known = [scoring.rounded(cell.value, 0) for cell in self.cells if cell.value is not None]
        if not known:
            return 0
        return 100 if len(known) < len(self.cells) else int(max(known) - min(known))


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


def category_rows(
    rules: scoring.Framework,
    columns: Sequence[Column],
    weights: Mapping[str, Fraction],
    basis: Basis,
    asked: Asked,
) -> list[CategoryRow]:
    """All categories in the order of the framework."""
    rows = [
        CategoryRow(
            category=category,
            profile_weight=weights[category.code],
            weight=basis.weights.get(category.code, Fraction(0)),
            is_left_out=category.code in basis.left_out,
            is_open=asked.opens(category.code),
            is_hidden=False,
            cells=tuple(_heat(rules, column, category.code) for column in columns),
            criteria=_criterion_rows(category, columns),
        )
        for category in rules.categories
    ]
    least = asked.differ
    return [row if least is None else replace(row, is_hidden=row.spread < least) for row in rows]


def _heat(rules: scoring.Framework, column: Column, code: str) -> HeatCell:
    value = column.entry.scores.get(code)
    return HeatCell(value, None if value is None else category_band(rules.scoring, value))


def _criterion_rows(
    category: scoring.Category, columns: Sequence[Column]
) -> tuple[CriterionRow, ...]:
    """The criteria that at least one of the vendors was asked."""
    rows = (
        CriterionRow(item, tuple(column.entry.criteria.get(item.code) for column in columns))
        for item in category.criteria
    )
    return tuple(row for row in rows if any(cell is not None for cell in row.cells))


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
    return ModelCell(_value_text(criterion, column.entry.values.get(criterion.code)), figure)


def _value_text(criterion: scoring.Criterion, value: Any) -> str:
    """A number with its unit, or the words of a choice."""
    if criterion.answer_type not in scoring.NUMBER_TYPES:
        return criterion.label(value)
    text = scoring.number_text(value).replace("-", "\N{MINUS SIGN}")
    unit = criterion.scale.unit if criterion.scale else ""
    return f"{text}%" if unit == "percent" else f"{text} {unit}".strip()
