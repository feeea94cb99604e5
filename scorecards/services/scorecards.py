"""Asking for scorecards of assessments, and for any document once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from scorecards import tasks
from scorecards.builder import FileDamaged, stored_file
from scorecards.content import ContentError
from scorecards.models import BuildState, Kind, Scorecard
from scorecards.services.documents import Wanted, asked_for, new_row, next_number, wanted_again
from scorecards.services.records import Issue, record_text
from vendors.models import Assessment, State
from vendors.services.audit import record_event

if TYPE_CHECKING:
    from vetting.models import User


class NoScorecard(Exception):  # noqa: N818  a refusal is an outcome
    """There is no scorecard to be had; the message says why, for the person who asked."""


def request_scorecard(*, assessment: Assessment, by: User | None, wakes: bool = True) -> Scorecard:
    """The scorecard of an assessment: its issue in force, else a new row.

    Decided assessments have one chain of numbered issues, whose last is theirs; open ones get a
    draft as of today. With `wakes` a worker is told on commit. Raises NoScorecard for a cancelled
    assessment, a withdrawn scorecard, and a record that contradicts itself.
    """
    if assessment.state == State.CANCELLED:
        raise NoScorecard(_("The assessment was cancelled, so it has no scorecard."))
    if not assessment.is_frozen:
        wanted = Wanted(Kind.VENDOR, _text(assessment), is_draft=True, assessment=assessment)
        return asked_for(wanted, by=by, wakes=wakes)
    last = last_issue(assessment)
    if last is None:
        try:
            return new_issue(assessment=assessment, by=by, wakes=wakes)
        except IntegrityError:
            # Somebody asked for the same document in this moment: theirs is ours.
            last = last_issue(assessment)
    if last is None or last.withdrawn_at is not None:
        message = _("%s was withdrawn. A manager may issue a correction in its place.")
        raise NoScorecard(message % last)
    return wanted_again(last, wakes=wakes)


def last_issue(assessment: Assessment) -> Scorecard | None:
    """The last of the numbered issues of an assessment. One query."""
    issues = Scorecard.objects.filter(assessment=assessment, kind=Kind.VENDOR, is_draft=False)
    return issues.order_by("-issue").first()


@transaction.atomic
def new_issue(
    *,
    assessment: Assessment,
    replaces: Scorecard | None = None,
    reason: str = "",
    by: User | None,
    wakes: bool = True,
) -> Scorecard:
    """A numbered scorecard of a decided assessment, the first or a correction, with its row.

    Raises NoScorecard for a record that contradicts itself, IntegrityError where the assessment has
    a first issue already, or the replaced one a correction.
    """
    number = next_number(timezone.localdate().year)
    issue = Issue(replaces=replaces, reason=reason, by=by, at=timezone.now())
    wanted = Wanted(
        Kind.VENDOR, _text(assessment, number, issue), is_draft=False, assessment=assessment
    )
    return new_row(wanted, number=number, replaces=replaces, reason=reason, by=by, wakes=wakes)


def _text(assessment: Assessment, number: str = "", issue: Issue | None = None) -> str:
    """The record in canonical JSON. Raises NoScorecard where it contradicts itself."""
    try:
        return record_text(assessment, number=number, issue=issue)
    except ContentError as error:
        message = _("The stored record of the assessment cannot be drawn: %s.")
        raise NoScorecard(message % error) from error


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
        requested_by=by or scorecard.requested_by,
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
