"""YAML into plain values, from the parser's events: exact numbers, no anchors, no tags, no floats.

Only what a framework file needs is read. Numbers are whole or decimal; dates stay text; `yes` and
`no` without quotes are truth values, as YAML 1.1 has it, and the checks then ask for quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

import yaml

from vendors.scoring.reading import (
    DEPTH_LIMIT,
    SIZE_LIMIT,
    WHOLE,
    DocumentError,
    Fault,
    exact_number,
    joined,
    printable,
)

_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?")
_TRUE = frozenset({"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})
_FALSE = frozenset({"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(slots=True)
class _Open:
    """A list or object that is being read; `key` is the object's current key."""

    value: list[object] | dict[str, object]
    path: str
    key: str | None = None


def read_yaml(text: str) -> object:
    """The one document of a YAML text. Raises DocumentError with paths, or the line."""
    if len(text.encode("utf-8", "surrogatepass")) > SIZE_LIMIT:
        raise DocumentError([Fault(WHOLE, f"larger than {SIZE_LIMIT:,} bytes")])
    faults: list[Fault] = []
    builder = _Builder(faults)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}" if mark else WHOLE
        raise DocumentError([Fault(place, f"not YAML: {error.problem or error}")]) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise DocumentError([Fault(WHOLE, f"not YAML: {error}")]) from None
    if faults:
        raise DocumentError(faults)
    return builder.root


def _events(text: str) -> Iterator[yaml.Event]:
    return iter(yaml.parse(text, Loader=yaml.SafeLoader))


class _Builder:
    """Builds values from events without recursion, so that depth is a fault and never a crash."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        self.root: object = None
        self.stack: list[_Open] = []
        self.documents = 0

    def take(self, event: yaml.Event) -> None:
        """Add one event to what is built."""
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._stop(event, "holds more than one document")
        elif isinstance(event, yaml.NodeEvent):
            self._take_node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()

    def _take_node(self, event: yaml.NodeEvent) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self._stop(event, "anchors and aliases are not allowed")
        if getattr(event, "tag", None):
            self._stop(event, "tags are not allowed")
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self._take_key(top, event)
        elif isinstance(event, yaml.ScalarEvent):
            self._place(_scalar(event))
        else:
            self._open(event)

    def _take_key(self, top: _Open, event: yaml.NodeEvent) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            self._stop(event, "keys must be text")
        top.key = str(event.value)
        if top.key in top.value:
            self.faults.append(Fault(joined(top.path, printable(top.key)), "given twice"))

    def _open(self, event: yaml.NodeEvent) -> None:
        if len(self.stack) >= DEPTH_LIMIT:
            self._stop(event, f"nested deeper than {DEPTH_LIMIT} levels")
        value: list[object] | dict[str, object] = (
            {} if isinstance(event, yaml.MappingStartEvent) else []
        )
        path = self._path()
        self._place(value)
        self.stack.append(_Open(value, path))

    def _path(self) -> str:
        if not self.stack:
            return ""
        top = self.stack[-1]
        if isinstance(top.value, list):
            return f"{top.path}[{len(top.value)}]"
        return joined(top.path, printable(top.key or ""))

    def _place(self, value: object) -> None:
        if not self.stack:
            self.root = value
            return
        top = self.stack[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is not None:
            top.value[top.key] = value
            top.key = None

    def _stop(self, event: yaml.Event, message: str) -> NoReturn:
        mark = event.start_mark
        raise DocumentError([Fault(f"line {mark.line + 1}" if mark else WHOLE, message)])


def _scalar(event: yaml.ScalarEvent) -> object:
    """A quoted scalar is text; a plain one may be a number, a truth value or nothing."""
    text = str(event.value)
    if event.style is not None:
        return text
    if _NUMBER.fullmatch(text):
        return exact_number(text)
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    return False if text in _FALSE else text
