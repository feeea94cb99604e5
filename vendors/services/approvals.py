"""Approval: the moment a result stops moving."""

from __future__ import annotations

import calendar
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors import scoring
from vendors.models import (
    TRANSITIONS,
    Answer,
    Assessment,
    AssessmentResult,
    CategoryScore,
    Vendor,
)
from vendors.queries.assessments import plain_answers_of
from vendors.queries.documents import snapshot_now
from vendors.queries.scores import score_now
from vendors.services.audit import record_event
from vendors.services.refusals import Refused

if TYPE_CHECKING:
    from vetting.models import User


def months_after(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def obstacles(assessment: Assessment, rows: list[Answer], result: scoring.Result) -> list[str]:
    """What stands in the way of approval, in words; empty when nothing does."""
    found = []
    gate = {"fail": _("A must-have fails: %s."), "pending": _("A must-have is not met yet: %s.")}
    for outcome, words in gate.items():
        codes = [must.code for must in result.must_haves if must.result == outcome]
        if codes:
            found.append(words % ", ".join(codes))
    asked = {criterion.code for criterion in assessment.framework.rules.asked(assessment.tier)}
    unsettled = [r.code for r in rows if r.not_applicable and not r.consented and r.code in asked]
    if unsettled:
        found.append(_("Not applicable needs your consent: %s.") % ", ".join(unsettled))
    return found


@transaction.atomic
def approve_assessment(
    *,
    assessment: Assessment,
    by: User,
    note: str = "",
    imported: bool = False,
    seen: str | None = None,
) -> AssessmentResult:
    """Freeze the result, as of today in the organisation's zone; an import keeps its own day.

    `seen` is the `submission_of` the page that it was decided on, so that nobody approves answers
    that came in later. Raises Refused when a must-have isn't met, when a not-applicable answer
    lacks consent, when the approver gave one of the answers, or when it moved on meanwhile.
    """
    _hold(assessment, seen)
    rows = plain_answers_of(assessment)
    if any(row.answered_by_id == by.pk for row in rows):
        raise Refused(_("You answered part of it, so somebody else approves."))
    as_of = assessment.scored_on if imported else timezone.localdate()
    result = score_now(assessment, rows, as_of=as_of)
    missing = obstacles(assessment, rows, result)
    if missing:
        raise Refused(" ".join(missing))
    source, target = next(iter(TRANSITIONS["approve"].items()))
    Assessment.objects.filter(pk=assessment.pk, state=source).update(
        state=target, approved_at=timezone.now(), approved_by=by, approval_note=note, as_of=as_of
    )
    assessment.refresh_from_db()
    record_event(
        action="assessment.approve",
        by=by,
        assessment=assessment,
        subject=assessment.title,
        after={"overall": result.overall_display, "band": result.band, "imported": imported},
        reason=note,
    )
    frozen = _freeze(assessment, rows, result)
    Vendor.objects.filter(pk=assessment.vendor_id).update(latest_result=frozen)
    return frozen


def submission_of(assessment: Assessment) -> str:
    """Names one submission: another one has another moment."""
    return assessment.submitted_at.isoformat() if assessment.submitted_at else ""


def _hold(assessment: Assessment, seen: str | None) -> None:
    """Lock the row and read it again. Raises Refused unless it still waits as it was seen."""
    Assessment.objects.select_for_update(no_key=True).only("pk").get(pk=assessment.pk)
    assessment.refresh_from_db()
    if not assessment.is_submitted:
        raise Refused(_("The assessment has moved on meanwhile. Load the page again."))
    if seen is not None and seen != submission_of(assessment):
        raise Refused(_("It was returned and submitted again meanwhile. Look through it again."))


def _freeze(assessment: Assessment, rows: list[Answer], result: scoring.Result) -> AssessmentResult:
    """Write the result, its categories and the snapshot that a scorecard is drawn from."""
    rules = assessment.framework.rules
    snapshot = scoring.canonical_json(snapshot_now(assessment, rows, result))
    rated = [entry for entry in result.categories.values() if entry.score is not None]
    weakest = min(rated, key=lambda entry: entry.score or Fraction(0), default=None)
    frozen = AssessmentResult.objects.create(
        assessment=assessment,
        snapshot=snapshot,
        digest=scoring.digest(snapshot),
        engine_version=scoring.ENGINE_VERSION,
        framework_fingerprint=rules.fingerprint,
        as_of=result.as_of,
        valid_until=months_after(result.as_of, scoring.REASSESS_MONTHS[assessment.tier]),
        tier=assessment.tier,
        **{name: _decimal(getattr(result, name)) for name in _FIGURES},
        band=result.band or "",
        gate=result.gate,
        residual_risk=scoring.residual_risk(assessment.tier, result.band) if result.band else "",
        must_haves_met=sum(must.result == "pass" for must in result.must_haves),
        must_haves_total=len(result.must_haves),
        weakest_code=weakest.code if weakest else "",
        weakest_score=_decimal(weakest.score) if weakest else None,
    )
    CategoryScore.objects.bulk_create(
        CategoryScore(
            result=frozen,
            code=entry.code,
            position=position,
            weight=str(entry.weight),
            score=_exact(entry.score),
            claimed=_exact(entry.claimed),
            confidence=_exact(entry.confidence),
            score_value=_decimal(entry.score),
        )
        for position, entry in enumerate(result.categories.values())
    )
    return frozen


_FIGURES = [
    "overall",
    "claimed",
    "confidence",
    "verified_share",
    "documented_share",
    "claimed_share",
]


def _exact(value: Fraction | None) -> str:
    """An exact fraction as text; empty when there is none."""
    return "" if value is None else str(value)


def _decimal(value: Fraction | None) -> Decimal | None:
    """Eight places for sorting; the exact figure stands in the snapshot."""
    if value is None:
        return None
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("1e-8"))
