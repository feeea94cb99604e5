"""The record of a vendor's scorecard: everything that it says and that proves it, in one text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings

from scorecards.content import scorecard_content
from scorecards.models import Scorecard
from vendors import scoring
from vendors.models import Assessment
from vendors.queries.assessments import plain_answers_of
from vendors.queries.documents import snapshot_now
from vendors.queries.scores import score_now

if TYPE_CHECKING:
    from vetting.models import User


@dataclass(frozen=True, slots=True)
class Issue:
    """A numbered issue: what it replaces and why (None, "" for the first), who asked, and when."""

    replaces: Scorecard | None
    reason: str
    by: User | None
    at: datetime


def site_part() -> dict[str, str]:
    """What a document says of the installation, fixed when it is asked for."""
    return {
        "name": settings.SITE_NAME,
        "url": settings.SITE_URL,
        "language": settings.LANGUAGE_CODE,
    }


def record_text(assessment: Assessment, *, number: str, issue: Issue | None) -> str:
    """The record in canonical JSON, of what the assessment says now. Raises ContentError."""
    if assessment.is_frozen:
        result = assessment.result
        content = _content(assessment, result.snapshot, valid_until=result.valid_until)
    else:
        snapshot = scoring.canonical_json(_open_snapshot(assessment))
        content = _content(assessment, snapshot, valid_until=None)
    content["site"] = site_part()
    content["number"] = number
    if issue is not None and issue.replaces is not None:
        content["issue"] = {"replaces": issue.replaces.number, "reason": issue.reason}
    return scoring.canonical_json(content)


def _content(assessment: Assessment, snapshot: str, *, valid_until: date | None) -> dict[str, Any]:
    return scorecard_content(
        snapshot=json.loads(snapshot, parse_float=Decimal),
        framework=assessment.framework.rules,
        valid_until=valid_until,
    )


def _open_snapshot(assessment: Assessment) -> dict[str, Any]:
    """What approval would freeze, as it stands: levels as decided so far, as of its day."""
    rows = plain_answers_of(assessment)
    return snapshot_now(assessment, rows, score_now(assessment, rows))
