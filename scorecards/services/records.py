"""The record of a vendor's scorecard: everything that it says and that proves it, in one text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings

from scorecards import record
from scorecards.content import CONTENT_FORMAT, ContentError, record_summary
from scorecards.models import Scorecard
from scorecards.queries.records import corrections_of, placed_in, previous_of
from vendors import scoring
from vendors.models import Assessment, AssessmentResult
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
    """The record as RFC 8785 writes it, of what the assessment says now. Raises ContentError.

    A correction differs from what it replaces in names and places alone: the figures are those of
    the frozen snapshot.
    """
    frozen = assessment.result if assessment.is_frozen else None
    text = _frozen_snapshot(frozen) if frozen else _open_snapshot(assessment)
    snapshot = json.loads(text, parse_float=Decimal)
    replaces = issue.replaces if issue else None
    corrections = corrections_of(assessment, snapshot) if replaces else []
    until = frozen.valid_until.isoformat() if frozen else None
    rules = assessment.framework.rules
    return record.written(
        {
            "format": CONTENT_FORMAT,
            "number": number,
            "site": site_part(),
            "engine_version": snapshot["engine_version"],
            "summary": record_summary(snapshot, rules, valid_until=until, corrections=corrections),
            "valid_until": until,
            "issue": _issue_part(issue),
            "corrections": corrections,
            "framework": json.loads(rules.document, parse_float=Decimal),
            "snapshot": _without_contacts(snapshot),
            "snapshot_sha256": frozen.digest if frozen else None,
            "previous": previous_of(assessment),
            "comparisons": placed_in(assessment),
        }
    )


def _issue_part(issue: Issue | None) -> dict[str, Any] | None:
    if issue is None:
        return None
    return {
        "ordinal": issue.replaces.issue + 1 if issue.replaces else 1,
        "replaces": issue.replaces.number if issue.replaces else None,
        "reason": issue.reason,
        "by": {"name": str(issue.by), "role": issue.by.role_label} if issue.by else None,
        "at": issue.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _without_contacts(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The snapshot less the vendor's contacts: the record travels, and no figure needs them."""
    document = snapshot["document"]
    vendor = {key: value for key, value in document["vendor"].items() if key != "contacts"}
    return {**snapshot, "document": {**document, "vendor": vendor}}


def _frozen_snapshot(frozen: AssessmentResult) -> str:
    """What the decision froze. Raises ContentError unless it is that, byte by byte."""
    if scoring.digest(frozen.snapshot) != frozen.digest:
        raise ContentError("the frozen snapshot does not match its SHA-256")
    return frozen.snapshot


def _open_snapshot(assessment: Assessment) -> str:
    """What approval would freeze, as it stands: levels as decided so far, as of its day."""
    rows = plain_answers_of(assessment)
    return scoring.canonical_json(snapshot_now(assessment, rows, score_now(assessment, rows)))
