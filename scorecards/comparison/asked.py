"""What the address of a comparison asks for. Values alone: nothing is looked up here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

FEWEST, MOST = 2, 10
#: Addresses name at most this many vendors that are looked up at all.
LOOKED_UP = 50
EVERYTHING, NOTHING = "all", "none"
#: Weights stand in the address as w_LAB=45.5, one a category.
WEIGHT = "w_"
#: Points that rows must differ by to be shown alone, where the address says no number.
DIFFERENT = 10
#: Longer texts of weights are no weights.
LONGEST = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """Vendors, profile, weights tried out, and what is folded open.

    `vendor_ids` in the order of the address, each once; `unreadable` counts what is no id.
    `drafts` are those of them whose open assessment is wanted in place of the one in force.
    `opened` are category codes, or EVERYTHING; a category named twice is closed again, so that
    one button opens and closes it without a script. `weights` are texts by category code as they
    were typed, `locked` codes of those to keep as they are. `differ` is the least difference of the
    rows shown, None for all rows. `pair` are the two vendors whose lead is explained, `line` the
    category whose weight the chart moves. `on` is the day whose results count, None for today;
    `odd_on` is a day that cannot be read.
    """

    vendor_ids: tuple[UUID, ...] = ()
    unreadable: int = 0
    profile: str = ""
    opened: frozenset[str] = frozenset()
    differ: int | None = None
    weights: Mapping[str, str] = field(default_factory=dict)
    locked: frozenset[str] = frozenset()
    drafts: frozenset[UUID] = frozenset()
    pair: tuple[UUID, ...] = ()
    line: str = ""
    on: date | None = None
    odd_on: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, Sequence[str]]) -> Asked:
        """Read an address from lists of texts.

        `v` (vendors), `draft`, `profile`, `w_CODE` (weights), `lock`, `open` (categories), `differ`,
        `pair` (two vendors), `line` (a category) and `on` (a day).
        """
        texts = [text.strip() for text in query.get("v", []) if text.strip()]
        ids = [found for text in texts if (found := _uuid(text)) is not None]
        on, odd_on = _day(_last(query, "on"))
        return cls(
            vendor_ids=tuple(dict.fromkeys(ids))[:LOOKED_UP],
            unreadable=len(texts) - len(ids),
            profile=_last(query, "profile"),
            opened=_opened(query.get("open", [])),
            differ=_points(_last(query, "differ")),
            weights={
                key.removeprefix(WEIGHT): values[-1].strip()[:LONGEST]
                for key, values in query.items()
                if key.startswith(WEIGHT) and values and values[-1].strip()
            },
            locked=frozenset(query.get("lock", [])),
            drafts=frozenset(_ids(query.get("draft", []))),
            pair=tuple(dict.fromkeys(_ids(query.get("pair", []))))[:2],
            line=_last(query, "line"),
            on=on,
            odd_on=odd_on,
        )

    @property
    def is_empty(self) -> bool:
        """Whether no vendor was named at all."""
        return not self.vendor_ids and not self.unreadable

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The address again as names and values, for forms that carry it along."""
        found = [("v", str(public_id)) for public_id in self.vendor_ids]
        found += [("draft", str(public_id)) for public_id in sorted(self.drafts)]
        found += [("profile", self.profile)] if self.profile else []
        found += [(WEIGHT + code, text) for code, text in self.weights.items()]
        found += [("lock", code) for code in sorted(self.locked)]
        found += [("open", code) for code in sorted(self.opened)]
        found += [("differ", str(self.differ))] if self.differ is not None else []
        found += [("pair", str(public_id)) for public_id in self.pair]
        found += [("line", self.line)] if self.line else []
        return found + ([("on", self.on.isoformat())] if self.on else [])

    def opens(self, code: str) -> bool:
        """Whether the criteria of this category are shown."""
        return code in self.opened or EVERYTHING in self.opened


def _last(query: Mapping[str, Sequence[str]], name: str) -> str:
    return (query.get(name) or [""])[-1].strip()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _ids(texts: Sequence[str]) -> list[UUID]:
    return [found for text in texts if (found := _uuid(text.strip())) is not None]


def _points(text: str) -> int | None:
    """The least difference: a whole number from 1 to 100; any other text asks for the usual one."""
    if not text:
        return None
    return int(text) if text.isdecimal() and len(text) < 4 and 0 < int(text) <= 100 else DIFFERENT


def _day(text: str) -> tuple[date | None, str]:
    """The day, and the text where it is none."""
    if not text:
        return None, ""
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return None, text[:LONGEST]


def _opened(codes: Sequence[str]) -> frozenset[str]:
    """The codes named an odd number of times; one of the words for all or nothing wins."""
    for word in (NOTHING, EVERYTHING):
        if word in codes:
            return frozenset({word} - {NOTHING})
    return frozenset(code for code, times in Counter(codes).items() if times % 2)
