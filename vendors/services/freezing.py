"""Freezing a decided result: written once, never recomputed."""

from __future__ import annotations

import calendar
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from vendors import scoring
from vendors.models import Answer, Assessment, AssessmentResult, CategoryScore
from vendors.queries.documents import snapshot_now
from vendors.services.audit import record_event

if TYPE_CHECKING:
    from vetting.models import User

_FIGURES = [
    "overall",
    "claimed",
    "confidence",
    "verified_share",
    "documented_share",
    "claimed_share",
]


def months_after(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def freeze_result(
    *, assessment: Assessment, rows: list[Answer], result: scoring.Result, by: User
) -> AssessmentResult:
    """Write the result, its categories and the snapshot, then an event with the snapshot's digest.

    Called after the move to a decided state, in its transaction: the snapshot holds the head of
    the chain up to that move. The row is complete when it is written, for it cannot be changed.
    """
    said = snapshot_now(assessment, rows, result)
    snapshot = scoring.canonical_json(said)
    rated = [entry for entry in result.categories.values() if entry.score is not None]
    weakest = min(rated, key=lambda entry: entry.score or Fraction(0), default=None)
    frozen = AssessmentResult.objects.create(
        assessment=assessment,
        snapshot=snapshot,
        digest=scoring.digest(snapshot),
        engine_version=scoring.ENGINE_VERSION,
        framework_fingerprint=assessment.framework.rules.fingerprint,
        as_of=result.as_of,
        valid_until=months_after(result.as_of, scoring.REASSESS_MONTHS[assessment.tier]),
        tier=assessment.tier,
        **{name: _decimal(getattr(result, name)) for name in _FIGURES},
        band=result.band or "",
        gate=result.gate,
        residual_risk=_residual_risk(result, has_waiver=bool(said["decision"]["waivers"])),
        must_haves_met=sum(must.result == scoring.PASS for must in result.must_haves),
        must_haves_total=len(result.must_haves),
        weakest_code=weakest.code if weakest else "",
        weakest_score=_decimal(weakest.score) if weakest else None,
    )
    _freeze_categories(frozen, result)
    record_event(
        action="assessment.freeze",
        by=by,
        assessment=assessment,
        subject=assessment.title,
        after={"digest": frozen.digest},
    )
    return frozen


def _residual_risk(result: scoring.Result, *, has_waiver: bool) -> str:
    """The risk that remains; "" where nothing is rated, or a must-have fails and is not waived."""
    if not result.band or (result.gate == scoring.FAIL and not has_waiver):
        return ""
    return scoring.residual_risk(result.tier, result.band)


def _freeze_categories(frozen: AssessmentResult, result: scoring.Result) -> None:
    """A row a category, in the order of the framework."""
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


def _exact(value: Fraction | None) -> str:
    """An exact fraction as text; empty when there is none."""
    return "" if value is None else str(value)


def _decimal(value: Fraction | None) -> Decimal | None:
    """Eight places for sorting; the exact figure stands in the snapshot."""
    if value is None:
        return None
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("1e-8"))
