"""How the queue is doing: what waits, since when, what failed, who works."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, Value, When
from django.utils import timezone

from scorecards import signs
from scorecards.models import BuildState, Bundle, BundleState, Notice, Scorecard
from vendors.models import EvidenceFile, PageState
from vendors.permissions import Actor

DOCUMENTS, BUNDLES, PAGES = KINDS = ("documents", "bundles", "pages")
#: How long somebody waits before the page says that no worker seems to run.
PATIENT_FOR = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a worker: how many of each of KINDS, and since when the oldest does."""

    counts: dict[str, int]
    since: datetime | None

    @property
    def total(self) -> int:
        """How many wait in all."""
        return sum(self.counts.values())

    @property
    def seconds(self) -> int:
        """How long the oldest has waited; 0 where none does."""
        waited = timezone.now() - self.since if self.since else None
        return max(0, int(waited.total_seconds())) if waited else 0


def waiting_now() -> Waiting:
    """What waits, and what a dead worker left behind. One query."""
    left = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    documents = Scorecard.objects.filter(
        Q(state=BuildState.QUEUED) | Q(state=BuildState.BUILDING) & left
    )
    bundles = Bundle.objects.filter(left, state=BundleState.PREPARING)
    pages = EvidenceFile.objects.filter(
        Q(page_state=PageState.QUEUED) | Q(page_state=PageState.BUILDING) & left
    )
    found = _counted(DOCUMENTS, documents, "wanted_at").union(
        _counted(BUNDLES, bundles, "requested_at"),
        _counted(PAGES, pages, "uploaded_at"),
        all=True,
    )
    counts, moments = dict.fromkeys(KINDS, 0), []
    for row in found:
        counts[row["what"]] = row["count"]
        if row["since"] is not None:
            moments.append(row["since"])
    return Waiting(counts=counts, since=min(moments, default=None))


def _counted(what: str, rows: QuerySet[Any], moment: str) -> QuerySet[Any, dict[str, Any]]:
    """One row with how many there are and since when; no row where there are none.

    What was tried before or is tried again waits since a worker was last told, which sweepers
    that run keep young.
    """
    since = Case(When(token=0, then=F(moment)), default=F("woken_at"))
    named = rows.order_by().values(what=Value(what))
    found: QuerySet[Any, dict[str, Any]] = named.annotate(count=Count("pk"), since=Min(since))
    return found


def queue_health() -> str:
    """Return "" where the queue moves, else what is wrong with it.

    It stands still where something has waited for QUEUE_PATIENCE, no worker has anything at hand
    and nothing ended in that time: a long queue that is being worked off is none. At most two
    queries.
    """
    try:
        waiting = waiting_now()
        if waiting.seconds <= settings.QUEUE_PATIENCE.total_seconds() or _is_moving():
            return ""
    except DatabaseError as error:
        return f"cannot be asked ({type(error).__name__})"
    return f"{waiting.total} waiting, the oldest for {waiting.seconds} s: no worker seems to run"


def _is_moving() -> bool:
    """Whether a worker has something at hand, or anything ended lately, well or not. One query."""
    now = timezone.now()
    earliest = now - settings.QUEUE_PATIENCE
    ended = Scorecard.objects.filter(ready_at__gte=earliest).order_by()
    told = Notice.objects.filter(created_at__gte=earliest).order_by()
    held = [
        rows.filter(lease_until__gte=now).order_by()
        for rows in (Scorecard.objects.all(), Bundle.objects.all(), EvidenceFile.objects.all())
    ]
    return ended.values("pk").union(*(rows.values("pk") for rows in (told, *held))).exists()


def queue_figures() -> dict[str, Any]:
    """How many of each kind wait and how long the oldest has, for whoever watches. No names."""
    waiting = waiting_now()
    return {"waiting": waiting.counts, "oldest_waiting_seconds": waiting.seconds}


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of work: how many wait, are at hand, and failed."""

    what: str
    waiting: int
    building: int
    failed: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The queue as the page of the system shows it."""

    lines: list[Line]
    waiting: Waiting
    fault: str
    finished_at: datetime | None


def overview() -> Overview:
    """How many of each kind are at which stage, and when a document was last finished."""
    last = Scorecard.objects.filter(state=BuildState.READY).aggregate(at=Max("ready_at"))
    return Overview(
        lines=[
            _line(DOCUMENTS, Scorecard.objects.all(), "state"),
            _line(BUNDLES, Bundle.objects.all(), "state"),
            _line(PAGES, EvidenceFile.objects.all(), "page_state"),
        ],
        waiting=waiting_now(),
        fault=queue_health(),
        finished_at=last["at"],
    )


def _line(what: str, rows: QuerySet[Any], field: str) -> Line:
    """Each model names its states alike, but for bundles, which are prepared."""
    busy = Q(lease_until__gt=timezone.now())
    is_building = Q(**{f"{field}__in": [BuildState.BUILDING, BundleState.PREPARING]})
    is_waiting = Q(**{field: BuildState.QUEUED}) | is_building & (~busy | Q(lease_until=None))
    found = rows.aggregate(
        waiting=Count("pk", filter=is_waiting),
        building=Count("pk", filter=is_building & busy),
        failed=Count("pk", filter=Q(**{field: BuildState.FAILED})),
    )
    return Line(what=what, **found)


def failed_documents(user: Actor) -> QuerySet[Scorecard]:
    """The documents that could not be built and that the user may see, newest first."""
    rows = Scorecard.objects.visible_to(user).filter(state=BuildState.FAILED)
    rows = rows.select_related("assessment__vendor", "comparison", "wanted_by")
    return rows.defer("content", "comparison__document").order_by("-pk")


def is_waiting_in_vain(scorecard: Scorecard) -> bool:
    """Whether it has waited for a while and no worker shows any sign of life. No query."""
    if scorecard.state != BuildState.QUEUED:
        return False
    is_first = scorecard.token == 0
    since = scorecard.wanted_at if is_first else scorecard.woken_at or scorecard.wanted_at
    return timezone.now() - since > PATIENT_FOR and not signs.is_any_worker_seen()
