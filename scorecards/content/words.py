"""Answers, days and places in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from vendors import scoring
from vendors.countries import COUNTRIES

MINUS = "\N{MINUS SIGN}"
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def long_day(iso: str | None) -> str:
    """A day with the month written out: 9 November 2026; "" where there is none."""
    if not iso:
        return ""
    day = date.fromisoformat(iso)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def short_day(iso: str | None) -> str:
    """A day for lists: 9 Nov 2026; "" where there is none."""
    return scoring.day_text(date.fromisoformat(iso)) if iso else ""


def long_moment(stamp: str | None) -> str:
    """A moment in UTC: 9 November 2026, 14:05 UTC; "" where there is none."""
    if not stamp:
        return ""
    moment = datetime.fromisoformat(stamp)
    return f"{long_day(moment.date().isoformat())}, {moment:%H:%M} UTC"


#: Codes whose words are written another way.
SPELLINGS = {"it_support": "IT support", "email": "e-mail"}


#: What was done to an assessment, by the action of its event.
DEEDS = {
    "start": "Started",
    "import": "Imported",
    "intake": "Intake changed",
    "tier": "Tier changed",
    "open": "Questionnaire opened",
    "submit": "Submitted",
    "take_back": "Taken back",
    "review": "Taken for review",
    "return": "Answers returned",
    "resubmit": "Returned answers sent",
    "finish": "Passed to approval",
    "moderate": "Reviewers differ",
    "settle": "Difference settled",
    "send_back": "Sent back to review",
    "approve": "Approved",
    "approve_with_conditions": "Approved with conditions",
    "reject": "Rejected",
    "supersede": "Superseded",
    "close": "Closed",
    "cancel": "Cancelled",
}


def deed(action: str) -> str:
    """An action of the trail as a word: "submit" is "Submitted"."""
    return DEEDS.get(action, plain_code(action))


def shortened(text: str, limit: int) -> str:
    """The text, cut between two words where it is longer than the limit."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rpartition(' ')[0].rstrip(',;:')} \N{HORIZONTAL ELLIPSIS}"


#: Runs of so many letters without a space get places to break at, each after so many letters: the
#: renderer sets all that is left of such a run anew for each line, minutes for 100 kB.
UNBROKEN, STRETCH = 1_000, 12
#: So much of such a run is printed; the attached record has it whole.
LONGEST = 5_000
_RUN = re.compile(rf"\S{{{UNBROKEN},}}")


def breakable(value: Any) -> Any:
    """The same texts, lists and mappings; endless words break at zero-width spaces and end."""
    if isinstance(value, Mapping):
        return {key: breakable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [breakable(item) for item in value]
    if isinstance(value, str) and len(value) >= UNBROKEN:
        return _RUN.sub(lambda run: _with_breaks(run.group()), value)
    return value


def _with_breaks(run: str) -> str:
    """Zero-width spaces every so many letters, never before a mark that belongs to a letter."""
    more = len(run) - LONGEST
    if more > 0:
        return f"{_with_breaks(run[:LONGEST])} … ({more:,} more letters in the attached record)"
    parts = [run[start : start + STRETCH] for start in range(0, len(run), STRETCH)]
    joined = parts[0]
    for part in parts[1:]:
        belongs = unicodedata.category(part[0])[0] == "M" or part[0] == "\N{ZERO WIDTH JOINER}"
        joined += part if belongs else f"\N{ZERO WIDTH SPACE}{part}"
    return joined


def plain_code(code: str) -> str:
    """A code as a word: "back_office" is "Back office"."""
    words = SPELLINGS.get(code, code.replace("_", " "))
    return words[:1].upper() + words[1:]


def place(site: Mapping[str, Any] | str) -> str:
    """A site as city and country: Cebu, Philippines."""
    if isinstance(site, str):
        city, _, country = site.rpartition(", ")
    else:
        city, country = str(site.get("city", "")), str(site.get("country", ""))
    return ", ".join(part for part in (city, COUNTRIES.get(country, country)) if part)


def answer_words(criterion: scoring.Criterion, entry: Mapping[str, Any] | None) -> str:
    """The answer to a criterion as people read it."""
    if entry is not None and entry.get("not_applicable"):
        return "Not applicable"
    if entry is None or "value" not in entry:
        return "Not answered"
    return _value_words(criterion, entry)


def _value_words(criterion: scoring.Criterion, entry: Mapping[str, Any]) -> str:
    value, kind = entry["value"], criterion.answer_type
    if kind in scoring.CHOICE_TYPES:
        words = criterion.label(value)
        return f"{words}, to {short_day(entry['valid_to'])}" if entry.get("valid_to") else words
    if kind in scoring.NUMBER_TYPES:
        return _quantity(criterion, value)
    if kind is scoring.AnswerType.DATE:
        return short_day(value) if value else "Never"
    rating = entry.get("rating")
    return str(value) if rating is None else f"Rated {rating} of 5. {value}"


def _quantity(criterion: scoring.Criterion, value: Any) -> str:
    """A number with its unit; percent is written as the sign."""
    number = scoring.number_text(Decimal(value)).replace("-", MINUS)
    unit = criterion.scale.unit if criterion.scale else ""
    if unit.startswith("percent"):
        return f"{number}%{unit.removeprefix('percent')}"
    return f"{number} {unit}".strip()
