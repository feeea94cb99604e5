"""How files look on pages."""

from __future__ import annotations

from django import template

from vendors.models import EvidenceFile

register = template.Library()
ICONS = {
    "pdf": "i-file-earmark-pdf",
    "png": "i-image",
    "jpeg": "i-image",
    "xlsx": "i-file-earmark-spreadsheet",
    "csv": "i-file-earmark-spreadsheet",
    "eml": "i-envelope",
}


@register.filter
def kind_icon(kind: str) -> str:
    """The icon of a kind of file."""
    return ICONS.get(str(kind), "i-file-earmark-text")


@register.filter
def page_numbers(file: EvidenceFile) -> range:
    """The numbers of the pages that were drawn."""
    return range(1, file.page_count + 1)
