"""How long a verification of many events takes."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from scorecards.verification import verify
from vendors.models import AuditEvent, ChainHead
from vendors.services.audit import chained_values, trail_key
from vendors.trail import digest_of

CHAINS = 200
STATE: Any = {
    "version": 3,
    "is_answered": True,
    "value": "96.5",
    "valid_to": "2027-11-30",
    "comment": "Payroll totals of October were compared with the bank's statement by two people.",
    "proposed_level": "documented",
    "answered_at": "2026-11-21T14:31:07.123456+00:00",
    "answered_by_id": 17,
    "level": "documented",
}


def measure(*, events: int) -> bool:
    """Add so many chained events and print what verifying all of them takes; whether 5 s do."""
    heads: list[ChainHead] = []
    AuditEvent.objects.bulk_create(_events(events, heads), batch_size=2_000)
    ChainHead.objects.bulk_create(heads)
    best, report = float("inf"), None
    for _ in range(3):
        started = time.process_time()
        report = verify(trail_key())
        cpu = time.process_time() - started
        best = min(best, report.seconds)
        print(
            f"verified {report.counts['events']:,} events in {report.seconds:.2f} s, {cpu:.2f} s CPU"
        )
    assert report is not None
    assert not report.faults, report.faults[:3]
    print(f"verify: {best:.2f} s (to reach: under 5 s) {'ok' if best < 5 else 'MISSED'}")
    return best < 5


def _events(count: int, heads: list[ChainHead]) -> Iterator[AuditEvent]:
    for _ in range(CHAINS):
        chain, digest = f"sample:{uuid.uuid4()}", ""
        for number in range(1, count // CHAINS + 1):
            event = AuditEvent(
                at=timezone.now(),
                actor_label="Sample Person",
                actor_role="procurement",
                origin="10.20.4.18",
                action="sample.save",
                subject="LAB-05",
                before=STATE,
                after=STATE | {"version": number},
                chain=chain,
                sequence=number,
                previous=digest,
            )
            digest = event.digest = digest_of(trail_key(), chained_values(event))
            yield event
        heads.append(ChainHead(chain=chain, sequence=number, digest=digest))
