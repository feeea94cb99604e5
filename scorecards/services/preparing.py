"""Preparing a bundle: ask for its documents, wait for them, pack the ZIP.

The row is the job, as it is for a document. A worker may be killed at any line: each item is
asked for in a transaction of its own, the claim comes back when its lease ends, a ZIP that no row
names is removed, and what is written too late is fenced off.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from scorecards.models import (
    LEASE,
    MAX_ATTEMPTS,
    BuildState,
    Bundle,
    BundleItem,
    BundleState,
    ItemState,
    Kind,
    Notice,
    Outcome,
    Scorecard,
)
from scorecards.packing import Packed, pack
from scorecards.queries.bundles import is_settled
from scorecards.queries.manifests import Contents
from scorecards.services.bundles import fail_bundle
from scorecards.services.scorecards import (
    NoScorecard,
    can_be_rebuilt,
    request_scorecard,
    retry_scorecard,
)
from scorecards.storage import FileDamaged, stored_file
from scorecards.waking import wake_bundler
from vendors.permissions import can_request_scorecard
from vendors.services.audit import record_event

logger = logging.getLogger(__name__)

#: Seconds that one delivery asks for documents; then others have their turn.
A_TURN = 20


class _ClaimLostError(Exception):
    """Somebody else has the bundle now, or it was cancelled."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """A bundle held by this worker: nothing is written once the token has moved on."""

    row: Bundle

    def write(self, **fields: object) -> bool:
        """Change the row while the claim stands; False when it does not."""
        mine = Bundle.objects.filter(
            pk=self.row.pk, token=self.row.token, state=BundleState.PREPARING
        )
        return bool(mine.update(**fields))

    def hold(self) -> None:
        """Have the claim, and the row locked, for this transaction. Raises _ClaimLostError."""
        if not self.write(lease_until=timezone.now() + LEASE):
            raise _ClaimLostError


def advance(public_id: UUID | str) -> None:
    """Bring one bundle as far as it goes now, unless somebody else is at it.

    Whatever goes wrong is written to the row: the bundle waits for the sweeper, MAX_ATTEMPTS
    times in all. What is wrong with one document stops no other.
    """
    claim = _claim(public_id)
    while claim is not None and _attempt(claim):
        claim = _claim(public_id)


def _attempt(claim: _Claim) -> bool:
    """One turn, whatever goes wrong in it; whether there is more to do at once."""
    bundle = claim.row
    try:
        return _turn(claim)
    except _ClaimLostError:
        pass
    except SoftTimeLimitExceeded:
        words = _("It took longer than %d seconds.")
        _give_back(claim, words % settings.CELERY_TASK_SOFT_TIME_LIMIT)
    except (OperationalError, InterfaceError):
        # Nothing can be written now: the bundle comes back when its lease ends.
        logger.exception("The database went away while bundle %s was prepared", bundle.public_id)
        close_old_connections()
    except OSError as error:
        cause = error.strerror or type(error).__name__
        _give_back(claim, _("The ZIP could not be stored: %s.") % cause)
    except Exception:
        logger.exception("Bundle %s could not be prepared", bundle.public_id)
        _give_back(claim, _("Preparing it failed. The worker's log says why."))
    return False


@transaction.atomic
def _claim(public_id: UUID | str) -> _Claim | None:
    """Take the bundle by one conditional update: free, or left behind by a dead worker."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    waiting = Bundle.objects.filter(free, public_id=public_id, state=BundleState.PREPARING)
    taken = waiting.filter(attempts__lt=MAX_ATTEMPTS).update(
        attempts=F("attempts") + 1, token=F("token") + 1, lease_until=now + LEASE, error=""
    )
    if not taken:
        return None
    return _Claim(Bundle.objects.select_related("requested_by").get(public_id=public_id))


def _turn(claim: _Claim) -> bool:
    """One turn; whether there is more to do at once."""
    bundle = claim.row
    if not can_request_scorecard(bundle.requested_by):
        words = _("%s asked for it and may no longer have it, so no file is made.")
        fail_bundle(bundle, words % bundle.requested_by)
        return False
    if not _ask_all(claim):
        claim.write(lease_until=None, attempts=0, woken_at=timezone.now())
        wake_bundler(bundle.public_id)
        return False
    if not is_settled(bundle):
        claim.write(lease_until=None, attempts=0)
        # The last document may have been settled before the claim was free for whoever it woke.
        return is_settled(bundle)
    return _pack(claim)


def _ask_all(claim: _Claim) -> bool:
    """Ask for what was not asked for yet; False when the turn ended before that."""
    ends_at = time.monotonic() + A_TURN
    items = claim.row.items.filter(state=ItemState.WAITING).order_by("position")
    for item in items.select_related("assessment__framework", "assessment__vendor"):
        if time.monotonic() > ends_at:
            return False
        _ask(claim, item)
    return True


def _ask(claim: _Claim, item: BundleItem) -> None:
    """Ask for one document, or write down why there is none."""
    try:
        with transaction.atomic():
            claim.hold()
            scorecard, is_origin = _asked_for(item, claim.row)
            BundleItem.objects.filter(pk=item.pk).update(
                state=ItemState.ASKED, scorecard=scorecard, is_origin=is_origin, error=""
            )
    except (_ClaimLostError, SoftTimeLimitExceeded, OperationalError, InterfaceError):
        raise
    except NoScorecard as reason:
        _refuse(claim, item, str(reason))
    except Exception:
        logger.exception("Scorecard of assessment %s", item.assessment.public_id)
        _refuse(claim, item, _("Asking for it failed. The worker's log says why."))


@transaction.atomic
def _refuse(claim: _Claim, item: BundleItem, reason: str) -> None:
    claim.hold()
    BundleItem.objects.filter(pk=item.pk).update(
        state=ItemState.REFUSED, scorecard=None, is_origin=False, error=reason
    )


def _asked_for(item: BundleItem, bundle: Bundle) -> tuple[Scorecard, bool]:
    """The document of an item, and whether it is built for bundles alone.

    What failed earlier is tried again, so is a damaged file where the bundle goes on after it.
    """
    own = Scorecard.objects.filter(assessment=item.assessment, kind=Kind.VENDOR)
    before = dict(own.values_list("pk", "state"))
    waited_for = BundleItem.objects.filter(scorecard__in=before, is_origin=True)
    origins = dict(waited_for.values_list("pk", "scorecard"))
    scorecard = request_scorecard(assessment=item.assessment, by=bundle.requested_by, tells=False)
    was = before.get(scorecard.pk)
    tried_again = was == BuildState.FAILED or (bool(item.error) and can_be_rebuilt(scorecard))
    if tried_again:
        retry_scorecard(scorecard=scorecard, by=bundle.requested_by)
    # Asking for it made it everybody's; so far only bundles wait for it.
    others = [pk for pk, of in origins.items() if of == scorecard.pk]
    BundleItem.objects.filter(pk__in=others).update(is_origin=True)
    is_new = was is None and scorecard.requested_by_id == bundle.requested_by_id
    return scorecard, is_new or was == BuildState.CANCELLED or tried_again or bool(others)


def _pack(claim: _Claim) -> bool:
    """Store the ZIP and end the bundle; True when some documents must be asked for again."""
    bundle = claim.row
    # Cancelled with another bundle in the moment that this one asked for it.
    dropped = bundle.items.filter(scorecard__state=BuildState.CANCELLED).values_list(
        "pk", flat=True
    )
    if BundleItem.objects.filter(pk__in=list(dropped)).update(
        state=ItemState.WAITING, scorecard=None, is_origin=False
    ):
        claim.write(lease_until=None, attempts=0)
        return True
    if not is_settled(bundle):
        # Somebody asked for one of them once more in this moment: it is waited for.
        claim.write(lease_until=None, attempts=0)
        return is_settled(bundle)
    contents = Contents(bundle, _whole)
    if not contents.has_documents:
        _end_without(claim, contents)
        return False
    packed = pack(contents.entries(), draft=f"{bundle.public_id}-{bundle.token}")
    if contents.documents:
        _finish(claim, contents, packed)
    else:
        _end_without(claim, contents)
    return False


def _whole(scorecard: Scorecard) -> bytes | str:
    """The bytes of a document, or why they cannot be handed out."""
    try:
        return stored_file(scorecard)
    except FileDamaged as damage:
        return str(damage)


@transaction.atomic
def _finish(claim: _Claim, contents: Contents, packed: Packed) -> None:
    """Mark the bundle ready with its file, unless the claim is lost."""
    bundle = claim.row
    file = {"file": packed.name, "file_sha256": packed.sha256, "file_size": packed.size}
    done = {"state": BundleState.READY, "lease_until": None, "attempts": 0, "error": ""}
    if not claim.write(**done, **file, ready_at=timezone.now()):
        return
    _note_failures(bundle, contents)
    record_event(
        action="bundle.build",
        by=None,
        subject=bundle.title,
        after={
            "bundle": str(bundle.public_id),
            **file,
            "scorecards": len(contents.documents),
            "failures": len(contents.failures),
        },
    )
    Notice.objects.create(user=bundle.requested_by, bundle=bundle, outcome=Outcome.READY)


@transaction.atomic
def _end_without(claim: _Claim, contents: Contents) -> None:
    """End a bundle none of whose documents is there."""
    words = _("None of the %d scorecards could be had. The list says why.")
    if fail_bundle(claim.row, words % len(contents.failures)):
        _note_failures(claim.row, contents)


def _note_failures(bundle: Bundle, contents: Contents) -> None:
    """Keep why documents are missing, whatever becomes of them later."""
    bundle.items.update(is_origin=False)
    for failure in contents.failures:
        BundleItem.objects.filter(pk=failure.item).update(error=failure.reason)


def _give_back(claim: _Claim, error: str) -> None:
    """Leave the bundle to the sweeper, or end it after the last attempt."""
    if claim.row.attempts >= MAX_ATTEMPTS:
        fail_bundle(claim.row, error)
        return
    claim.write(error=error, lease_until=None, woken_at=timezone.now())
