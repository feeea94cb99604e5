"""Building: claim a row, draw its content, store the file, mark it ready.

The row is the job. A worker may be killed at any line: what it claimed comes back when its lease
ends, what it stored half is never looked at, and what it writes too late is fenced off.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from scorecards import pdf
from scorecards.models import LEASE, MAX_ATTEMPTS, STALLED_AFTER, BuildState, Scorecard
from scorecards.papers import PAPERS
from vendors import scoring
from vendors.services.audit import record_event

logger = logging.getLogger(__name__)

FOLDER = "scorecards"
#: Codes of the steps in their order; pages give them words.
CHECKING, DRAWING, STORING = STEPS = ("checking", "drawing", "storing")


class FileDamaged(Exception):  # noqa: N818  a state of the stored file, said in words
    """The stored file is gone or is not the one that was built."""


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
    try:
        _build(claim)
    except (pdf.RendererUnavailable, pdf.DocumentRefused, _NotDrawable) as reason:
        claim.write(state=BuildState.FAILED, error=str(reason), step="", lease_until=None)
    except OSError as error:
        cause = error.strerror or type(error).__name__
        _give_back(claim, _("The file could not be stored: %s.") % cause)
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


def _build(claim: _Claim) -> None:
    row = claim.row
    if scoring.digest(row.content) != row.digest:
        raise _NotDrawable(_("The record does not match its SHA-256, so nothing is drawn from it."))
    if row.template_version != PAPERS[row.kind].version:
        raise _NotDrawable(
            _("It was asked for under an earlier version of the document. Ask for it again.")
        )
    if not claim.write(step=DRAWING):
        return
    drawn = pdf.draw_scorecard(row.content, digest=row.digest, number=row.number, kind=row.kind)
    if not claim.write(step=STORING):
        return
    file_sha256 = hashlib.sha256(drawn.data).hexdigest()
    name = f"{FOLDER}/{file_sha256}.pdf"
    _store(drawn.data, _path(name), draft=_draft_name(row))
    _finish(
        claim,
        file=name,
        file_sha256=file_sha256,
        file_size=len(drawn.data),
        pages=drawn.pages,
    )


@transaction.atomic
def _finish(claim: _Claim, **file: object) -> None:
    """Mark the row ready, with an event that names the file's hash, unless the claim is lost."""
    row = claim.row
    done = {"state": BuildState.READY, "step": "", "lease_until": None, "error": ""}
    if claim.write(**done, **file, ready_at=timezone.now()):
        record_event(
            action="scorecard.build",
            by=None,
            assessment=row.assessment,
            subject=row.title,
            after=file,
        )


def _give_back(claim: _Claim, error: str) -> None:
    """Leave the row to the sweeper, or end it after the last attempt."""
    is_last = claim.row.attempts >= MAX_ATTEMPTS
    state = BuildState.FAILED if is_last else BuildState.QUEUED
    claim.write(state=state, error=error, step="", lease_until=None, woken_at=timezone.now())


def _path(name: str) -> Path:
    return Path(settings.MEDIA_ROOT) / name


def _draft_name(row: Scorecard) -> str:
    return f".{row.public_id}-{row.token}.part"


def _store(data: bytes, target: Path, *, draft: str) -> None:
    """Write whole or not at all: the name appears when every byte is on the disk."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = target.parent / draft
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(os.open(temporary, flags, mode=0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def stored_file(scorecard: Scorecard) -> bytes:
    """The bytes of a ready scorecard. Raises FileDamaged unless they are those of its row."""
    path = _path(scorecard.file)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileDamaged(_("The file is missing from the media folder.")) from error
    if hashlib.sha256(data).hexdigest() != scorecard.file_sha256:
        raise FileDamaged(_("The file was changed since it was built."))
    return data


def sweep(wake: Callable[[UUID], None]) -> list[Scorecard]:
    """Wake a worker for whatever stalled; return those rows. Exhausted ones fail visibly.

    Stalled is what nobody picked up for STALLED_AFTER, and what a dead builder left behind.
    """
    now = timezone.now()
    left = Scorecard.objects.filter(state=BuildState.BUILDING, lease_until__lt=now)
    left.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=BuildState.FAILED,
        step="",
        lease_until=None,
        error=_("Building it stopped in the middle %(count)d times, so it is not tried again.")
        % {"count": MAX_ATTEMPTS},
    )
    left.update(state=BuildState.QUEUED, step="", lease_until=None, woken_at=None)
    waiting = Scorecard.objects.filter(state=BuildState.QUEUED)
    stalled = waiting.filter(Q(woken_at=None) | Q(woken_at__lt=now - STALLED_AFTER))
    found = []
    for row in stalled.order_by("pk").only("pk", "public_id", "number", "woken_at"):
        # Two sweepers at once: the one whose update hits wakes.
        if waiting.filter(pk=row.pk, woken_at=row.woken_at).update(woken_at=now):
            wake(row.public_id)
            found.append(row)
    _remove_drafts(now - LEASE)
    return found


def _remove_drafts(before: datetime) -> None:
    """Remove what killed builders left half written, once nobody can be writing it any more."""
    for path in _path(FOLDER).glob(".*.part"):
        try:
            if path.stat().st_mtime < before.timestamp():
                path.unlink()
        except FileNotFoundError:
            continue
