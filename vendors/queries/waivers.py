"""Waived must-haves, as they are said wherever a score is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from vendors import scoring
from vendors.models import Waiver

if TYPE_CHECKING:
    from vendors.models import Assessment, AssessmentResult


@dataclass(frozen=True, slots=True)
class WaiverLine:
    """One waived must-have: until when, why, and the finding that corrects it, such as F-012.

    `is_over` from the day after `ends_on`. The gate of its assessment stays failed either way.
    """

    code: str
    ends_on: date
    reason: str
    is_over: bool
    action: str


def waived_among(results: Iterable[AssessmentResult]) -> dict[int, list[WaiverLine]]:
    """The waivers behind some results, by the key of the assessment.

    One query, and none where no gate fails: nothing else is ever waived.
    """
    return waivers_of(entry.assessment_id for entry in results if entry.gate == scoring.FAIL)


def waivers_of(assessments: Iterable[Assessment | int]) -> dict[int, list[WaiverLine]]:
    """The waivers of some assessments, by key, each list by code. One query, none without any."""
    keys = {entry if isinstance(entry, int) else entry.pk for entry in assessments}
    if not keys:
        return {}
    today = timezone.localdate()
    found: defaultdict[int, list[WaiverLine]] = defaultdict(list)
    rows = Waiver.objects.filter(assessment__in=keys).select_related("action__finding")
    for row in rows.order_by("code"):
        found[row.assessment_id].append(
            WaiverLine(
                code=row.code,
                ends_on=row.ends_on,
                reason=row.reason,
                is_over=row.ends_on < today,
                action=row.action.finding.label,
            )
        )
    return dict(found)
