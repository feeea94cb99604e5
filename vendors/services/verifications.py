"""Checking the chains from a page, and remembering how the last check ended."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors.disk import write_whole
from vendors.integrity.chains import check_chains
from vendors.integrity.faults import Fault, Names
from vendors.integrity.heads import KnownHeads, read_heads
from vendors.integrity.results import frozen_rows
from vendors.integrity.stored import one_view
from vendors.models import AuditEvent
from vendors.services.audit import record_event, trail_key
from vendors.services.refusals import Refused

if TYPE_CHECKING:
    from vetting.models import User

#: Beyond so many events a page would wait too long.
MOST_EVENTS = 300_000
#: Faults that the page lists; `manage.py verify` names all.
MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended: what was looked at, when, and what does not hold."""

    at: datetime
    events: int
    last: int
    chains: int
    seconds: float
    fault_count: int
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.fault_count

    @property
    def broken_chains(self) -> int:
        """How many chains have a fault."""
        return len({fault.chain for fault in self.faults if fault.chain})

    @property
    def whole_chains(self) -> int:
        """How many chains have none."""
        return self.chains - self.broken_chains


def verify_chains(*, by: User) -> Outcome:
    """Check every chain now, remember the outcome, and record that somebody asked.

    Raises Refused where there are too many events for a page to wait for.
    """
    if AuditEvent.objects.count() > MOST_EVENTS:
        raise Refused(_("There are too many events to wait for. Run `manage.py verify` instead."))
    started = time.monotonic()
    with one_view():
        names, known = Names(), KnownHeads()
        _count, faults = read_heads(trail_key(), known)
        frozen_rows(known, names)
        check = check_chains(trail_key(), names, known)
    outcome = keep_outcome(
        events=check.events,
        last=check.last,
        chains=len(check.ends),
        faults=faults + check.faults,
        seconds=time.monotonic() - started,
    )
    with transaction.atomic():
        record_event(
            action="trail.verify",
            by=by,
            after={
                "events": outcome.events,
                "chains": outcome.chains,
                "faults": outcome.fault_count,
            },
        )
    return outcome


def keep_outcome(
    *, events: int, last: int, chains: int, faults: Sequence[Fault], seconds: float
) -> Outcome:
    """Remember how a check ended, for the page of the trail."""
    outcome = Outcome(
        at=timezone.now(),
        events=events,
        last=last,
        chains=chains,
        seconds=round(seconds, 2),
        fault_count=len(faults),
        faults=tuple(faults[:MOST_FAULTS]),
    )
    document = asdict(outcome) | {"at": outcome.at.isoformat()}
    write_whole(_path(), json.dumps(document, ensure_ascii=False).encode())
    return outcome


def last_outcome() -> Outcome | None:
    """How the last check ended; None where there was none that can be read."""
    try:
        document = json.loads(_path().read_text(encoding="utf-8"))
        faults = tuple(Fault(**fault) for fault in document.pop("faults"))
        at = datetime.fromisoformat(document.pop("at"))
        return Outcome(at=at, faults=faults, **document)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _path() -> Path:
    return Path(settings.DATA_DIR) / "verification.json"
