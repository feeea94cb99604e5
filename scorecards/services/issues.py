"""Corrections of scorecards and withdrawals of documents: nothing is edited, nothing is deleted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from scorecards.content import ContentError
from scorecards.content.issues import correction_rows
from scorecards.models import BuildState, Kind, Scorecard
from scorecards.paper.kinds import PAPERS
from scorecards.services.records import Issue, record_text
from scorecards.services.scorecards import NoScorecard, new_issue
from vendors import scoring
from vendors.models import Assessment
from vendors.services.audit import record_event
from vendors.services.refusals import Refused
from vendors.trail import moment_text

if TYPE_CHECKING:
    from vetting.models import User


class StaleIssue(Refused):
    """The document, or what would change, is not what stood on the form any more."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a correction would change now, each with what it was and what it would be.

    `seen` stands for these changes on a form. `grounds` says why a new issue makes sense although
    it says the same; `hindrance` why there can be none.
    """

    changes: Sequence[Mapping[str, str]] = ()
    seen: str = ""
    grounds: str = ""
    hindrance: str = ""

    @property
    def is_open(self) -> bool:
        """Whether a correction may be issued."""
        return not self.hindrance and bool(self.changes or self.grounds)


def foresee(scorecard: Scorecard, *, by: User) -> Foreseen:
    """What a correction of this issue would change, without writing anything."""
    if why := _hindrance(scorecard):
        return Foreseen(hindrance=why)
    try:
        entries = _changes(scorecard, _assessment_of(scorecard), by)
    except ContentError as error:
        message = _("The stored record of the assessment cannot be drawn: %s.")
        return Foreseen(hindrance=message % error)
    seen = scoring.digest(scoring.canonical_json([scorecard.number, entries]))
    return Foreseen(correction_rows(entries), seen, _grounds(scorecard))


def _hindrance(scorecard: Scorecard) -> str:
    """Why this document has no correction; "" where it may have one."""
    if scorecard.kind == Kind.COMPARISON:
        return _("A comparison is not corrected: save another one, and withdraw this document.")
    if scorecard.kind == Kind.PORTFOLIO:
        return _(
            "A portfolio is not corrected: withdraw it, and ask for another once its figures change."
        )
    if scorecard.is_draft:
        return _("A draft is not corrected: ask for it anew.")
    successor = Scorecard.objects.filter(replaces=scorecard).only("number", "requested_by").first()
    if successor is not None:
        return _("%(new)s has taken the place of %(old)s already. Correct that one.") % {
            "new": successor.number,
            "old": scorecard.number,
        }
    if scorecard.is_waiting:
        return _("It is still being built. Correct it once it is there.")
    return ""


def _grounds(scorecard: Scorecard) -> str:
    """Why it may be drawn again though it would say the same; "" where that helps nobody."""
    if scorecard.withdrawn_at is not None:
        return _("This issue was withdrawn, so another may take its place with the same words.")
    if scorecard.state != BuildState.READY:
        return _("This issue was never built, so another may take its place with the same words.")
    if scorecard.template_version != PAPERS[Kind(scorecard.kind)].version:
        return _(
            "This issue was drawn under an earlier version of the document, so another may take "
            "its place with the same words."
        )
    return ""


def _assessment_of(scorecard: Scorecard) -> Assessment:
    """The assessment of a scorecard; documents of other kinds were turned away before."""
    if scorecard.assessment is None:
        raise Refused(_hindrance(scorecard))
    return scorecard.assessment


def _changes(scorecard: Scorecard, assessment: Assessment, by: User) -> list[dict[str, Any]]:
    """The fields that this issue says otherwise than a correction would. Raises ContentError."""
    issue = Issue(replaces=scorecard, reason="", by=by, at=timezone.now())
    text = record_text(assessment, number=scorecard.number, issue=issue)
    said, now = _corrections(scorecard.content), _corrections(text)
    entries = []
    for field in [*now, *(field for field in said if field not in now)]:
        entry = now.get(field) or said[field]
        before = said[field]["after"] if field in said else entry["before"]
        after = now[field]["after"] if field in now else entry["before"]
        if before != after:
            entries.append(
                {"field": field, "what": entry["what"], "before": before, "after": after}
            )
    return entries


def _corrections(text: str) -> dict[str, dict[str, Any]]:
    """What a record corrects of the frozen snapshot, by field."""
    return {entry["field"]: entry for entry in json.loads(text).get("corrections", [])}


@transaction.atomic
def correct(*, scorecard: Scorecard, reason: str, seen: str | None = None, by: User) -> Scorecard:
    """Issue a correction in place of the last issue of an assessment, and return it.

    Figures stay; names, sites and service are those of now. `seen` is what the form showed; None
    asks for whatever stands now. Raises StaleIssue where something else stands now, Refused without
    a reason, where nothing would change, and for a document that is not corrected.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say what was wrong."))
    row = Scorecard.objects.select_for_update(of=("self",)).get(pk=scorecard.pk)
    foreseen = foresee(row, by=by)
    if foreseen.hindrance:
        raise StaleIssue(foreseen.hindrance)
    if seen is not None and seen != foreseen.seen:
        raise StaleIssue(
            _("What would change is another thing by now. Read it below, then issue it.")
        )
    if not foreseen.is_open:
        raise Refused(_("It would say the same as before. Correct the vendor first."))
    try:
        return new_issue(assessment=_assessment_of(row), replaces=row, reason=reason, by=by)
    except NoScorecard as refusal:
        raise Refused(str(refusal)) from refusal
    except IntegrityError as error:
        raise StaleIssue(_hindrance(row)) from error


@transaction.atomic
def withdraw(*, scorecard: Scorecard, reason: str, by: User) -> None:
    """Say that a numbered document no longer stands. Its file stays in the register, marked.

    Raises StaleIssue where it was withdrawn already, Refused without a reason and for a document
    without a number or a file.
    """
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why it no longer stands."))
    if why := unwithdrawable(scorecard):
        raise Refused(why)
    now = timezone.now()
    changed = Scorecard.objects.filter(pk=scorecard.pk, withdrawn_at=None).update(
        withdrawn_at=now, withdrawn_by=by, withdrawal=reason
    )
    if not changed:
        earlier = Scorecard.objects.select_related("withdrawn_by").get(pk=scorecard.pk)
        raise StaleIssue(
            _("%s withdrew it already. Nothing was changed.")
            % (earlier.withdrawn_by or _("Somebody"))
        )
    record_event(
        action="scorecard.withdraw",
        by=by,
        assessment=scorecard.assessment,
        subject=scorecard.title,
        after={
            "number": scorecard.number,
            "digest": scorecard.digest,
            "withdrawn_at": moment_text(now),
        },
        reason=reason,
    )
    scorecard.refresh_from_db(fields=["withdrawn_at", "withdrawn_by", "withdrawal"])


def unwithdrawable(scorecard: Scorecard) -> str:
    """Why this document cannot be withdrawn, whether it was or not; "" where it can."""
    if scorecard.is_draft:
        return _("A draft has no number, so there is nothing to withdraw.")
    if scorecard.ready_at is None:
        return _("It was never built, so nobody can have it. There is nothing to withdraw.")
    return ""


def is_withdrawable(scorecard: Scorecard) -> bool:
    """Whether it can be withdrawn and was not."""
    return scorecard.withdrawn_at is None and not unwithdrawable(scorecard)
