"""What the address of a comparison asks for. Values alone: nothing is looked up here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

FEWEST, MOST = 2, 6
#: Addresses name at most this many vendors that are looked up at all.
LOOKED_UP = 50
EVERYTHING, NOTHING = "all", "none"


@dataclass(frozen=True, slots=True)
class Asked:
    """Vendors, profile and what is folded open.

    `vendor_ids` in the order of the address, each once; `unreadable` counts what is no id.
    `opened` are category codes, or EVERYTHING; a category named twice is closed again, so that
    one button opens and closes it without a script.
    """

    vendor_ids: tuple[UUID, ...] = ()
    unreadable: int = 0
    profile: str = ""
    opened: frozenset[str] = frozenset()
    only_different: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, Sequence[str]]) -> Asked:
        """Read `v` (vendors), `profile`, `open` (categories) and `differ` from lists of texts."""
        texts = [text.strip() for text in query.get("v", []) if text.strip()]
        ids = [found for text in texts if (found := _uuid(text)) is not None]
        profile = query.get("profile") or [""]
        return cls(
            vendor_ids=tuple(dict.fromkeys(ids))[:LOOKED_UP],
            unreadable=len(texts) - len(ids),
            profile=profile[-1].strip(),
            opened=_opened(query.get("open", [])),
            only_different=any(query.get("differ", [])),
        )

    @property
    def is_empty(self) -> bool:
        """Whether no vendor was named at all."""
        return not self.vendor_ids and not self.unreadable

    def opens(self, code: str) -> bool:
        """Whether the criteria of this category are shown."""
        return code in self.opened or EVERYTHING in self.opened


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _opened(codes: Sequence[str]) -> frozenset[str]:
    """The codes named an odd number of times; one of the words for all or nothing wins."""
    for word in (NOTHING, EVERYTHING):
        if word in codes:
            return frozenset({word} - {NOTHING})
    return frozenset(code for code, times in Counter(codes).items() if times % 2)
