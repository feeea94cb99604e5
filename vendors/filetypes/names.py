"""File names: shown as text and offered for a download, never used as a path."""

from __future__ import annotations

import re
import unicodedata

from vendors.filetypes.outcomes import ENDINGS, Why

#: Bytes of a name that a download offers; most file systems stop at 255.
MAX_BYTES = 200
#: Characters of a name that is accepted; it is stored whole.
MAX_CHARACTERS = 255
_KNOWN = frozenset().union(*ENDINGS.values())
#: Names that Windows keeps for devices, with any ending.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)")
_REFUSED_CATEGORIES = {"Cc", "Cs"}
_LEFT_OUT_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def name_fault(name: str) -> Why | None:
    """Why a name is refused: a path, a control character, no ending or one that is not known."""
    if any(unicodedata.category(character) in _REFUSED_CATEGORIES for character in name):
        return Why.NAME
    if "/" in name or "\\" in name or not name.strip(" .") or len(name) > MAX_CHARACTERS:
        return Why.NAME
    ending = ending_of(name)
    if not ending:
        return Why.NO_ENDING
    return None if ending in _KNOWN else Why.UNKNOWN


def ending_of(name: str) -> str:
    """What stands behind the last dot, in lower case; "" where there is none."""
    stem, dot, ending = plain_name(name).rpartition(".")
    return ending.casefold() if dot and stem else ""


def plain_name(name: str) -> str:
    """A name to show and to offer: no path, nothing invisible, no device, 200 bytes at most."""
    text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
    text = re.split(r"[/\\]", text)[-1]
    text = "".join(c for c in text if unicodedata.category(c) not in _LEFT_OUT_CATEGORIES)
    text = " ".join(re.sub(r'[<>:"|?*]', "_", text).split()).strip(" .")
    if not text:
        return "file"
    return _shortened(f"_{text}" if _DEVICES.match(text) else text)


def _shortened(text: str) -> str:
    """Cut the stem, not the ending."""
    if len(text.encode()) <= MAX_BYTES:
        return text
    stem, dot, ending = text.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = text, "", ""
    room = MAX_BYTES - len((dot + ending).encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + dot + ending
