"""Heads of chains outside the database: they show that the end of a chain was cut off.

A day's file names the last event of each chain, under a hash with the key, so that nobody without
the key makes one. A head that was printed or frozen into a snapshot serves the same.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.integrity.faults import Fault, Names
from vendors.trail import keyed_hash

FORMAT = "vetting-heads/1"


def heads_folder() -> Path:
    """Where the days' files lie."""
    return Path(settings.DATA_DIR) / "heads"


def last_export() -> date | None:
    """The day of the last file, by its name; None where there is none."""
    days = []
    for path in heads_folder().glob("*.json"):
        with contextlib.suppress(ValueError):
            days.append(date.fromisoformat(path.stem))
    return max(days, default=None)


def heads_text(key: bytes, at: str, heads: Mapping[str, tuple[int, str]]) -> str:
    """The file of one day: canonical JSON with the hash over all the rest."""
    document: dict[str, object] = {
        "format": FORMAT,
        "at": at,
        "heads": {
            chain: {"sequence": number, "digest": digest}
            for chain, (number, digest) in heads.items()
        },
    }
    document["hmac"] = keyed_hash(key, scoring.canonical_json(document))
    return scoring.canonical_json(document) + "\n"


class KnownHeads:
    """Heads that were noted somewhere, each with where, and what became of them."""

    def __init__(self) -> None:
        self._noted: dict[str, dict[int, dict[str, str]]] = {}
        self._differ: list[tuple[str, int, str]] = []
        self._seen: set[tuple[str, int]] = set()

    def note(self, chain: str, number: int, digest: str, where: str) -> None:
        """Remember a head; the first place that names it is enough."""
        if number:
            self._noted.setdefault(chain, {}).setdefault(number, {}).setdefault(digest, where)

    def compare(self, chain: str, number: int, digest: str) -> None:
        """Hold an event against the heads that were noted of its chain."""
        noted = self._noted.get(chain)
        if noted is None or number not in noted:
            return
        self._seen.add((chain, number))
        self._differ += [
            (chain, number, where) for known, where in noted[number].items() if known != digest
        ]

    def not_found(self, ends: Mapping[str, tuple[int, str]], names: Names) -> Iterator[Fault]:
        """Heads that their chain does not hold any more."""
        for chain, number, where in self._differ:
            words = _("it is not the event that %s names") % where
            yield Fault("chain", names.event(chain, number), words, chain, number)
        for chain, noted in self._noted.items():
            gone = [number for number in noted if (chain, number) not in self._seen]
            if gone:
                number = max(gone)
                where = next(iter(noted[number].values()))
                end = ends.get(chain, (0, ""))[0]
                words = _("%(where)s names event %(number)d, the chain ends at %(end)d") % {
                    "where": where,
                    "number": number,
                    "end": end,
                }
                yield Fault("chain", names.chain(chain), words, chain, number)


def read_heads(key: bytes, known: KnownHeads) -> tuple[int, list[Fault]]:
    """Note the heads of every day's file; return how many files, and those that do not hold."""
    faults = []
    paths = sorted(heads_folder().glob("*.json"))
    for path in paths:
        heads = _heads_in(key, path)
        if heads is None:
            words = _("it was changed since it was written, or with another key")
            faults.append(Fault("heads", f"{heads_folder().name}/{path.name}", words))
        for chain, (number, digest) in (heads or {}).items():
            known.note(chain, number, digest, f"{heads_folder().name}/{path.name}")
    return len(paths), faults


def _heads_in(key: bytes, path: Path) -> dict[str, tuple[int, str]] | None:
    """The heads of a file; None unless each of its bytes is as it was written."""
    try:
        data = path.read_bytes()
        document = json.loads(data)
        heads = {
            str(chain): (int(head["sequence"]), str(head["digest"]))
            for chain, head in document["heads"].items()
        }
        whole = heads_text(key, str(document["at"]), heads).encode()
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return heads if whole == data and path.stem == str(document["at"])[:10] else None
