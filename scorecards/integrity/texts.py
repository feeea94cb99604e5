"""Stored texts, which a changed byte may have made anything."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def hash_of(text: Any) -> str:
    """SHA-256 of a stored text; "" where it is none."""
    try:
        return hashlib.sha256(text.encode()).hexdigest()
    except (AttributeError, UnicodeEncodeError):
        return ""


def table(text: Any) -> dict[str, Any]:
    """A JSON object; an empty one for anything else."""
    try:
        found = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def within(found: Any, *keys: str) -> Any:
    """What stands below these keys; None where nothing does."""
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found
