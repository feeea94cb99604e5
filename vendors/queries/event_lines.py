"""Events in words: what happened, to what, and what it was before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from vendors.models import AuditEvent, Certification, Evidence, Source, State
from vendors.permissions import Role
from vendors.queries.event_words import action_text

#: Differences that a row shows; the export has all.
MOST_CHANGES = 8
_MOST_LETTERS, _MOST_ENTRIES = 160, 6
#: Keys that say when and by whom, which the event says itself, and counts of saves.
_NOISE = re.compile(r"(version|.*_at|position)\Z")
#: Of several answers at once only what was answered and decided is shown.
_DETAILS = {"answered_by_id", "decided_by_id", "is_answered", "proposed_level"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.+-]+)?\Z")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_LABELS: dict[str, str | Promise] = {
    "is_answered": gettext_lazy("Answered"),
    "not_applicable": gettext_lazy("Not applicable"),
    "valid_to": gettext_lazy("Valid to"),
    "level_valid_to": gettext_lazy("Evidence valid to"),
    "proposed_level": gettext_lazy("Proposed level"),
    "consented": gettext_lazy("Consent"),
    "is_carried": gettext_lazy("Carried over"),
    "sha256": gettext_lazy("SHA-256"),
    "file_sha256": gettext_lazy("SHA-256"),
    "digest": gettext_lazy("SHA-256"),
}
_ROLES = {
    Role.PROCUREMENT.value: gettext_lazy("Procurement"),
    Role.MANAGER.value: gettext_lazy("Manager"),
    Role.AUDITOR.value: gettext_lazy("Auditor"),
    Role.ADMINISTRATOR.value: gettext_lazy("Administrator"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, in words; `before` and `after` are "" where there is nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """One row of the page."""

    event: AuditEvent
    what: str
    about: str
    role: str
    changes: list[Change]
    more: int


def event_lines(events: Iterable[AuditEvent]) -> list[EventLine]:
    """Events in words, with the names behind their references. At most three queries."""
    rows = list(events)
    differing = [[*_differences(event.before, event.after)] for event in rows]
    names = _names([pair for pairs in differing for pair in pairs])
    lines = []
    for event, pairs in zip(rows, differing, strict=True):
        changes = [
            Change(_label(key), _shown(key, before, names), _shown(key, after, names))
            for key, before, after in pairs[:MOST_CHANGES]
        ]
        role = str(_ROLES.get(event.actor_role, event.actor_role))
        more = len(pairs) - len(changes)
        lines.append(
            EventLine(event, action_text(event.action), _about(event), role, changes, more)
        )
    return lines


def _about(event: AuditEvent) -> str:
    """The vendor, and what of it."""
    vendor = event.vendor.name if event.vendor else ""
    parts = [vendor, event.subject if event.subject != vendor else ""]
    return ", ".join(part for part in parts if part)


def _differences(before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """Key, before and after of what differs; of several answers each key with its code."""
    if isinstance(_dict(after).get("answers"), dict):
        old = _dict(_dict(before).get("answers"))
        for code, state in after["answers"].items():
            pairs = _pairs(_dict(old.get(code)), _dict(state))
            yield from ((f"{code} {key}", *values) for key, *values in pairs if key not in _DETAILS)
        before = {key: value for key, value in _dict(before).items() if key != "answers"}
        after = {key: value for key, value in after.items() if key != "answers"}
    if isinstance(before, dict) or isinstance(after, dict):
        yield from _pairs(_dict(before), _dict(after))
    elif before != after:
        yield "", before, after


def _pairs(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for key in [*after, *(key for key in before if key not in after)]:
        one, other = before.get(key), after.get(key)
        if one == other or _NOISE.match(key):
            continue
        if isinstance(one, dict) or isinstance(other, dict):
            for inner in _pairs(_dict(one), _dict(other)):
                yield f"{key} {inner[0]}", *inner[1:]
        else:
            yield key, one, other


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _label(key: str) -> str:
    """A key in words; what stands before a space is the code or the thing that it belongs to."""
    outer, _space, name = key.rpartition(" ")
    words = name if _UUID.match(name) else name.removesuffix("_id").replace("_", " ")
    inner = "" if _UUID.match(name) else str(_LABELS.get(name, words.capitalize()))
    if name and name.upper() == name:
        inner = name
    outer = outer.split(" ")[0] if outer else ""
    return " ".join(part for part in (outer.replace("_", " "), inner) if part)


def _names(pairs: list[tuple[str, Any, Any]]) -> dict[str, str]:
    """Names of the people, register entries and documents that differences refer to."""
    people = {
        value
        for key, *values in pairs
        for value in values
        if key.endswith("_by_id") and isinstance(value, int)
    }
    ids = {
        one
        for key, *values in pairs
        for one in [key.rpartition(" ")[2], *_flat(values)]
        if isinstance(one, str) and _UUID.match(one)
    }
    found: dict[str, str] = {}
    if people:
        users = get_user_model().objects.filter(pk__in=people)
        found |= {f"_by_id {user.pk}": str(user) for user in users}
    if ids:
        documents = Evidence.objects.filter(public_id__in=ids)
        found |= {str(entry.public_id): str(entry) for entry in documents}
        entries = Certification.objects.filter(public_id__in=ids)
        found |= {str(entry.public_id): str(entry) for entry in entries}
    return found


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        else:
            yield value


def _shown(key: str, value: Any, names: Mapping[str, str]) -> str:
    """A value in words, cut where it is long."""
    name = key.rpartition(" ")[2]
    if value in (None, "", [], {}):
        return ""
    if _UUID.match(name):
        text = " ".join(part for part in (names.get(name, name[:8]), str(value)) if part)
    elif name.endswith("_by_id"):
        text = names.get(f"_by_id {value}", str(value))
    else:
        text = _text(name, value, names)
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS].rstrip()}…"


def _text(name: str, value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | dict):
        return _joined(name, value, names)
    return _word(name, str(value)) or names.get(str(value), str(value))


def _joined(name: str, value: list[Any] | dict[str, Any], names: Mapping[str, str]) -> str:
    """The parts of a list or table, or how many there are."""
    if isinstance(value, dict):
        return " ".join(f"{key} {_text(key, part, names)}" for key, part in value.items() if part)
    if len(value) > _MOST_ENTRIES:
        return ngettext("%d entry", "%d entries", len(value)) % len(value)
    return ", ".join(_text(name, part, names) for part in value)


def _day(value: str) -> str:
    """A day, or a moment in the organisation's zone; as it stands where it is neither."""
    try:
        if len(value) == len("2026-11-01"):
            return str(date_format(date.fromisoformat(value), "j M Y"))
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    shown = timezone.localtime(moment) if moment.tzinfo else moment
    return str(date_format(shown, "j M Y, H:i"))


def _word(name: str, value: str) -> str:
    """A value that has a word of its own; "" where it has none."""
    if name == "state" and value in set(State):
        return str(State(value).label)
    if name == "role" and value in _ROLES:
        return str(_ROLES[value])
    if name == "source" and value in set(Source):
        return str(Source(value).label)
    if name in {"level", "proposed_level", "severity"}:
        return value.capitalize()
    if _DAY.match(value):
        return _day(value)
    return value[:12] if name.endswith(("sha256", "digest", "fingerprint")) else ""
