"""Asking for many scorecards at once, stopping that, going on with it; and what stalled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from scorecards import packing
from scorecards.models import (
    LEASE,
    MAX_ATTEMPTS,
    STALLED_AFTER,
    BuildState,
    Bundle,
    BundleItem,
    BundleState,
    ItemState,
    Notice,
    Outcome,
    Scorecard,
)
from scorecards.queries.bundles import unsettled
from scorecards.signals import document_settled
from scorecards.storage import path_of
from scorecards.waking import wake_bundler
from vendors.services.audit import record_event
from vendors.services.refusals import Refused

if TYPE_CHECKING:
    from vetting.models import User

#: More documents than this in one ZIP help nobody, and take a worker too long.
MOST = 2_000
#: A ZIP is removed after so long; its documents stay, and it can be packed anew.
KEPT_FOR = timedelta(days=7)
#: The same asked for twice within so long is one click too many, not two bundles.
A_MOMENT = timedelta(minutes=1)


@transaction.atomic
def request_bundle(
    *, assessment_ids: Sequence[int], title: str, source: str = "", by: User, wakes: bool = True
) -> Bundle:
    """A bundle of the scorecards of these assessments: rows alone, a worker does the rest.

    Asked for again in the same moment, it is the one that is there. With `wakes` a worker is told
    on commit. Raises Refused for none, and for more than MOST.
    """
    if not assessment_ids:
        raise Refused(
            _("None of these vendors has an assessment, so there is nothing to hand out.")
        )
    if len(assessment_ids) > MOST:
        words = _("%(count)d scorecards are more than one ZIP may hold (%(most)d). Filter further.")
        raise Refused(words % {"count": len(assessment_ids), "most": MOST})
    # a double click asks twice at once: the second waits here and finds the first one's row
    get_user_model().objects.select_for_update().get(pk=by.pk)
    same = _just_asked(assessment_ids, title, source, by=by)
    if same is not None:
        return same
    bundle = Bundle.objects.create(
        title=title[:300], source=source, requested_by=by, woken_at=timezone.now()
    )
    BundleItem.objects.bulk_create(
        BundleItem(bundle=bundle, position=position, assessment_id=pk)
        for position, pk in enumerate(assessment_ids, start=1)
    )
    record_event(
        action="bundle.request",
        by=by,
        subject=bundle.title,
        after={"bundle": str(bundle.public_id), "scorecards": len(assessment_ids)},
    )
    _wake_on_commit(bundle, wakes=wakes)
    return bundle


def _just_asked(
    assessment_ids: Sequence[int], title: str, source: str, *, by: User
) -> Bundle | None:
    """The bundle of the same that the same person asked for a moment ago."""
    recent = Bundle.objects.filter(
        requested_by=by,
        title=title[:300],
        source=source,
        state__in=[BundleState.PREPARING, BundleState.READY],
        requested_at__gte=timezone.now() - A_MOMENT,
    )
    for bundle in recent:
        held = bundle.items.order_by("position").values_list("assessment_id", flat=True)
        if list(held) == list(assessment_ids):
            return bundle
    return None


def _wake_on_commit(bundle: Bundle, *, wakes: bool) -> None:
    if wakes:
        transaction.on_commit(lambda: wake_bundler(bundle.public_id), robust=True)


@transaction.atomic
def cancel_bundle(*, bundle: Bundle, by: User) -> int:
    """Stop preparing it; return how many documents are not built for that.

    What a worker is building is left to finish, and what others wait for too is built. Raises
    Refused where it is not being prepared.
    """
    now = Bundle.objects.select_for_update().get(pk=bundle.pk)
    if now.state != BundleState.PREPARING:
        raise Refused(_("It is not being prepared any more, so there is nothing to cancel."))
    Bundle.objects.filter(pk=now.pk).update(
        state=BundleState.CANCELLED, token=now.token + 1, lease_until=None, error=""
    )
    dropped = drop_documents(now)
    record_event(
        action="bundle.cancel",
        by=by,
        subject=now.title,
        after={"bundle": str(now.public_id), "not_built": dropped},
    )
    return dropped


def drop_documents(bundle: Bundle) -> int:
    """Cancel the documents that wait for this bundle alone; return how many."""
    elsewhere = BundleItem.objects.filter(
        scorecard=OuterRef("pk"), bundle__state=BundleState.PREPARING
    ).exclude(bundle=bundle)
    alone = bundle.items.filter(is_origin=True, scorecard__isnull=False).values("scorecard")
    waiting = Scorecard.objects.filter(~Exists(elsewhere), pk__in=alone, state=BuildState.QUEUED)
    return waiting.update(state=BuildState.CANCELLED, error="", step="")


def failed_items() -> Q:
    """Whether there is no document of an item, and going on would try it again."""
    return ~Q(error="") | Q(scorecard__state__in=[BuildState.FAILED, BuildState.CANCELLED])


def is_gone(bundle: Bundle) -> bool:
    """Whether the ZIP of a ready bundle was removed since."""
    return bundle.state == BundleState.READY and not path_of(bundle.file).is_file()


@transaction.atomic
def resume_bundle(*, bundle: Bundle, by: User, wakes: bool = True) -> None:
    """Go on with it: what was never asked for, what was cancelled, what failed. Then pack anew.

    Raises Refused while it is being prepared.
    """
    now = Bundle.objects.select_for_update().get(pk=bundle.pk)
    if now.state == BundleState.PREPARING:
        raise Refused(_("It is being prepared already."))
    again = now.items.filter(failed_items()).values("pk")
    # The reason stays as a mark that it failed once: a damaged file is then built again.
    count = BundleItem.objects.filter(pk__in=list(again.values_list("pk", flat=True))).update(
        state=ItemState.WAITING, scorecard=None, is_origin=False
    )
    Bundle.objects.filter(pk=now.pk).update(
        state=BundleState.PREPARING,
        # A worker that went on with it before it failed must not end what begins now.
        token=F("token") + 1,
        attempts=0,
        lease_until=None,
        woken_at=timezone.now(),
        error="",
        ready_at=None,
        file="",
        file_sha256="",
        file_size=None,
    )
    record_event(
        action="bundle.resume",
        by=by,
        subject=now.title,
        before={"state": now.state, "file_sha256": now.file_sha256},
        after={"bundle": str(now.public_id), "tried_again": count},
    )
    _wake_on_commit(now, wakes=wakes)


@transaction.atomic
def record_bundle_download(*, bundle: Bundle, by: User) -> None:
    """Write who took the ZIP away, and which file it was."""
    record_event(
        action="bundle.download",
        by=by,
        subject=bundle.title,
        after={"bundle": str(bundle.public_id), "file_sha256": bundle.file_sha256},
    )


@receiver(document_settled, dispatch_uid="scorecards.bundles")
def wake_waiting(row: Scorecard, **_kwargs: Any) -> None:
    """Wake a worker for the bundles whose last document this was."""
    waiting = Bundle.objects.filter(state=BundleState.PREPARING, items__scorecard=row)
    for bundle in waiting.filter(~unsettled(OuterRef("pk"))):
        Bundle.objects.filter(pk=bundle.pk).update(woken_at=timezone.now())
        wake_bundler(bundle.public_id)


def sweep_bundles(tell: Callable[[UUID], object] = wake_bundler) -> list[Bundle]:
    """Wake a worker for whatever stalled; return those bundles. Exhausted ones fail visibly.

    Stalled is what has work to do and nobody at it: items not asked for, or every document built
    and no ZIP. ZIPs older than KEPT_FOR are removed, and files that no row names.
    """
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    waiting = Bundle.objects.filter(free, state=BundleState.PREPARING)
    for bundle in waiting.filter(attempts__gte=MAX_ATTEMPTS):
        words = _("Preparing it stopped in the middle %(count)d times, so it is not tried again.")
        fail_bundle(bundle, words % {"count": MAX_ATTEMPTS})
    unasked = BundleItem.objects.filter(bundle=OuterRef("pk"), state=ItemState.WAITING)
    to_do = Q(Exists(unasked)) | Q(~unsettled(OuterRef("pk")))
    stalled = waiting.filter(to_do, Q(woken_at=None) | Q(woken_at__lt=now - STALLED_AFTER))
    found = []
    for bundle in stalled.order_by("pk"):
        # Two sweepers at once: the one whose update hits wakes.
        if waiting.filter(pk=bundle.pk, woken_at=bundle.woken_at).update(woken_at=now):
            if tell(bundle.public_id) is False:
                break
            found.append(bundle)
    _remove_files(now)
    return found


@transaction.atomic
def fail_bundle(bundle: Bundle, error: str, **also: object) -> bool:
    """End it with a reason, unless somebody else has it; drop what waits for it alone."""
    mine = Bundle.objects.filter(pk=bundle.pk, token=bundle.token, state=BundleState.PREPARING)
    if not mine.update(state=BundleState.FAILED, error=error, lease_until=None, **also):
        return False
    drop_documents(bundle)
    bundle.items.update(is_origin=False)
    Notice.objects.create(user=bundle.requested_by, bundle=bundle, outcome=Outcome.FAILED)
    return True


def _remove_files(now: datetime) -> None:
    """Remove ZIPs that were kept long enough, and what killed workers left behind."""
    keeping = Bundle.objects.filter(state=BundleState.READY, ready_at__gte=now - KEPT_FOR)
    packing.remove_others(
        keep=set(keeping.values_list("file", flat=True)), before=(now - LEASE).timestamp()
    )
