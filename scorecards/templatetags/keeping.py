"""What pages of kept comparisons need beside `figures`: days, codes and who may keep one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import template

from scorecards.comparison.table import percent_text
from scorecards.permissions import can_save_comparison
from vendors import scoring
from vendors.permissions import can_request_scorecard

register = template.Library()


@register.filter
def iso_day(text: Any) -> date | None:
    """The day that a document writes as 2026-11-01; None where there is none."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


@register.filter
def codes(criteria: Iterable[Mapping[str, str]]) -> list[str]:
    """The codes of a document's criteria."""
    return [item["code"] for item in criteria]


@register.filter
def percent(figure: Mapping[str, Any]) -> str:
    """A document's weight as the comparison prints it: whole where it is, else one decimal."""
    value = scoring.exact(figure)
    return "" if value is None else percent_text(value)


@register.filter
def may_keep(user: Any) -> bool:
    """Whether somebody may keep comparisons."""
    return can_save_comparison(user)


@register.filter
def may_ask(user: Any) -> bool:
    """Whether somebody may ask for documents."""
    return can_request_scorecard(user)
