"""Figures, bands, levels and terms as pages print them. All pure: values in, text out.

Scores and shares run from 0 to 100. Halves are rounded up, away from zero, from exact
values; a missing figure is "Not rated", never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendors.countries import COUNTRIES
from vendors.scoring.figures import MINUS, shown

register = template.Library()

AMBER_DAYS = 90
RED_DAYS = 14

LEVEL_WORDS = {
    "claimed": gettext_lazy("Claimed"),
    "documented": gettext_lazy("Documented"),
    "verified": gettext_lazy("Verified"),
    "rejected": gettext_lazy("Contradicted"),
}


@dataclass(frozen=True, slots=True)
class Term:
    """How far a certification's term has run: whole days left and the share passed, 0 to 100."""

    days_left: int | None
    passed: Fraction | None
    state: str

    @property
    def days_over(self) -> int:
        """Days since it ended, 0 while it runs."""
        return max(0, -self.days_left) if self.days_left is not None else 0


def exact(value: Any) -> Fraction | None:
    """Return the figure as an exact number, or None where there is none.

    A float counts as the decimal it prints as; a stored figure is a mapping with "exact".
    Text that is no number is None too.
    """
    if isinstance(value, Mapping):
        value = value.get("exact", value.get("value"))
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        return Fraction(value) if isinstance(value, int | Fraction) else Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return None


def _shown(value: Any, places: int) -> str:
    number = exact(value)
    return _("Not rated") if number is None else shown(number, places)


@register.filter
def score1(value: Any) -> str:
    """An overall score with one decimal."""
    return _shown(value, 1)


@register.filter
def score0(value: Any) -> str:
    """A category or criterion score as a whole number."""
    return _shown(value, 0)


@register.filter
def score(value: Any, places: int) -> str:
    """A score with 0 or 1 decimals, as the template asks."""
    return _shown(value, int(places or 0))


@register.filter
def percent0(value: Any) -> str:
    """A share, given in percent, as a whole percentage."""
    number = exact(value)
    return _("Not rated") if number is None else f"{shown(number, 0)}%"


@register.filter
def weight(value: Any) -> str:
    """Return a weight in percent with the decimals that it has, three at most: 7.5, 12."""
    found = exact(value)
    if found is None:
        return ""
    return _shown(found, 3).rstrip("0").rstrip(".")


@register.filter
def of_code(weights: Mapping[str, Any], code: str) -> str:
    """Return the weight of a category in a stored profile, empty where it has none."""
    return weight(weights.get(code))


@register.filter
def signed1(value: Any) -> str:
    """A difference with its sign and one decimal; a dash where there is none to show."""
    number = exact(value)
    if number is None:
        return "\N{EN DASH}"
    text = shown(number, 1)
    return text if text.startswith(MINUS) or text == "0.0" else f"+{text}"


@register.filter
def width(value: Any) -> str:
    """A share or score, kept within 0 to 100, as the length of a bar in SVG."""
    number = min(max(exact(value) or Fraction(0), Fraction(0)), Fraction(100))
    return f"{shown(number, 1)}%"


@register.filter
def plus(value: Any, other: Any) -> Fraction:
    """The exact sum of two figures, a missing one counted as nothing."""
    return (exact(value) or Fraction(0)) + (exact(other) or Fraction(0))


@register.filter
def share_of(part: Any, total: Any) -> Fraction:
    """What percentage the part is of the total, 0 where the total is nothing."""
    whole = exact(total) or Fraction(0)
    return (exact(part) or Fraction(0)) * 100 / whole if whole else Fraction(0)


@register.filter
def is_rated(value: Any) -> bool:
    """Whether there is a figure at all; 0 is one."""
    return exact(value) is not None


@register.filter
def letter(band: Any) -> str:
    """The letter of a band, given as such or as the framework's band; "" where there is none."""
    return str(getattr(band, "value", band) or "")


@register.filter
def band_class(band: Any) -> str:
    """The class that colours a band: "band-a" to "band-e", "band-n" where there is none."""
    name = letter(band).lower()
    return f"band-{name}" if name in {"a", "b", "c", "d", "e"} else "band-n"


@register.filter
def level_label(level: Any) -> str:
    """The one word for an evidence level: Claimed, Documented, Verified, Contradicted."""
    value = letter(level)
    return str(LEVEL_WORDS.get(value, value.capitalize()))


@register.filter
def initials(name: Any) -> str:
    """One or two capitals of a person's name."""
    words = str(name or "").split()
    ends = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0] for word in ends).upper()


@register.filter
def country_name(code: Any) -> str:
    """The English name of a country by its two letters; what is unknown is shown as it is."""
    text = str(code or "").strip()
    return COUNTRIES.get(text.upper(), text)


@register.filter
def minutes(span: timedelta | None) -> int:
    """A span of time in whole minutes, rounded up."""
    return 0 if span is None else -int(-span.total_seconds() // 60)


@register.simple_tag
def term(issued_on: date | None, expires_on: date | None, today: date) -> Term:
    """How far a certification has run, with its state.

    The state is "open" without an end, else "valid", "soon" from 90 days before the end,
    "urgent" from 14 days before it, "ended" from the day after.
    """
    if not expires_on:
        return Term(days_left=None, passed=None, state="open")
    left = (expires_on - today).days
    state = "valid"
    if left < 0:
        state = "ended"
    elif left <= RED_DAYS:
        state = "urgent"
    elif left <= AMBER_DAYS:
        state = "soon"
    return Term(days_left=left, passed=_passed(issued_on, expires_on, today), state=state)


def _passed(issued_on: date | None, expires_on: date, today: date) -> Fraction | None:
    if today > expires_on:
        return Fraction(100)
    if not issued_on or issued_on >= expires_on:
        return None
    return max(Fraction(0), Fraction((today - issued_on).days * 100, (expires_on - issued_on).days))


@register.simple_tag
def next_order(ordering: str, field: str, first: str = "") -> str:
    """The order that a click on a column asks for, "field" or "-field".

    first="-" starts with the highest.
    """
    if ordering.removeprefix("-") != field:
        return f"-{field}" if first == "-" else field
    return field if ordering.startswith("-") else f"-{field}"


@register.simple_tag
def aria_sort(ordering: str, field: str) -> str:
    """The aria-sort attribute of the column in order, nothing for the others."""
    if ordering.removeprefix("-") != field:
        return ""
    way = "descending" if ordering.startswith("-") else "ascending"
    return format_html(' aria-sort="{}"', way)
