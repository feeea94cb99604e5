"""What a check finds, named so that somebody can go and look."""

from __future__ import annotations

from dataclasses import dataclass

from vendors.integrity.stored import Unreadable, as_id, stored_rows


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not hold: its kind, what it is and what is wrong with it.

    Events carry their chain and number as well.
    """

    kind: str
    name: str
    what: str
    chain: str = ""
    number: int = 0

    def __post_init__(self) -> None:
        """Make what is no text printable: a changed byte may have left anything."""
        for name in ("name", "what", "chain"):
            text = str(getattr(self, name))
            object.__setattr__(self, name, text.encode("utf-8", "backslashreplace").decode())

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}: {self.what}"


class Names:
    """What people call assessments, vendors and chains. Two queries, inside `one_view`."""

    def __init__(self) -> None:
        self.assessments: dict[object, str] = {}
        self.vendors: dict[object, str] = {}
        self.chains: dict[str, str] = {}
        for key, public_id, vendor in stored_rows(("id", "public_id", "name"), "vendors_vendor"):
            self.vendors[key] = str(vendor)
            self.chains[f"vendor:{_id(public_id)}"] = str(vendor)
        columns = ("id", "public_id", "vendor_id", "number", "created_at")
        for key, public_id, vendor, number, at in stored_rows(columns, "vendors_assessment"):
            name = f"{self.vendors.get(vendor, vendor)}, {str(at)[:4]}-{number}"
            self.assessments[key] = name
            self.chains[f"assessment:{_id(public_id)}"] = name

    def assessment(self, key: object) -> str:
        """Vendor and title, or the number of its row where there is none."""
        return self.assessments.get(key, f"assessment row {key}")

    def chain(self, chain: str) -> str:
        """The chain, with the name of what it is about."""
        about = self.chains.get(chain)
        return f"chain {chain} ({about})" if about else f"chain {chain}"

    def event(self, chain: str, number: object) -> str:
        """An event by its number within its chain."""
        return f"event {number} of {self.chain(chain)}"


def _id(raw: object) -> str:
    try:
        return as_id(raw)
    except Unreadable:
        return str(raw)
