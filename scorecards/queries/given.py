"""What somebody gives to the public check: a number, a SHA-256, or that of a file they hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

#: Characters of a query that are read, and shown again in the field.
LONGEST = 200
HASH_DIGITS = 64
#: Where what was typed counts as a SHA-256 that lost some digits.
_NEARLY_HASH = 40
_NUMBER = re.compile(r"(?<![a-z])vet-*([0-9]{4})-*([0-9]{1,6})(?![0-9a-z])")
_BARE_NUMBER = re.compile(r"([0-9]{4})-+([0-9]{1,6})\Z")
_HASH = re.compile(r"(?<![0-9a-z])[0-9a-f]{64}(?![0-9a-z])")
_HEX = re.compile(r"[0-9a-f]+\Z")


@dataclass(frozen=True, slots=True)
class Given:
    """What was given, in the spelling of the register; "" for what was not.

    `typed` goes back into the field. `fault` says what is wrong with it, and then nothing is
    looked up.
    """

    typed: str = ""
    number: str = ""
    digest: str = ""
    file: str = ""
    fault: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether the form was opened, and nothing asked."""
        return not (self.typed or self.file or self.fault)

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Given:
        """Read `q` and `file` of an address. Anything is read; what makes no sense has a fault."""
        typed = query.get("q", "")[:LONGEST].replace("\x00", "").strip()
        file = query.get("file", "").strip().casefold()
        if file and not (len(file) == HASH_DIGITS and _HEX.match(file)):
            return cls(typed, fault=_("The SHA-256 of the file did not arrive. Choose it again."))
        plain = _plain(typed)
        number, digest = _number(plain), _digest(plain)
        if typed and not (number or digest):
            return cls(typed, fault=_fault(plain))
        return cls(typed, number, digest, file)


def _plain(text: str) -> str:
    """Lower case in plain digits and letters, any dash or space as one kind of dash."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_plain_character(character) for character in folded)


def _plain_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    is_gap = category in {"Pd", "Pc", "Zs", "Cc"} or character == "\N{MINUS SIGN}"
    return "-" if is_gap else character


def _number(plain: str) -> str:
    """The number of a document within the text, as VET-2026-0147."""
    found = _NUMBER.search(plain) or _BARE_NUMBER.match(plain)
    return f"VET-{found[1]}-{int(found[2]):04d}" if found else ""


def _digest(plain: str) -> str:
    """The SHA-256 within the text; one that was copied over several lines is put together."""
    found = _HASH.search(plain)
    if found:
        return found[0]
    joined = plain.replace("-", "")
    return joined if len(joined) == HASH_DIGITS and _HEX.match(joined) else ""


def _fault(plain: str) -> str:
    joined = plain.replace("-", "")
    if len(joined) >= _NEARLY_HASH and _HEX.match(joined):
        message = _("A SHA-256 has 64 characters, this one %d. Copy it anew, to its end.")
        return message % len(joined)
    return _(
        "This is neither a number nor a SHA-256. A number looks like VET-2026-0147, "
        "a SHA-256 has 64 characters, 0 to 9 and a to f."
    )
