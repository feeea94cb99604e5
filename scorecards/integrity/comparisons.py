"""Saved comparisons and choices against their documents and the trail."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from scorecards.integrity.texts import hash_of
from vendors.integrity.faults import Fault
from vendors.integrity.recorded import Recorded
from vendors.integrity.stored import stored_rows


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved comparison as its row says it: its purpose and the SHA-256 of its document."""

    purpose: str
    digest: str


NOTHING_KEPT = Kept("?", "")


def check_comparisons(recorded: Recorded) -> tuple[dict[Any, Kept], list[Fault]]:
    """The saved comparisons by key, and what is wrong with their documents."""
    nobody: Any = None  # the key of what is about no assessment
    named = recorded.digests.get(nobody, set())
    columns = ("id", "purpose", "note", "query", "document", "digest")
    kept: dict[Any, Kept] = {}
    faults = []
    told = recorded.kept.copy()
    for row in stored_rows(columns, "scorecards_savedcomparison"):
        key, purpose, note, query, document, digest = row
        kept[key] = Kept(str(purpose), str(digest))
        told[str(digest), str(purpose), str(query)] -= 1
        if hash_of(document) != digest:
            words = _("its document does not give its SHA-256")
            faults.append(Fault("comparison", str(purpose), words))
        if _said_in(document) != (purpose, note):
            words = _("its purpose or note is not that of its document")
            faults.append(Fault("comparison", str(purpose), words))
        if digest not in named:
            words = _("no event names the SHA-256 of its document")
            faults.append(Fault("comparison", str(purpose), words))
    gone = _("missing: the trail tells of it, no row holds it as it was kept")
    faults += [Fault("comparison", purpose, gone) for _digest, purpose, _query in told - Counter()]
    return kept, faults


def _said_in(document: Any) -> tuple[Any, Any]:
    """Purpose and note as a document of a comparison says them."""
    try:
        found = json.loads(document)
        return found["purpose"], found["note"]
    except (TypeError, KeyError, ValueError):
        return None, None


def check_choices(recorded: Recorded, kept: Mapping[Any, Kept]) -> Iterator[Fault]:
    """Choices that no event tells of, or that are gone, and whether the last ones are in force."""
    columns = ("comparison_id", "vendor_id", "place", "reason", "replaced_at")
    told = recorded.choices.copy()
    last: dict[Any, bool] = {}
    for row in stored_rows(columns, "scorecards_choice ORDER BY id"):
        comparison, vendor, place, reason, replaced = row
        found = kept.get(comparison, NOTHING_KEPT)
        if last.get(comparison):
            words = _("a choice that a later one replaced is in force")
            yield Fault("comparison", found.purpose, words)
        last[comparison] = replaced is None
        what = (found.digest, vendor, place, reason)
        if not told[what]:
            words = _("no event tells of its choice: vendor, place or reason was changed")
            yield Fault("comparison", found.purpose, words)
        told[what] -= 1
    for comparison in (key for key, is_in_force in last.items() if not is_in_force):
        words = _("its last choice is not in force")
        yield Fault("comparison", kept.get(comparison, NOTHING_KEPT).purpose, words)
    yield from _choices_gone(told, kept)


def _choices_gone(
    told: Counter[tuple[str, Any, Any, Any]], kept: Mapping[Any, Kept]
) -> Iterator[Fault]:
    """Choices that an event tells of and no row holds."""
    purposes = {item.digest: item.purpose for item in kept.values()}
    for digest, *_rest in told - Counter():
        words = _("a choice that the trail tells of is missing")
        yield Fault("comparison", purposes.get(digest, digest[:12]), words)
