"""Building: claim a row, draw its content, store the file, mark it ready.

The row is the job. A worker may be killed at any line: what it claimed comes back when its lease
ends, what it stored half is never looked at, and what it writes too late is fenced off.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from scorecards.content import ContentError
from scorecards.models import (
    CHECKING,
    DRAWING,
    LEASE,
    MAX_ATTEMPTS,
    SIGNING,
    STALLED_AFTER,
    STORING,
    BuildState,
    FormerFile,
    Notice,
    Outcome,
    Scorecard,
    SigningCertificate,
)
from scorecards.paper import pdf, typeset
from scorecards.paper.kinds import PAPERS
from scorecards.paper.pdf import Drawn
from scorecards.seal import keys, signing
from scorecards.signals import document_settled
from scorecards.storage import FOLDER, name_of, path_of, store_file
from vendors import scoring
from vendors.services.audit import record_event

logger = logging.getLogger(__name__)

#: So many stalled rows are told of at once; more messages would only stand in each other's way.
ROUND = 200


class _NotDrawable(Exception):  # noqa: N818  ends in a row that says why
    """Trying again cannot help; the message goes to the page."""


@dataclass(frozen=True, slots=True)
class _Claim:
    """A row held by this builder: nothing is written once the token has moved on."""

    row: Scorecard

    def write(self, **fields: object) -> bool:
        """Change the row while the claim stands; False when another builder has it."""
        mine = Scorecard.objects.filter(
            pk=self.row.pk, token=self.row.token, state=BuildState.BUILDING
        )
        return bool(mine.update(**fields))


def build(public_id: UUID | str) -> None:
    """Build one scorecard, unless somebody else is at it or it needs none.

    Whatever goes wrong is written to the row: for good where trying again cannot help, else the
    row waits for the sweeper, MAX_ATTEMPTS times in all.
    """
    claim = _claim(public_id)
    if claim is None:
        return
    began = time.monotonic()
    try:
        _build(claim, began)
    except (pdf.RendererUnavailable, pdf.DocumentRefused, _NotDrawable) as reason:
        _fail(claim, str(reason))
    except ContentError as reason:
        _fail(claim, _("Its record cannot be drawn: %s.") % reason)
    except MemoryError:
        _fail(claim, _("It needs more memory than a worker may use (WORKER_MEMORY)."))
    except SoftTimeLimitExceeded:
        _fail(claim, _("It took longer than %d seconds.") % settings.CELERY_TASK_SOFT_TIME_LIMIT)
    except keys.SigningFailed as reason:
        _give_back(claim, str(reason))
    except OSError as error:
        cause = error.strerror or type(error).__name__
        _give_back(claim, _("The file could not be stored: %s.") % cause)
    except (OperationalError, InterfaceError):
        # Nothing can be written now: the row comes back when its lease ends.
        logger.exception("The database went away while scorecard %s was built", public_id)
    except Exception:
        logger.exception("Scorecard %s could not be built", public_id)
        _give_back(claim, _("Drawing it failed. The worker's log says why."))


@transaction.atomic
def _claim(public_id: UUID | str) -> _Claim | None:
    """Take the row by one conditional update: waiting, or left behind by a dead builder."""
    now = timezone.now()
    free = Q(state=BuildState.QUEUED) | Q(state=BuildState.BUILDING, lease_until__lt=now)
    taken = Scorecard.objects.filter(free, public_id=public_id, attempts__lt=MAX_ATTEMPTS).update(
        state=BuildState.BUILDING,
        step=CHECKING,
        attempts=F("attempts") + 1,
        token=F("token") + 1,
        lease_until=now + LEASE,
        error="",
    )
    return _Claim(Scorecard.objects.get(public_id=public_id)) if taken else None


def _build(claim: _Claim, began: float) -> None:
    row = claim.row
    if scoring.digest(row.content) != row.digest:
        raise _NotDrawable(
            _(
                "The record does not match its SHA-256, so nothing is drawn from it. Tell whoever "
                "runs the installation: manage.py verify names what was changed."
            )
        )
    if row.template_version != PAPERS[row.kind].version:
        raise _NotDrawable(
            _("It was asked for under an earlier version of the document. Ask for it again.")
        )
    if not row.asker_may_see():
        raise _NotDrawable(
            _("%s asked for it and may no longer have it. Somebody else may ask again.")
            % row.wanted_by
        )
    if not claim.write(step=DRAWING):
        return
    drawn = _drawn_in_time(row, began)
    if not claim.write(step=SIGNING):
        return
    signed = signing.sign(drawn.data) if row.number else signing.Signed(drawn.data, None)
    _store(claim, drawn, signed)


def _store(claim: _Claim, drawn: Drawn, signed: signing.Signed) -> None:
    """Store the file and finish the row, which names it before it is there.

    So what a builder leaves that dies in between is found by the next, whose file may be another:
    a signature carries its time.
    """
    row = claim.row
    file_sha256 = hashlib.sha256(signed.data).hexdigest()
    name = name_of(file_sha256)
    if not claim.write(step=STORING, file=name):
        return
    if row.ready_at is None:
        _remove_unnamed(row.file)
    store_file(signed.data, path_of(name), draft=_draft_name(row))
    is_mine = _finish(
        claim,
        signed.certificate,
        file=name,
        file_sha256=file_sha256,
        file_size=len(signed.data),
        pages=drawn.pages,
        unsigned_sha256=hashlib.sha256(drawn.data).hexdigest(),
        unsigned_size=len(drawn.data),
    )
    if not is_mine:
        _remove_unnamed(name)
    elif row.ready_at is not None:
        # What was damaged, and what a builder left that died before it ended the row.
        _remove_unnamed(row.file)
        _remove_unnamed(name_of(row.file_sha256))


def _remove_unnamed(name: str) -> None:
    """Remove a file that was never handed out, or is damaged, unless a row names it."""
    if name and not Scorecard.objects.filter(file=name).exists():
        path_of(name).unlink(missing_ok=True)


def _drawn_in_time(row: Scorecard, began: float) -> Drawn:
    """The document. The renderer swallows some errors, the time limit's among them."""
    drawn = typeset.draw_scorecard(row.content, digest=row.digest, number=row.number, kind=row.kind)
    if time.monotonic() - began > settings.CELERY_TASK_SOFT_TIME_LIMIT:
        raise SoftTimeLimitExceeded
    return drawn


@transaction.atomic
def _finish(claim: _Claim, certificate: SigningCertificate | None, **file: object) -> bool:
    """Mark the row ready, with an event that names the file's hash; False: the claim is lost."""
    row = claim.row
    done = {"state": BuildState.READY, "step": "", "lease_until": None, "error": ""}
    is_mine = claim.write(**done, **file, certificate=certificate, ready_at=timezone.now())
    if is_mine:
        if row.ready_at is not None and row.file_sha256 != file["file_sha256"]:
            FormerFile.objects.get_or_create(
                scorecard=row, file_sha256=row.file_sha256, defaults={"built_at": row.ready_at}
            )
        record_event(
            action="scorecard.build",
            by=None,
            assessment=row.assessment,
            subject=row.title,
            after={**file, "certificate": certificate and certificate.fingerprint},
        )
        _tell(row, Outcome.READY)
    return is_mine


@transaction.atomic
def _fail(claim: _Claim, error: str) -> None:
    """End the row with a reason, unless the claim is lost.

    One that was handed out once names that file again, for somebody may put it back.
    """
    row = claim.row
    last = Scorecard.objects.values_list("file", flat=True).get(pk=row.pk)
    earlier = {} if row.ready_at is None else {"file": name_of(row.file_sha256)}
    if claim.write(state=BuildState.FAILED, error=error, step="", lease_until=None, **earlier):
        if earlier:
            _remove_unnamed(last)
        _tell(row, Outcome.FAILED)


def _tell(row: Scorecard, outcome: Outcome) -> None:
    """Tell whoever asked for it, once each, and the bundles that wait for it.

    What is built for a bundle alone is told of when the bundle is there.
    """
    if not row.items.filter(is_origin=True).exists():
        asked = {row.wanted_by_id, *row.also_wanted_by.values_list("pk", flat=True)} - {None}
        Notice.objects.bulk_create(
            Notice(user_id=person, scorecard=row, outcome=outcome) for person in sorted(asked)
        )
        row.also_wanted_by.clear()
    transaction.on_commit(lambda: document_settled.send(sender=Scorecard, row=row), robust=True)


def _give_back(claim: _Claim, error: str) -> None:
    """Leave the row to the sweeper, or end it after the last attempt."""
    if claim.row.attempts >= MAX_ATTEMPTS:
        _fail(claim, error)
        return
    claim.write(
        state=BuildState.QUEUED, error=error, step="", lease_until=None, woken_at=timezone.now()
    )


def _draft_name(row: Scorecard) -> str:
    return f".{row.public_id}-{row.token}.part"


def sweep(wake: Callable[[UUID], object]) -> list[Scorecard]:
    """Wake a worker for whatever stalled; return those rows. Exhausted ones fail visibly.

    Stalled is what nobody picked up for STALLED_AFTER, and what a dead builder left behind.
    A `wake` that returns False ends the round: what did not reach the broker waits for the next.
    """
    now = timezone.now()
    left = Scorecard.objects.filter(state=BuildState.BUILDING, lease_until__lt=now)
    for row in left.filter(attempts__gte=MAX_ATTEMPTS):
        _fail(
            _Claim(row),
            _("Building it stopped in the middle %(count)d times, so it is not tried again.")
            % {"count": MAX_ATTEMPTS},
        )
    left.update(state=BuildState.QUEUED, step="", lease_until=None, woken_at=None)
    waiting = Scorecard.objects.filter(state=BuildState.QUEUED)
    stalled = waiting.filter(Q(woken_at=None) | Q(woken_at__lt=now - STALLED_AFTER))
    found = []
    for row in stalled.order_by("pk").only("pk", "public_id", "number", "woken_at")[:ROUND]:
        # Two sweepers at once: the one whose update hits wakes.
        if waiting.filter(pk=row.pk, woken_at=row.woken_at).update(woken_at=now):
            if wake(row.public_id) is False:
                break
            found.append(row)
    _remove_drafts(now - LEASE)
    return found


def _remove_drafts(before: datetime) -> None:
    """Remove what killed builders left half written, once nobody can be writing it any more."""
    for path in path_of(FOLDER).glob(".*.part"):
        try:
            if path.stat().st_mtime < before.timestamp():
                path.unlink()
        except FileNotFoundError:
            continue
