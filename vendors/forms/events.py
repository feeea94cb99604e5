"""From the address of the trail to its filters and back to words."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from vendors.queries.events import EventFilters, EventOptions

_MOST_LETTERS = 100
_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class EventChip:
    """A filter that is on: what it says, and the address without it."""

    label: str
    url: str


def read_event_filters(params: QueryDict, options: EventOptions) -> EventFilters:
    """The filters that an address holds; what it gets wrong is left out."""
    return EventFilters(
        q=" ".join(params.get("q", "").replace("\x00", "").split())[:_MOST_LETTERS],
        kind=_known(params, "kind", options.kinds),
        person=_known(params, "person", options.people),
        vendor=_read(params, "vendor", uuid.UUID),
        assessment=_read(params, "assessment", uuid.UUID),
        from_on=_read(params, "from", _day),
        to_on=_read(params, "to", _day),
    )


def _known(params: QueryDict, name: str, offered: list[tuple[str, str]]) -> str:
    value = params.get(name, "")
    return value if value in dict(offered) else ""


def _read(params: QueryDict, name: str, read: Callable[[str], _Read]) -> _Read | None:
    try:
        return read(params.get(name, ""))
    except ValueError:
        return None


def _day(text: str) -> date:
    """A day of the years that the trail can have. Raises ValueError else."""
    found = date.fromisoformat(text)
    if not 1970 <= found.year <= 9998:
        raise ValueError(text)
    return found


def event_chips(
    filters: EventFilters, options: EventOptions, title: str, params: QueryDict
) -> list[EventChip]:
    """The filters that are on, in words; `title` is the assessment's."""
    words = {
        "q": _("Search: %s") % filters.q if filters.q else "",
        "kind": dict(options.kinds).get(filters.kind, ""),
        "person": dict(options.people).get(filters.person, ""),
        "vendor": dict(options.vendors).get(str(filters.vendor), _("A vendor that is not there"))
        if filters.vendor
        else "",
        "assessment": (title or _("An assessment that is not there")) if filters.assessment else "",
        "from": _("From %s") % _shown(filters.from_on) if filters.from_on else "",
        "to": _("To %s") % _shown(filters.to_on) if filters.to_on else "",
    }
    return [EventChip(text, _without(params, name)) for name, text in words.items() if text]


def _shown(day: date) -> str:
    return date_format(day, "j M Y")


def _without(params: QueryDict, name: str) -> str:
    """The address without one parameter, from the first page on."""
    left = params.copy()
    for gone in (name, "page"):
        left.pop(gone, None)
    return f"?{left.urlencode()}"
