"""Reading a document of unknown quality: every fault is collected with its path, none is raised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from vendors.scoring.canonical import number_text

#: The largest framework or assessment file that is read, in bytes.
SIZE_LIMIT = 2_000_000
#: How deep lists and objects may lie in one another.
DEPTH_LIMIT = 20
#: Characters a number may have, and the largest exponent.
NUMBER_LENGTH = 40
EXPONENT_LIMIT = 30
#: Texts that name things, and texts that tell something.
NAME_LIMIT = 200
TEXT_LIMIT = 10_000
#: What a fault of the whole file is filed under.
WHOLE = "(file)"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong with a document, and where: `categories[2].criteria[4].scale`."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class DocumentError(ValueError):
    """A document that cannot be used. `faults` names everything that was found."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(str(fault) for fault in faults))


@dataclass(frozen=True, slots=True)
class BadNumber:
    """Stands for a number that is not finite or too long, so that its place can be named."""

    text: str


def exact_number(text: str) -> int | Decimal | BadNumber:
    """A number as it is written in a file: whole or decimal, exact, of reasonable length."""
    if len(text) > NUMBER_LENGTH:
        return BadNumber(text[:NUMBER_LENGTH] + "...")
    value = Decimal(text)
    if not value.is_finite() or abs(value.adjusted()) > EXPONENT_LIMIT:
        return BadNumber(text)
    return int(text) if re.fullmatch(r"[-+]?[0-9]+", text) else value


def text_fault(text: str, limit: int) -> str | None:
    """What is wrong with a text, or None: too long, or characters that no page can show."""
    if len(text) > limit:
        return f"longer than {limit:,} characters"
    if _SURROGATE.search(text):
        return "holds half of a character (a lone surrogate)"
    if _CONTROL.search(text):
        return "holds control characters"
    return None


def joined(path: str, key: str) -> str:
    """The path of a key inside an object."""
    return f"{path}.{key}" if path else key


def read_date(text: str) -> date | None:
    """A day written as 2026-11-01, or None when it is not one."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class Table:
    """An object of the document. Readers return the value, or a neutral one and file a fault."""

    def __init__(self, value: object, path: str, faults: list[Fault]) -> None:
        self.path = path
        self.faults = faults
        self.values: dict[str, object] = value if isinstance(value, dict) else {}
        self.is_object = isinstance(value, dict)
        if not self.is_object:
            self.fault("", f"must be an object, not {kind_of(value)}")

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def fault(self, key: str, message: str) -> None:
        """File a fault at a key, or at the object itself with an empty one."""
        self.faults.append(Fault(joined(self.path, key) if key else self.path, message))

    def only(self, *known: str) -> None:
        """File a fault for every key that is not known."""
        for key in self.values:
            if key not in known:
                self.fault(printable(key), "unknown key")

    def get(self, key: str, *, required: bool) -> object:
        """The value of a key, or None; a missing one is a fault where it is required."""
        if required and self.is_object and key not in self.values:
            self.fault(key, "missing")
        return self.values.get(key)

    def text(
        self, key: str, *, required: bool = True, limit: int = NAME_LIMIT, filled: bool = False
    ) -> str:
        """A text; with `filled` it may not be empty."""
        value = self.get(key, required=required)
        if key not in self.values:
            return ""
        if not isinstance(value, str):
            self.fault(key, f"must be text (in quotes), not {kind_of(value)}")
            return ""
        wrong = text_fault(value, limit)
        if wrong or (filled and not value.strip()):
            self.fault(key, wrong or "empty")
        return value

    def number(
        self,
        key: str,
        low: int | None = None,
        high: int | None = None,
        *,
        required: bool = True,
    ) -> Fraction | None:
        """An exact number, from `low` to `high` where they are given."""
        value = self.get(key, required=required)
        if key not in self.values:
            return None
        number = as_number(value)
        if isinstance(value, BadNumber):
            self.fault(key, f"is {kind_of(value)}")
        elif number is None:
            self.fault(key, f"must be a number, not {kind_of(value)}")
        elif low is not None and high is not None and not low <= number <= high:
            self.fault(key, f"must be from {low} to {high}, not {number_text(number)}")
        return number

    def whole(self, key: str, low: int, high: int, *, required: bool = False) -> int | None:
        """A whole number from `low` to `high`."""
        value = self.get(key, required=required)
        if key not in self.values:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(key, f"must be a whole number, not {kind_of(value)}")
            return None
        if not low <= value <= high:
            self.fault(key, f"must be from {low} to {high}, not {value}")
            return None
        return value

    def flag(self, key: str, *, required: bool = True) -> bool:
        """True or false; false where it is missing."""
        value = self.get(key, required=required)
        if key in self.values and not isinstance(value, bool):
            self.fault(key, f"must be true or false, not {kind_of(value)}")
        return value is True

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A day as 2026-11-01; an empty text is none."""
        text = self.text(key, required=required)
        if not text:
            if required and key in self.values and self.values[key] == "":
                self.fault(key, "empty")
            return None
        value = read_date(text)
        if value is None:
            self.fault(key, f"must be a date such as 2026-11-01, not {shortened(text)}")
        return value

    def table(self, key: str, *, required: bool = True) -> Table | None:
        """An object under a key, or None when it is missing."""
        value = self.get(key, required=required)
        if key not in self.values:
            return None
        return Table(value, joined(self.path, key), self.faults)

    def listed(self, key: str, *, required: bool = False) -> list[object]:
        """A list under a key; empty where it is missing."""
        value = self.get(key, required=required)
        if key not in self.values:
            return []
        if not isinstance(value, list):
            self.fault(key, f"must be a list, not {kind_of(value)}")
            return []
        return value

    def tables(self, key: str, *, required: bool = False) -> Iterator[Table]:
        """The objects of a list."""
        for position, value in enumerate(self.listed(key, required=required)):
            yield Table(value, f"{joined(self.path, key)}[{position}]", self.faults)

    def texts(self, key: str, *, limit: int = NAME_LIMIT) -> tuple[str, ...]:
        """The texts of a list."""
        found: list[str] = []
        for position, value in enumerate(self.listed(key)):
            place = f"{key}[{position}]"
            if not isinstance(value, str):
                self.fault(place, f"must be text (in quotes), not {kind_of(value)}")
            elif wrong := text_fault(value, limit):
                self.fault(place, wrong)
            else:
                found.append(value)
        return tuple(found)


def as_number(value: object) -> Fraction | None:
    """The value as an exact number; truth values and texts are none."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Fraction(value)


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "nothing"),
    (bool, "true or false"),
    (BadNumber, "a number that is not finite or too long"),
    ((int, Decimal), "a number"),
    (str, "text"),
    (list, "a list"),
    (dict, "an object"),
)


def kind_of(value: object) -> str:
    """What a value is, in words for people."""
    return next((words for kind, words in _KINDS if isinstance(value, kind)), "something else")


def printable(text: str) -> str:
    """A key or value as it can be shown in a message."""
    return shortened(_SURROGATE.sub("?", _CONTROL.sub("?", text)))


def shortened(text: str, limit: int = 60) -> str:
    """A text of the file, cut for a message."""
    return text if len(text) <= limit else text[:limit] + "..."
