"""Drawing the pages of evidence: claim a file's row, draw, put the images in place, mark it ready.

The row is the job, as with scorecards: what a killed worker claimed comes back when its lease ends,
and what it writes too late is fenced off by the token.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors import filestore, previews
from vendors.models import EvidenceFile, PageState

logger = logging.getLogger(__name__)

#: Longer than drawing may take, so that nobody loses a claim while at it.
LEASE = timedelta(minutes=5)
STALLED_AFTER = timedelta(seconds=60)
MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class _Claim:
    """A row held by this worker: nothing is written once the token has moved on."""

    row: EvidenceFile

    def write(self, **fields: object) -> bool:
        """Change the row while the claim stands; False when another worker has it."""
        mine = EvidenceFile.objects.filter(
            pk=self.row.pk, token=self.row.token, page_state=PageState.BUILDING
        )
        return bool(mine.update(**fields))


def draw(public_id: UUID | str) -> None:
    """Draw the pages of one file, unless somebody else is at it or it needs none."""
    claim = _claim(public_id)
    if claim is None:
        return
    try:
        _draw(claim)
    except previews.CannotDrawError as reason:
        logger.warning("Pages of evidence file %s cannot be drawn: %s", public_id, reason)
        claim.write(
            page_state=PageState.FAILED,
            page_error=_("The pages cannot be drawn. The file can be downloaded."),
            lease_until=None,
        )
    except OSError as error:
        cause = error.strerror or type(error).__name__
        _give_back(claim, _("The images could not be stored: %s.") % cause)
    except Exception:
        logger.exception("Pages of evidence file %s could not be drawn", public_id)
        _give_back(claim, _("Drawing failed. The worker's log says why."))


@transaction.atomic
def _claim(public_id: UUID | str) -> _Claim | None:
    """Take the row by one conditional update: waiting, or left behind by a dead worker."""
    now = timezone.now()
    free = Q(page_state=PageState.QUEUED) | Q(page_state=PageState.BUILDING, lease_until__lt=now)
    taken = EvidenceFile.objects.filter(
        free, public_id=public_id, attempts__lt=MAX_ATTEMPTS
    ).update(
        page_state=PageState.BUILDING,
        attempts=F("attempts") + 1,
        token=F("token") + 1,
        lease_until=now + LEASE,
        page_error="",
    )
    return _Claim(EvidenceFile.objects.get(public_id=public_id)) if taken else None


def _draw(claim: _Claim) -> None:
    row = claim.row
    parent = filestore.folder_of(filestore.PAGES_FOLDER)
    folder = Path(tempfile.mkdtemp(prefix=".drawing-", dir=parent))
    try:
        source = filestore.path_of(row.stored_name)
        drawn = previews.draw_pages(row.kind, source, folder)
        with transaction.atomic():
            # the row is written first, so that who lost the claim leaves the images alone
            if claim.write(
                page_state=PageState.READY,
                page_count=drawn.count,
                page_total=drawn.total,
                page_error="",
                lease_until=None,
            ):
                filestore.replace_pages(folder, row.stored_name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _give_back(claim: _Claim, error: str) -> None:
    """Leave the row to the sweep, or end it after the last attempt."""
    is_last = claim.row.attempts >= MAX_ATTEMPTS
    state = PageState.FAILED if is_last else PageState.QUEUED
    claim.write(page_state=state, page_error=error, lease_until=None, woken_at=timezone.now())


def sweep(wake: Callable[[UUID], None]) -> int:
    """Wake a worker for whatever stalled; return how many. Orphaned files are removed."""
    now = timezone.now()
    left = EvidenceFile.objects.filter(page_state=PageState.BUILDING, lease_until__lt=now)
    left.filter(attempts__gte=MAX_ATTEMPTS).update(
        page_state=PageState.FAILED,
        lease_until=None,
        page_error=_("Drawing stopped in the middle %d times, so it is not tried again.")
        % MAX_ATTEMPTS,
    )
    left.update(page_state=PageState.QUEUED, lease_until=None, woken_at=None)
    waiting = EvidenceFile.objects.filter(page_state=PageState.QUEUED)
    stalled = waiting.filter(Q(woken_at=None) | Q(woken_at__lt=now - STALLED_AFTER))
    found = 0
    for row in stalled.order_by("pk").only("pk", "public_id", "woken_at"):
        # Two sweepers at once: the one whose update hits wakes.
        if waiting.filter(pk=row.pk, woken_at=row.woken_at).update(woken_at=now):
            wake(row.public_id)
            found += 1
    names = EvidenceFile.objects.values_list("stored_name", flat=True)
    filestore.remove_orphans(names.iterator())
    return found
