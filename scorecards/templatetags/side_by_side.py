"""What the table of a comparison needs beyond its rows."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.template import RequestContext

from scorecards.comparison.entries import Entry
from scorecards.comparison.table import CategoryRow, Hiding, hiding_of

register = template.Library()


@register.simple_tag
def hiding(rows: Sequence[CategoryRow]) -> Hiding:
    """How many rows are hidden."""
    return hiding_of(rows)


@register.simple_tag(takes_context=True)
def draft_address(context: RequestContext, entry: Entry) -> str:
    """The same comparison with the vendor's open assessment, or without it where it is shown."""
    query = context["request"].GET.copy()
    others = [text for text in query.getlist("draft") if text.strip() != entry.key]
    query.setlist("draft", others if entry.key in query.getlist("draft") else [*others, entry.key])
    return f"?{query.urlencode()}"
