"""Writing down, outside the database, where each chain ends."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

from vendors.disk import write_whole
from vendors.integrity.heads import heads_folder, heads_text
from vendors.models import ChainHead
from vendors.services.audit import trail_key
from vendors.trail import moment_text


def export_heads() -> Path:
    """Write today's file, in UTC, whole or not at all; a second one of the day takes its place.

    Whoever cuts off the end of a chain later contradicts it. Keep copies on another machine.
    """
    at = moment_text(timezone.now())
    rows = ChainHead.objects.filter(sequence__gt=0).values_list("chain", "sequence", "digest")
    text = heads_text(trail_key(), at, {chain: (number, digest) for chain, number, digest in rows})
    folder = heads_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{at[:10]}.json"
    write_whole(path, text.encode())
    return path
