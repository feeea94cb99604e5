"""Deciding on an assessment: approve, approve with conditions, reject, or send it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import (
    APPROVED_STATES,
    Answer,
    Assessment,
    AssessmentResult,
    Source,
    Vendor,
)
from vendors.permissions import can_approve
from vendors.queries.approvers import why_not_decide
from vendors.queries.assessments import plain_answers_of
from vendors.queries.scores import score_now
from vendors.services.findings import raise_finding
from vendors.services.freezing import freeze_result
from vendors.services.moves import hold_assessment, move_assessment, reason_of
from vendors.services.refusals import Refused
from vendors.services.reviews import reopen_reviews
from vendors.services.waivers import WaiverRequest, check_waived, grant_waiver

if TYPE_CHECKING:
    from vetting.models import User


__all__ = [
    "Condition",
    "WaiverRequest",
    "approve_assessment",
    "obstacles",
    "reject_assessment",
    "seen_token",
    "send_back_assessment",
]


@dataclass(frozen=True, slots=True)
class Condition:
    """What an approval asks for: a finding with a corrective action. Without a day: the longest."""

    title: str
    severity: str
    owner: User
    due_on: date | None = None
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Decided:
    """What a decision rests on: the answers, and their result as of the day of the decision."""

    rows: list[Answer]
    result: scoring.Result


def obstacles(assessment: Assessment, rows: list[Answer], result: scoring.Result) -> list[str]:
    """What stands in the way of approval whatever is waived, in words; empty when nothing does."""
    found = []
    if result.pending:
        found.append(_("A must-have is not met yet: %s.") % ", ".join(result.pending))
    asked = {criterion.code for criterion in assessment.framework.rules.asked(assessment.tier)}
    unsettled = [r.code for r in rows if r.not_applicable and not r.consented and r.code in asked]
    if unsettled:
        found.append(_("Not applicable without a reviewer's consent: %s.") % ", ".join(unsettled))
    waiting = [row.code for row in rows if row.returned_at is not None and row.code in asked]
    if waiting:
        found.append(_("Returned and not settled: %s.") % ", ".join(waiting))
    return found


def seen_token(assessment: Assessment) -> str:
    """Names what an approver looks at: what was passed on again has another moment."""
    return assessment.reviewed_at.isoformat() if assessment.reviewed_at else ""


@transaction.atomic
def approve_assessment(
    *,
    assessment: Assessment,
    by: User,
    note: str = "",
    conditions: Sequence[Condition] = (),
    waivers: Sequence[WaiverRequest] = (),
    seen: str | None = None,
    imported: bool = False,
) -> AssessmentResult:
    """Freeze the result, as of today in the organisation's zone; an import keeps its own day.

    A waiver brings a corrective action, so an approval with one is an approval with conditions.
    `seen` is the `seen_token` of the page that it was decided on. Raises Refused when somebody has
    no right to decide, when a must-have fails and is not waived, or when it moved on meanwhile;
    FaultyInput names what is wrong in a condition or waiver.
    """
    _hold(assessment, by, seen)
    decided = _decide(assessment, as_of=assessment.scored_on if imported else None)
    missing = obstacles(assessment, decided.rows, decided.result)
    if missing:
        raise Refused(" ".join(missing))
    check_waived(decided.result.failed, [entry.code for entry in waivers])
    # rows and chains before the counter of findings, as everybody locks them
    _supersede(assessment, by)
    Vendor.objects.select_for_update(no_key=True).only("pk").get(pk=assessment.vendor_id)
    for condition in conditions:
        _raise_condition(assessment, condition, by)
    for request in waivers:
        grant_waiver(assessment=assessment, request=request, by=by)
    said = {
        **_figures(decided.result),
        "conditions": len(conditions),
        "waived": [entry.code for entry in waivers],
        "no_conflict_declared": not imported,
        "imported": imported,
    }
    _approve(assessment, decided.result.as_of, note.strip(), said, by)
    frozen = freeze_result(assessment=assessment, rows=decided.rows, result=decided.result, by=by)
    Vendor.objects.filter(pk=assessment.vendor_id).update(latest_result=frozen)
    return frozen


def _approve(
    assessment: Assessment, as_of: date, note: str, said: Mapping[str, object], by: User
) -> None:
    """Make the move, with conditions where there is a condition or a waiver."""
    has_conditions = bool(said["conditions"] or said["waived"])
    move_assessment(
        assessment=assessment,
        verb="approve_with_conditions" if has_conditions else "approve",
        changes={
            "approved_at": timezone.now(),
            "approved_by": by,
            "approval_note": note,
            "as_of": as_of,
        },
        after=said,
        reason=note,
        by=by,
    )


@transaction.atomic
def reject_assessment(
    *, assessment: Assessment, reason: str, by: User, seen: str | None = None
) -> AssessmentResult:
    """End it without approval, with a reason; the result is frozen, the vendor's rating stays.

    Raises Refused without a reason, without the right, or when it moved on meanwhile.
    """
    reason = reason_of(reason, _("Say why it is rejected."))
    _hold(assessment, by, seen)
    decided = _decide(assessment)
    move_assessment(
        assessment=assessment,
        verb="reject",
        changes={
            "rejected_at": timezone.now(),
            "rejected_by": by,
            "reject_reason": reason,
            "as_of": decided.result.as_of,
        },
        after={**_figures(decided.result), "no_conflict_declared": True},
        reason=reason,
        by=by,
    )
    return freeze_result(assessment=assessment, rows=decided.rows, result=decided.result, by=by)


@transaction.atomic
def send_back_assessment(
    *, assessment: Assessment, reason: str, by: User, seen: str | None = None
) -> None:
    """Back to the reviewers, with a reason. Raises Refused as for a rejection."""
    reason = reason_of(reason, _("Say what the reviewers should look at again."))
    _hold(assessment, by, seen)
    move_assessment(
        assessment=assessment,
        verb="send_back",
        changes={
            "reviewed_at": None,
            "returned_at": timezone.now(),
            "returned_by": by,
            "return_reason": reason,
        },
        reason=reason,
        by=by,
    )
    reopen_reviews(assessment)


def _hold(assessment: Assessment, by: User, seen: str | None) -> None:
    """Lock the row and read it again. Raises Refused unless `by` may decide on what was seen."""
    hold_assessment(assessment)
    if not assessment.is_pending_approval:
        raise Refused(_("The assessment has moved on meanwhile. Load the page again."))
    if seen is not None and seen != seen_token(assessment):
        raise Refused(_("It was sent back and passed on again meanwhile. Look through it again."))
    if not can_approve(by, assessment):
        raise Refused(why_not_decide(by, assessment))


def _decide(assessment: Assessment, as_of: date | None = None) -> _Decided:
    """The answers and their result, as of today unless another day is given."""
    rows = plain_answers_of(assessment)
    return _Decided(rows, score_now(assessment, rows, as_of=as_of or timezone.localdate()))


def _figures(result: scoring.Result) -> dict[str, object]:
    """What the event of a decision says of the result."""
    return {"overall": result.overall_display, "band": result.band, "gate": result.gate}


def _raise_condition(assessment: Assessment, condition: Condition, by: User) -> None:
    raise_finding(
        vendor=assessment.vendor,
        assessment=assessment,
        title=condition.title,
        code=condition.code,
        detail=condition.detail,
        severity=condition.severity,
        source=Source.CONDITION,
        owner=condition.owner,
        due_on=condition.due_on,
        by=by,
    )


def _supersede(assessment: Assessment, by: User) -> None:
    """What was approved before for the vendor on this framework is in force no longer."""
    earlier = Assessment.objects.filter(
        vendor=assessment.vendor_id,
        framework_slug=assessment.framework_slug,
        state__in=APPROVED_STATES,
    ).exclude(pk=assessment.pk)
    for one in earlier:
        move_assessment(
            assessment=one,
            verb="supersede",
            changes={"superseded_at": timezone.now()},
            after={"by": assessment.title},
            by=by,
        )
