"""How events are chained: a keyed hash over each event and the digest of the one before it.

Pure: the key comes in as an argument. Whoever changes, removes, adds or moves an event without the key
leaves a chain that does not verify; cutting off its end shows against a head that was printed or
exported before. Source: docs/security.md, "The trail".
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from contextvars import ContextVar
from datetime import UTC, datetime

#: What is hashed, in this order. A new field means a new version of the text, never another order.
FIELDS = (
    "chain",
    "sequence",
    "previous",
    "at",
    "actor",
    "actor_label",
    "actor_role",
    "origin",
    "action",
    "vendor",
    "assessment",
    "subject",
    "before",
    "after",
    "reason",
)
VERSION = "vetting-event/1"
#: Characters of an origin that are kept.
ORIGIN_LENGTH = 60
#: Where the change at hand comes from: a client's address, or the name of a command or task.
origin: ContextVar[str] = ContextVar("origin", default="")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def digest_of(key: bytes, values: Sequence[object]) -> str:
    """The HMAC-SHA-256, in hex, over the values of FIELDS.

    Moments are ISO 8601 in UTC with microseconds, `before` and `after` the stored text or None,
    references the numbers of their rows. Raises ValueError when a value is missing, TypeError or
    ValueError for what no event can hold.
    """
    if len(values) != len(FIELDS):
        raise ValueError(f"{len(values)} values for {len(FIELDS)} fields")
    return keyed_hash(key, _encode([VERSION, *values]))


def keyed_hash(key: bytes, text: str) -> str:
    """The HMAC-SHA-256 of a text in UTF-8, in hex. Raises ValueError for a lone surrogate."""
    return hmac.digest(key, text.encode(), "sha256").hex()


def moment_text(at: datetime) -> str:
    """A moment as the digest covers it: ISO 8601, UTC, microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
