"""Asking for scorecards of assessments, and for any document once more."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from scorecards import tasks
from scorecards.builder import FileDamaged, stored_file
from scorecards.content import ContentError, scorecard_content
from scorecards.models import BuildState, Kind, Scorecard
from scorecards.services.documents import Wanted, asked_for
from vendors import scoring
from vendors.models import Assessment, State
from vendors.queries.assessments import plain_answers_of
from vendors.queries.documents import snapshot_now
from vendors.queries.scores import score_now
from vendors.services.audit import record_event

if TYPE_CHECKING:
    from vetting.models import User


class NoScorecard(Exception):  # noqa: N818  a refusal is an outcome
    """There is no scorecard to be had; the message says why, for the person who asked."""


def request_scorecard(*, assessment: Assessment, by: User | None, wakes: bool = True) -> Scorecard:
    """The scorecard of what the assessment says now: the one that is there, else a new row.

    Decided assessments get a number, open ones a draft as of today. With `wakes` a worker is told
    on commit. Raises NoScorecard for a cancelled assessment and for a record that contradicts
    itself.
    """
    if assessment.state == State.CANCELLED:
        raise NoScorecard(_("The assessment was cancelled, so it has no scorecard."))
    try:
        text = content_text(assessment)
    except ContentError as error:
        message = _("The stored record of the assessment cannot be drawn: %s.")
        raise NoScorecard(message % error) from error
    wanted = Wanted(Kind.VENDOR, text, is_draft=not assessment.is_frozen, assessment=assessment)
    return asked_for(wanted, by=by, wakes=wakes)


@transaction.atomic
def retry_scorecard(*, scorecard: Scorecard, by: User | None, wakes: bool = True) -> None:
    """Build it once more: one that failed, or one whose file is gone or damaged.

    Raises NoScorecard where there is nothing to build again.
    """
    if not can_be_rebuilt(scorecard):
        raise NoScorecard(_("There is nothing to build again."))
    changed = Scorecard.objects.filter(
        pk=scorecard.pk, state=scorecard.state, token=scorecard.token
    ).update(
        state=BuildState.QUEUED,
        attempts=0,
        error="",
        step="",
        woken_at=timezone.now(),
    )
    if not changed:
        return
    record_event(
        action="scorecard.retry",
        by=by,
        assessment=scorecard.assessment,
        subject=scorecard.title,
        before={"state": scorecard.state, "file_sha256": scorecard.file_sha256},
    )
    if wakes:
        transaction.on_commit(lambda: tasks.wake(scorecard.public_id), robust=True)


@transaction.atomic
def record_download(*, scorecard: Scorecard, by: User) -> None:
    """Write who took the document away, and which file it was."""
    record_event(
        action="scorecard.download",
        by=by,
        assessment=scorecard.assessment,
        subject=scorecard.title,
        after={"file_sha256": scorecard.file_sha256},
    )


def can_be_rebuilt(scorecard: Scorecard) -> bool:
    """Whether it failed, or is ready without the file that its row names."""
    if scorecard.state != BuildState.READY:
        return scorecard.state == BuildState.FAILED
    try:
        stored_file(scorecard)
    except FileDamaged:
        return True
    return False


def content_text(assessment: Assessment) -> str:
    """What the scorecard of an assessment says now, as canonical JSON. Raises ContentError."""
    if assessment.is_frozen:
        result = assessment.result
        return _content(assessment, result.snapshot, valid_until=result.valid_until)
    snapshot = scoring.canonical_json(_open_snapshot(assessment))
    return _content(assessment, snapshot, valid_until=None)


def _content(assessment: Assessment, snapshot: str, *, valid_until: date | None) -> str:
    content = scorecard_content(
        snapshot=json.loads(snapshot, parse_float=Decimal),
        framework=assessment.framework.rules,
        valid_until=valid_until,
    )
    return scoring.canonical_json(content)


def _open_snapshot(assessment: Assessment) -> dict[str, Any]:
    """What approval would freeze, as it stands: levels as decided so far, as of its day."""
    rows = plain_answers_of(assessment)
    return snapshot_now(assessment, rows, score_now(assessment, rows))
