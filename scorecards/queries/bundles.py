"""Bundles: what one would hold, how far one is, and what the list of them shows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from scorecards.models import (
    BuildState,
    Bundle,
    BundleItem,
    BundleState,
    ItemState,
    Kind,
    SavedComparison,
    Scorecard,
)
from vendors.models import OPEN_STATES, Assessment, State, Vendor
from vendors.permissions import Actor

#: Saved comparisons that the page offers, the newest.
OFFERED = 50


@dataclass(frozen=True, slots=True)
class Selection:
    """The assessments whose scorecards are asked for, in order, and what is known of them.

    `drafts` counts open assessments, `to_build` what has no file yet (drafts are drawn as of
    today), `without` vendors that have no assessment to show, `withdrawn` those whose scorecard no
    longer stands, so that there is none to hand out.
    """

    assessment_ids: tuple[int, ...]
    drafts: int
    to_build: int
    without: int
    withdrawn: int

    @property
    def count(self) -> int:
        """How many scorecards."""
        return len(self.assessment_ids)


def selection(
    vendors: QuerySet[Vendor],
    *,
    decided_only: bool = False,
    drafts_of: frozenset[uuid.UUID] = frozenset(),
    standing_only: bool = False,
) -> Selection:
    """One scorecard a vendor: of its latest approval, else of what is open, else of its rejection.

    What is open is a draft. With `decided_only` there are none, but for `drafts_of`: vendors whose
    open assessment is wanted in any case. With `standing_only` withdrawn scorecards are left out.
    Three queries.
    """
    own = Assessment.objects.filter(vendor=OuterRef("pk")).order_by("-pk").values("pk")
    rows = vendors.annotate(
        open_one=Subquery(own.filter(state__in=OPEN_STATES)[:1]),
        rejected=Subquery(own.filter(state=State.REJECTED)[:1]),
    )
    found, drafts, without = [], 0, 0
    for vendor, approved, open_one, rejected in rows.values_list(
        "public_id", "latest_result__assessment", "open_one", "rejected"
    ):
        decided = approved or (rejected if decided_only or open_one is None else None)
        wants_draft = not decided_only and (decided is None or vendor in drafts_of)
        chosen = open_one if wants_draft and open_one else decided
        if chosen is None:
            without += 1
            continue
        found.append(chosen)
        drafts += chosen == open_one
    last = Scorecard.objects.filter(
        kind=Kind.VENDOR, is_draft=False, replaced_by=None, assessment__in=found
    )
    states = dict(last.values_list("assessment", "state"))
    gone = set(last.filter(withdrawn_at__isnull=False).values_list("assessment", flat=True))
    if standing_only:
        found = [pk for pk in found if pk not in gone]
    to_build = sum(states.get(pk) != BuildState.READY for pk in found if pk not in gone)
    return Selection(tuple(found), drafts, to_build, without, len(gone))


def in_force(user: Actor) -> QuerySet[Vendor]:
    """Current vendors with a decision that stands, approved or rejected, by name.

    As the register's list of what is in force, but for what was withdrawn: see `selection`.
    """
    today = timezone.localdate()
    rejected = Assessment.objects.filter(vendor=OuterRef("pk"), state=State.REJECTED)
    approved = Q(latest_result__valid_until=None) | Q(latest_result__valid_until__gte=today)
    stands = (Q(latest_result__isnull=False) & approved) | (
        Q(latest_result=None) & Exists(rejected)
    )
    current = Vendor.objects.visible_to(user).current()
    return current.filter(stands).order_by("name_key", "pk")


def named(user: Actor, ids: Sequence[uuid.UUID]) -> QuerySet[Vendor]:
    """Vendors by their ids, by name."""
    return Vendor.objects.visible_to(user).filter(public_id__in=ids).order_by("name_key", "pk")


def offered_comparisons(user: Actor) -> QuerySet[SavedComparison]:
    """The newest saved comparisons, each with `count`, its vendors."""
    found = SavedComparison.objects.visible_to(user).only("public_id", "purpose", "saved_at")
    return found.annotate(count=Count("vendors")).order_by("-pk")[:OFFERED]


def unsettled(bundle: OuterRef | Bundle) -> Exists:
    """Whether an item of the bundle is not asked for yet, or its document is not built yet."""
    waits = Q(state=ItemState.WAITING) | Q(
        scorecard__state__in=[BuildState.QUEUED, BuildState.BUILDING]
    )
    return Exists(BundleItem.objects.filter(waits, bundle=bundle))


def is_settled(bundle: Bundle) -> bool:
    """Whether each item has its document, or the reason why it has none. One query."""
    return not Bundle.objects.filter(unsettled(OuterRef("pk")), pk=bundle.pk).exists()


def bundles_of(user: Actor) -> QuerySet[Bundle]:
    """A person's bundles, newest first, each with how many items it has, and how many failed."""
    failed = Count("items", filter=~Q(items__error="") & ~Q(items__state=ItemState.WAITING))
    found = Bundle.objects.visible_to(user).annotate(count=Count("items"), failed=failed)
    return found.order_by("-pk")


@dataclass(frozen=True, slots=True)
class BundleProgress:
    """How far a bundle is: `done` of `count` are settled, `failed` of those have no file."""

    count: int
    ready: int
    failed: int
    building: str

    @property
    def done(self) -> int:
        """Items that nothing more happens to."""
        return self.ready + self.failed

    @property
    def left(self) -> int:
        """Items that something is still to happen to."""
        return self.count - self.done

    @property
    def held(self) -> int:
        """Documents in the ZIP of one that ended."""
        return self.count - self.failed

    @property
    def percent(self) -> int:
        """The share done."""
        return 100 * self.done // self.count if self.count else 0

    @property
    def tens(self) -> int:
        """The share done as it is said aloud, in steps of ten."""
        return self.percent // 10 * 10


def _gone(bundle: Bundle) -> Q:
    """Whether an item has no document: once the bundle ended, what the ZIP was made without."""
    if bundle.state in {BundleState.READY, BundleState.FAILED}:
        return ~Q(error="")
    return Q(state=ItemState.REFUSED) | Q(scorecard__state=BuildState.FAILED)


def progress_of(bundle: Bundle) -> BundleProgress:
    """How far it is. One query, two while it is being prepared."""
    gone = _gone(bundle)
    numbers = bundle.items.aggregate(
        count=Count("pk"),
        failed=Count("pk", filter=gone),
        ready=Count("pk", filter=Q(scorecard__state=BuildState.READY) & ~gone),
    )
    building = None
    if bundle.state == BundleState.PREPARING:
        drawn = bundle.items.filter(scorecard__state=BuildState.BUILDING).order_by("position")
        building = drawn.values_list("assessment__vendor__name", flat=True).first()
    return BundleProgress(**numbers, building=building or "")


def failures_of(bundle: Bundle) -> QuerySet[BundleItem]:
    """The items without a document; their `scorecard` says why where their `error` does not."""
    return items_of(bundle).filter(_gone(bundle))


def documents_hidden(user: Actor, bundle: Bundle) -> bool:
    """Whether the person may no longer see some document of the bundle. One query."""
    held = Scorecard.objects.filter(items__bundle=bundle)
    return held.exclude(pk__in=Scorecard.objects.visible_to(user).values("pk")).exists()


def file_name_of(bundle: Bundle) -> str:
    """The name of the ZIP taken away: no word of it was typed by anybody."""
    return f"scorecards-{bundle.requested_at:%Y-%m-%d}-{bundle.public_id.hex[:8]}.zip"


def items_of(bundle: Bundle) -> QuerySet[BundleItem]:
    """The items in their order, with what a row of the list shows."""
    rows = bundle.items.select_related("assessment__vendor", "scorecard")
    return rows.defer("scorecard__content").order_by("position")
