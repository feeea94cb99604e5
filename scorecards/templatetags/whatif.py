"""Weights that are tried out, for the templates of the comparison page."""

from __future__ import annotations

from typing import Any

from django import template

from scorecards.comparison import Line, Table
from scorecards.comparison.handles import Handle, Trial, handle_of, trial_of
from scorecards.comparison.script_data import script_data
from vendors.permissions import Actor
from vendors.permissions import can_keep_profiles as may_keep

register = template.Library()


@register.simple_tag
def weight_handle(line: Line, code: str) -> Handle | None:
    """What moves the weight of a category; None where it is left out."""
    return handle_of(line, code)


@register.simple_tag
def trial(line: Line) -> Trial:
    """What is tried out on the page."""
    return trial_of(line)


@register.filter
def for_script(table: Table) -> dict[str, Any]:
    """What the script of the page needs."""
    return script_data(table)


@register.filter
def keeps_profiles(user: Actor) -> bool:
    """Whether this person may make weight profiles."""
    return may_keep(user)
