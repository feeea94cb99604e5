"""Evidence as pages and snapshots read it: registers, documents, what answers cite."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from vendors.models import (
    OPEN_STATES,
    Answer,
    AnswerEvidence,
    Assessment,
    AuditEvent,
    Evidence,
    EvidenceFile,
    State,
    Vendor,
)
from vendors.permissions import Actor, is_answer_open


@dataclass(frozen=True, slots=True)
class Link:
    """A document at an answer, in the version that the answer's assessment speaks of."""

    evidence: Evidence
    file: EvidenceFile
    page: str

    @property
    def is_removed(self) -> bool:
        """Whether it was taken out of the register since."""
        return self.evidence.removed_at is not None

    @property
    def is_over(self) -> bool:
        """Whether its end has passed."""
        return is_over(self.evidence, timezone.localdate())


@dataclass(frozen=True, slots=True)
class Citation:
    """An answer that cites a document; `label` is its assessment's title."""

    answer: Answer
    page: str

    @property
    def checked_by(self) -> Any:
        """Who decided on the answer, None where nobody did."""
        return self.answer.decided_by

    @property
    def checked_at(self) -> datetime | None:
        """When it was decided."""
        return self.answer.decided_at


@dataclass(frozen=True, slots=True)
class Line:
    """A document of the register with its current file and the answers that cite it."""

    evidence: Evidence
    file: EvidenceFile
    citations: tuple[Citation, ...]
    is_over: bool

    @property
    def check(self) -> Citation | None:
        """The latest decision on an answer that cites it."""
        decided = [(item.checked_at, n) for n, item in enumerate(self.citations) if item.checked_at]
        return self.citations[max(decided)[1]] if decided else None


def is_over(evidence: Evidence, day: date) -> bool:
    """Whether the document ended before the day; it counts on its last day."""
    return evidence.expires_on is not None and evidence.expires_on < day


def evidence_for(user: Actor, public_id: UUID) -> QuerySet[Evidence]:
    """The document with this id as the user may see it, the removed ones too."""
    return (
        Evidence.objects.visible_to(user)
        .filter(public_id=public_id, vendor__in=Vendor.objects.visible_to(user))
        .select_related("vendor", "certification", "added_by", "removed_by")
    )


def evidence_file_for(user: Actor, public_id: UUID) -> QuerySet[EvidenceFile]:
    """The file with this id as the user may see it."""
    seen = Evidence.objects.visible_to(user).filter(vendor__in=Vendor.objects.visible_to(user))
    return EvidenceFile.objects.filter(public_id=public_id, evidence__in=seen).select_related(
        "evidence__vendor"
    )


def register_lines(vendor: Vendor, show: str = "current") -> list[Line]:
    """The vendor's documents by number. `show`: current, ended, removed or all. Three queries."""
    today = timezone.localdate()
    rows = vendor.evidence.all()
    if show == "removed":
        rows = rows.exclude(removed_at=None)
    elif show == "ended":
        rows = rows.filter(removed_at=None, expires_on__lt=today)
    elif show == "current":
        rows = rows.filter(removed_at=None).filter(Q(expires_on=None) | Q(expires_on__gte=today))
    links = AnswerEvidence.objects.exclude(
        answer__assessment__state=State.CANCELLED
    ).select_related("answer__assessment", "answer__decided_by")
    found = rows.select_related("removed_by", "added_by").prefetch_related(
        Prefetch("files", EvidenceFile.objects.filter(is_current=True), to_attr="current"),
        Prefetch("answer_links", links.order_by("-answer__assessment_id", "pk"), to_attr="cited"),
    )
    return [_line(row, today) for row in found]


def _line(evidence: Evidence, today: date) -> Line:
    """A document as `register_lines` prefetched it."""
    current: list[EvidenceFile] = getattr(evidence, "current")  # noqa: B009 - set by the prefetch
    cited: list[AnswerEvidence] = getattr(evidence, "cited")  # noqa: B009
    return Line(
        evidence=evidence,
        file=current[0],
        citations=tuple(Citation(link.answer, link.page) for link in cited),
        is_over=is_over(evidence, today),
    )


def register_counts(vendor: Vendor) -> dict[str, int]:
    """How many documents each filter shows. One query."""
    today = timezone.localdate()
    ends = list(vendor.evidence.values_list("removed_at", "expires_on"))
    kept = [ends_on for removed_at, ends_on in ends if removed_at is None]
    ended = sum(1 for ends_on in kept if ends_on is not None and ends_on < today)
    return {
        "current": len(kept) - ended,
        "ended": ended,
        "removed": len(ends) - len(kept),
        "all": len(ends),
    }


def citations_of(evidence: Evidence) -> list[Citation]:
    """The answers that cite a document, newest assessment first. One query."""
    links = evidence.answer_links.select_related(
        "answer__assessment__framework", "answer__decided_by"
    ).exclude(answer__assessment__state=State.CANCELLED)
    return [
        Citation(link.answer, link.page) for link in links.order_by("-answer__assessment_id", "pk")
    ]


def locked_citations(evidence: Evidence) -> list[str]:
    """Codes of the answers of open assessments that cite a document and are locked. One query."""
    links = evidence.answer_links.select_related("answer__assessment").filter(
        answer__assessment__state__in=OPEN_STATES
    )
    answers = [link.answer for link in links.order_by("pk")]
    return [row.code for row in answers if not is_answer_open(row.assessment, row)]


def versions_of(evidence: Evidence) -> list[EvidenceFile]:
    """All files of a document, newest first. One query."""
    return list(evidence.files.select_related("uploaded_by").order_by("-version"))


def history_of(evidence: Evidence) -> list[AuditEvent]:
    """What happened to a document, newest first. One query."""
    events = AuditEvent.objects.filter(
        vendor_id=evidence.vendor_id,
        subject=evidence.label,
        action__in=["evidence.add", "evidence.edit", "evidence.replace", "evidence.remove"],
    )
    return list(events.select_related("actor").order_by("-pk"))


def links_of(answers: Sequence[Answer]) -> dict[str, tuple[Link, ...]]:
    """What answers of one assessment cite, by code, in the order linked. Three queries at most.

    Of a decided assessment the versions of its day are shown, whatever replaced them since.
    """
    rows = AnswerEvidence.objects.filter(answer__in=answers).select_related("evidence", "answer")
    linked = list(rows.order_by("pk"))
    if not linked:
        return {}
    assessment = Assessment.objects.only("state", "approved_at", "rejected_at").get(
        pk=linked[0].answer.assessment_id
    )
    day = (assessment.approved_at or assessment.rejected_at) if assessment.is_frozen else None
    files = _files_at({link.evidence_id for link in linked}, day)
    found: dict[str, list[Link]] = defaultdict(list)
    for link in linked:
        found[link.answer.code].append(Link(link.evidence, files[link.evidence_id], link.page))
    return {code: tuple(links) for code, links in found.items()}


def _files_at(evidence_ids: Iterable[int], at: datetime | None) -> dict[int, EvidenceFile]:
    """The file of each document: as of a moment, else the current one. One query."""
    files: dict[int, EvidenceFile] = {}
    for file in EvidenceFile.objects.filter(evidence__in=list(evidence_ids)).order_by("version"):
        if file.evidence_id not in files or at is None or file.uploaded_at <= at:
            files[file.evidence_id] = file
    return files


def offered_to(answer: Answer, vendor: Vendor) -> list[Evidence]:
    """Documents of the vendor that an answer does not cite yet. One query."""
    rows = vendor.evidence.kept().exclude(answer_links__answer=answer)
    return list(rows.order_by("number"))


def evidence_register(assessment: Assessment) -> list[dict[str, Any]]:
    """The documents that the assessment's answers cite, as JSON-plain values, by number.

    Each with its file as `links_of` shows it, the citing answers and who decided on one of them
    last. Three queries.
    """
    answers = list(
        assessment.answers.filter(evidence_links__isnull=False)
        .select_related("decided_by")
        .distinct()
        .order_by("criterion__position")
    )
    by_code = {answer.code: answer for answer in answers}
    cited: dict[int, list[tuple[Answer, Link]]] = defaultdict(list)
    for code, links in sorted(
        links_of(answers).items(), key=lambda item: answers.index(by_code[item[0]])
    ):
        for link in links:
            cited[link.evidence.number].append((by_code[code], link))
    return [_entry(cited[number]) for number in sorted(cited)]


def _entry(cited: list[tuple[Answer, Link]]) -> dict[str, Any]:
    evidence, file = cited[0][1].evidence, cited[0][1].file
    decided = [(a.decided_at, n) for n, (a, _link) in enumerate(cited) if a.decided_at]
    last = cited[max(decided)[1]][0] if decided else None
    return {
        "label": evidence.label,
        "title": evidence.title,
        "issuer": evidence.issuer,
        "issued_on": _day(evidence.issued_on),
        "expires_on": _day(evidence.expires_on),
        "name": file.original_name,
        "kind": file.kind,
        "size": file.size,
        "sha256": file.sha256,
        "version": file.version,
        "answers": [{"code": answer.code, "page": link.page} for answer, link in cited],
        "checked_by": str(last.decided_by) if last else "",
        "checked_at": _moment(last.decided_at) if last else None,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None
