"""What the page of a comparison, its files and its scripts are made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scorecards.comparison.asked import MOST, Asked
from scorecards.comparison.columns import Column
from scorecards.comparison.lineup import Line
from scorecards.comparison.notices import Notice
from scorecards.comparison.sure import Sure
from scorecards.comparison.table import CategoryRow, CertificationRow, ModelRow
from scorecards.comparison.why import Why
from scorecards.comparison.words import Summary
from vendors.models import Vendor


@dataclass(frozen=True, slots=True)
class Table:
    """Everything below the notices: who leads, the columns and their rows."""

    line: Line
    summary: Summary
    columns: tuple[Column, ...]
    categories: tuple[CategoryRow, ...]
    certifications: tuple[CertificationRow, ...]
    model: tuple[ModelRow, ...]
    all_open: bool
    sure: Sure
    why: Why | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the page shows: the vendors chosen, what could not be taken in, and the table.

    `on` is the day whose results count: today, unless the address asks for a past one.
    """

    asked: Asked
    chosen: tuple[Vendor, ...]
    notices: tuple[Notice, ...]
    table: Table | None
    on: date

    @property
    def is_refused(self) -> bool:
        """Whether the address asked for vendors and none of them exists."""
        return not self.asked.is_empty and not self.chosen

    @property
    def has_room(self) -> bool:
        """Whether another vendor may be added."""
        return len(self.chosen) < MOST
