"""Answers whose certificate says something else now than it said to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from vendors.models import Answer, Assessment, AuditEvent, Certification

#: How long before its end an entry behind an answer is named.
SOON = timedelta(days=90)
#: Kinds that say that the certificate holds no more; the others ask to look again.
GONE = frozenset({"removed", "withdrawn", "suspended", "ended"})


@dataclass(frozen=True, slots=True)
class CertificationWarning:
    """An entry behind an answer that no longer says what the answer rests on.

    `kind` is one of removed, withdrawn, suspended, ended, changed (it ends before the answer does),
    edited (after the answer was given) and ending (within 90 days); `day` is when that was or will
    be. `category` and `code` name the question, `answer_until` is the answer's own valid-to date.
    """

    entry: Certification
    assessment: Assessment
    category: str
    code: str
    kind: str
    day: date | None
    answer_until: date | None

    @property
    def is_gone(self) -> bool:
        """Whether the certificate does not hold today."""
        return self.kind in GONE

    @property
    def is_frozen(self) -> bool:
        """Whether the answer is part of a result that was decided."""
        return self.assessment.is_frozen


def warnings_for(*assessments: Assessment) -> list[CertificationWarning]:
    """What is to be said of the entries behind the answers of these. Two queries, one if none."""
    shown = {assessment.pk: assessment for assessment in assessments}
    if not shown:
        return []
    links = list(
        Answer.certifications.through.objects.filter(answer__assessment__in=shown)
        .select_related("answer", "certification")
        .order_by("answer__assessment", "answer__criterion__position", "pk")
    )
    for link in links:
        link.answer.assessment = shown[link.answer.assessment_id]
    return warnings_at([(link.answer, link.certification) for link in links])


def warnings_at(pairs: Iterable[tuple[Answer, Certification]]) -> list[CertificationWarning]:
    """The same for answers and their entries at hand. One query, and none without an entry."""
    pairs = list(pairs)
    edited = _edits(pairs)
    today = timezone.localdate()
    found = []
    for answer, entry in pairs:
        kind, day = _kind(entry, answer, edited, today)
        if kind:
            category = answer.assessment.framework.rules.category_of(answer.code).code
            found.append(
                CertificationWarning(
                    entry, answer.assessment, category, answer.code, kind, day, answer.valid_to
                )
            )
    return found


def _edits(pairs: Iterable[tuple[Answer, Certification]]) -> dict[str, datetime]:
    """When each entry was last edited since the oldest of these answers. One query."""
    moments = [answer.answered_at for answer, _entry in pairs if answer.answered_at]
    if not moments:
        return {}
    events = AuditEvent.objects.filter(
        action="certification.edit",
        vendor__in={entry.vendor_id for _answer, entry in pairs},
        at__gt=min(moments),
    )
    rows: Iterable[tuple[Any, datetime]] = events.order_by("pk").values_list("after", "at")
    return {after.get("entry", ""): at for after, at in rows if after}


def _kind(
    entry: Certification, answer: Answer, edited: Mapping[str, datetime], today: date
) -> tuple[str, date | None]:
    """What is to be said of an entry behind an answer, and the day; ("", None) for nothing."""
    if entry.removed_at is not None:
        return "removed", timezone.localdate(entry.removed_at)
    if not entry.is_in_force:
        return entry.status, entry.status_on
    ends = entry.expires_on or date.max
    if ends < today:
        return "ended", ends
    if answer.valid_to is not None and ends < answer.valid_to:
        return "changed", ends
    at = edited.get(str(entry.public_id))
    if at is not None and answer.answered_at is not None and at > answer.answered_at:
        return "edited", timezone.localdate(at)
    return ("ending", ends) if ends <= today + SOON else ("", None)
