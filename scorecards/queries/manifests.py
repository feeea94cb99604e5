"""What a ZIP of scorecards holds: its documents, a manifest of them, and their hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db.models import JSONField, QuerySet
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from scorecards.models import BuildState, Bundle, Scorecard
from scorecards.packing import MANIFEST, SUMS
from scorecards.queries.standing import standing_of, with_standing
from vendors import scoring

FORMAT = "vetting-bundle-1"
#: Rows that are in memory at once.
_CHUNK = 100


def _gone() -> str:
    return _("It was asked for once more while this was packed. Try again.")


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that is missing: the key of its item, its place, whose it is, and why."""

    item: int
    position: int
    vendor: str
    reason: str


@dataclass(slots=True)
class Contents:
    """The files of a bundle's ZIP. `whole` gives the bytes of a document, or why it has none.

    `documents` (as the manifest names them) and `failures` are complete once `entries` ended.
    """

    bundle: Bundle
    whole: Callable[[Scorecard], bytes | str]
    documents: list[dict[str, Any]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    _items: dict[int, Failure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read which items have a document, and why others have none. One query."""
        rows = self.bundle.items.order_by("position").values_list(
            "pk",
            "position",
            "assessment__vendor__name",
            "error",
            "scorecard",
            "scorecard__state",
            "scorecard__error",
        )
        for pk, position, vendor, error, scorecard, state, reason in rows:
            if state == BuildState.READY:
                self._items[scorecard] = Failure(pk, position, vendor, "")
            else:
                self.failures.append(Failure(pk, position, vendor, reason or error or _gone()))

    @property
    def has_documents(self) -> bool:
        """Whether any document was built."""
        return bool(self._items)

    def entries(self) -> Iterator[tuple[str, bytes]]:
        """Name and bytes of each file: the documents, then the manifest, then the hashes."""
        today, left = timezone.localdate(), dict(self._items)
        for row in self._rows():
            item, data = left.pop(row.pk), self.whole(row)
            if isinstance(data, str):
                self.failures.append(Failure(item.item, item.position, item.vendor, data))
                continue
            self.documents.append(
                {
                    "file": row.file_name,
                    "number": row.number,
                    "vendor": item.vendor,
                    "standing": standing_of(row, today).standing.value,
                    "record_sha256": row.digest,
                    "sha256": row.file_sha256,
                    "bytes": len(data),
                    "pages": row.pages,
                }
            )
            yield row.file_name, data
        self.failures += [
            Failure(item.item, item.position, item.vendor, _gone()) for item in left.values()
        ]
        self.failures.sort(key=lambda failure: failure.position)
        manifest = self._manifest(today.isoformat()).encode()
        yield MANIFEST, manifest
        sums = [(entry["sha256"], entry["file"]) for entry in self.documents]
        sums.append((hashlib.sha256(manifest).hexdigest(), MANIFEST))
        yield SUMS, "".join(f"{sha256}  {name}\n" for sha256, name in sums).encode()

    def _rows(self) -> Iterator[Scorecard]:
        """The documents in their order, each with its standing; their records are not loaded."""
        found: QuerySet[Scorecard] = Scorecard.objects.filter(
            items__bundle=self.bundle, state=BuildState.READY
        )
        summary = KeyTransform("summary", Cast("content", JSONField()))
        rows = with_standing(found).defer("content").annotate(summary=summary)
        for row in rows.order_by("items__position").iterator(chunk_size=_CHUNK):
            if row.pk in self._items:
                yield row

    def _manifest(self, today: str) -> str:
        """Canonical JSON: what was asked for, what is here, and what is missing and why."""
        bundle = self.bundle
        return scoring.canonical_json(
            {
                "format": FORMAT,
                "site": {"name": settings.SITE_NAME, "url": settings.SITE_URL},
                "title": bundle.title,
                "asked_by": str(bundle.requested_by),
                "asked_at": bundle.requested_at.astimezone(UTC).isoformat(timespec="seconds"),
                "standing_on": today,
                "documents": self.documents,
                "failures": [{"vendor": row.vendor, "reason": row.reason} for row in self.failures],
            }
        )
