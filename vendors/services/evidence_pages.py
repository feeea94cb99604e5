"""Stored files: who took one away, and drawing its pages once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors.models import EvidenceFile, PageState
from vendors.services.audit import record_event
from vendors.services.evidence_files import file_state
from vendors.services.refusals import Refused
from vendors.tasks import wake

if TYPE_CHECKING:
    from vetting.models import User


@transaction.atomic
def record_download(*, file: EvidenceFile, by: User) -> None:
    """Write who took which file away."""
    record_event(
        action="evidence.download",
        by=by,
        vendor=file.evidence.vendor,
        subject=file.evidence.label,
        after=file_state(file),
    )


@transaction.atomic
def redraw_pages(*, file: EvidenceFile, by: User) -> None:
    """Have the pages of a file drawn once more. Raises Refused unless drawing them failed."""
    changed = EvidenceFile.objects.filter(pk=file.pk, page_state=PageState.FAILED).update(
        page_state=PageState.QUEUED, attempts=0, page_error="", woken_at=timezone.now()
    )
    if not changed:
        raise Refused(_("There is nothing to draw again."))
    record_event(
        action="evidence.redraw",
        by=by,
        vendor=file.evidence.vendor,
        subject=file.evidence.label,
        after=file_state(file),
    )
    transaction.on_commit(lambda: wake(file.public_id), robust=True)
