"""Asking for scorecards of assessments, and for any document once more."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from scorecards import waking
from scorecards.comparison.document import COMPARISON_FORMAT
from scorecards.content import CONTENT_FORMAT, ContentError
from scorecards.models import BuildState, Kind, Scorecard
from scorecards.paper.kinds import PAPERS
from scorecards.portfolio.document import FORMAT as PORTFOLIO_FORMAT
from scorecards.services.documents import Wanted, asked_for, new_row, next_number, wanted_by_itself
from scorecards.services.records import Issue, record_text
from scorecards.storage import FileDamaged, name_of, stored_file
from vendors.models import Assessment, State
from vendors.services.audit import record_event

if TYPE_CHECKING:
    from vetting.models import User


#: The format of record that each kind of document is drawn from today.
FORMATS = {
    Kind.VENDOR: CONTENT_FORMAT,
    Kind.COMPARISON: COMPARISON_FORMAT,
    Kind.PORTFOLIO: PORTFOLIO_FORMAT,
}


class NoScorecard(Exception):  # noqa: N818  a refusal is an outcome
    """There is no scorecard to be had; the message says why, for the person who asked."""


def request_scorecard(
    *, assessment: Assessment, by: User | None, wakes: bool = True, tells: bool = True
) -> Scorecard:
    """The scorecard of an assessment: its issue in force, else a new row.

    Decided assessments have one chain of numbered issues, whose last is theirs; open ones get a
    draft as of today. With `wakes` a worker is told on commit; with `tells` whoever asks for what
    waits already is told when it is there. Raises NoScorecard for a cancelled assessment, a
    withdrawn scorecard, and a record that contradicts itself.
    """
    if assessment.state == State.CANCELLED:
        raise NoScorecard(_("The assessment was cancelled, so it has no scorecard."))
    if not assessment.is_frozen:
        wanted = Wanted(Kind.VENDOR, _text(assessment), is_draft=True, assessment=assessment)
        return _not_dropped(asked_for(wanted, by=by, wakes=wakes, tells=tells), by=by, wakes=wakes)
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
    return _not_dropped(wanted_by_itself(last, by=by, tells=tells), by=by, wakes=wakes)


def _not_dropped(scorecard: Scorecard, *, by: User | None, wakes: bool) -> Scorecard:
    """The document; one that was dropped with a bundle is queued again for whoever asks now."""
    if scorecard.state == BuildState.CANCELLED:
        retry_scorecard(scorecard=scorecard, by=by, wakes=wakes)
        scorecard.refresh_from_db()
    return scorecard


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
    """Build it once more: one that failed or was cancelled, or whose file is gone or damaged.

    One that never had a file is drawn under the present version. Who issued it and when stays;
    whoever asks now is told. Raises NoScorecard where nothing can be built again.
    """
    if not can_be_rebuilt(scorecard):
        raise NoScorecard(_("There is nothing to build again."))
    if _is_back(scorecard):
        _take_back(scorecard, by=by)
        return
    version = _version_for(scorecard)
    again = Scorecard.objects.filter(pk=scorecard.pk, state=scorecard.state, token=scorecard.token)
    try:
        with transaction.atomic():
            changed = again.update(
                state=BuildState.QUEUED,
                attempts=0,
                error="",
                step="",
                woken_at=timezone.now(),
                wanted_by=by,
                wanted_at=timezone.now(),
                template_version=version,
            )
    except IntegrityError as error:
        message = _("The same document was asked for anew since. Look for it in the register.")
        raise NoScorecard(message) from error
    if not changed:
        return
    # Somebody asks for it by itself: it is no longer dropped with a bundle, and they are told.
    scorecard.items.filter(is_origin=True).update(is_origin=False)
    before, after = {"state": scorecard.state, "file_sha256": scorecard.file_sha256}, None
    if version != scorecard.template_version:
        before, after = {**before, "template": scorecard.template_version}, {"template": version}
    record_event(
        action="scorecard.retry",
        by=by,
        assessment=scorecard.assessment,
        subject=scorecard.title,
        before=before,
        after=after,
    )
    if wakes:
        transaction.on_commit(lambda: waking.wake_builder(scorecard.public_id), robust=True)


def _is_back(scorecard: Scorecard) -> bool:
    """Whether a document that could not be built once more has the file that was handed out."""
    if scorecard.state != BuildState.FAILED or scorecard.ready_at is None:
        return False
    try:
        stored_file(scorecard, name_of(scorecard.file_sha256))
    except FileDamaged:
        return False
    return True


def _take_back(scorecard: Scorecard, *, by: User | None) -> None:
    """Take up the file that was handed out: somebody put it back."""
    name = name_of(scorecard.file_sha256)
    same = Scorecard.objects.filter(pk=scorecard.pk, state=scorecard.state, token=scorecard.token)
    if same.update(state=BuildState.READY, file=name, attempts=0, error="", step=""):
        record_event(
            action="scorecard.retry",
            by=by,
            assessment=scorecard.assessment,
            subject=scorecard.title,
            before={"state": scorecard.state, "file_sha256": scorecard.file_sha256},
            after={"state": BuildState.READY},
        )


def _version_for(scorecard: Scorecard) -> str:
    """The version of the document to build it under. Raises NoScorecard where none can.

    What was handed out once is never drawn in another way under the same number.
    """
    kind = Kind(scorecard.kind)
    version = PAPERS[kind].version
    if scorecard.template_version == version:
        return version
    if scorecard.ready_at is not None:
        raise NoScorecard(
            _(
                "It was drawn under an earlier version of the document. Put its file back from a backup."
            )
        )
    if json.loads(scorecard.content).get("format") != FORMATS[kind]:
        raise NoScorecard(
            _("It was asked for under an earlier version of the document. Ask for it again.")
        )
    return version


@transaction.atomic
def record_download(*, scorecard: Scorecard, by: User, standing: str = "") -> None:
    """Write who took the document away, which file it was, and how it stood that day."""
    after = {"file_sha256": scorecard.file_sha256}
    record_event(
        action="scorecard.download",
        by=by,
        assessment=scorecard.assessment,
        subject=scorecard.title,
        after={**after, "standing": standing} if standing else after,
    )


def can_be_rebuilt(scorecard: Scorecard) -> bool:
    """Whether it failed or was cancelled, or is ready without the file that its row names."""
    if scorecard.state != BuildState.READY:
        return scorecard.state in {BuildState.FAILED, BuildState.CANCELLED}
    try:
        stored_file(scorecard)
    except FileDamaged:
        return True
    return False
