"""What the sample people did with the sample vendors: documents, reviews, returns, findings.

Everything goes through the services that people use, so that the trail tells it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from vendors.models import Assessment, CorrectiveAction, Evidence, Severity, Source
from vendors.services.actions import add_proof, edit_action, report_done
from vendors.services.assessments import start_assessment, submit_assessment
from vendors.services.evidence import add_evidence, link_evidence
from vendors.services.findings import raise_finding
from vendors.services.marks import Decision, decide_answer
from vendors.services.returns import return_answer, send_returns
from vendors.services.reviews import finish_review, take_review
from vetting.models import User

FOLDER = Path(settings.BASE_DIR) / "vendors" / "samples" / "evidence"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who owns the assessment, who reviews it, and who decides."""

    owner: User
    reviewer: User
    manager: User


@dataclass(frozen=True, slots=True)
class Document:
    """A sample file and the answers that cite it, with the page."""

    file: str
    title: str
    issuer: str
    issued_on: date
    expires_on: date | None
    cited: Mapping[str, str]


DOCUMENTS = (
    Document(
        "health-and-safety-certificate.pdf",
        "ISO 45001 certificate (Sample)",
        "Albion Audits",
        date(2025, 2, 1),
        date(2028, 1, 31),
        {"LAB-08": "1"},
    ),
    Document(
        "payroll-summary-october.pdf",
        "Payroll summary, October 2026 (Sample)",
        "Harbour Lane Support",
        date(2026, 11, 6),
        None,
        {"LAB-04": "1", "EMP-01": "1"},
    ),
    Document(
        "privacy-desk-procedure.pdf",
        "Privacy desk procedure, version 3 (Sample)",
        "Harbour Lane Support",
        date(2026, 10, 2),
        None,
        {"PRI-02": "1", "PRI-05": "1"},
    ),
    Document(
        "privacy-requests.csv",
        "Register of privacy requests (Sample)",
        "Harbour Lane Support",
        date(2026, 11, 2),
        None,
        {"PRI-05": ""},
    ),
)


def in_review(assessment: Assessment, cast: Cast) -> None:
    """Documents behind four answers; a reviewer is under way and has one answer to send back."""
    for document in DOCUMENTS:
        _cite(assessment, document, cast.owner)
    submit_assessment(assessment=assessment, by=cast.owner)
    take_review(assessment=assessment, by=cast.reviewer)
    checked = {
        "LAB-08": ("verified", "Certificate number found in the registrar's directory."),
        "PRI-02": ("documented", "The procedure names owner, steps and times."),
        "LAB-04": ("documented", "Payroll summary matches the wage ledger of October."),
    }
    for code, (level, remark) in checked.items():
        row = assessment.answers.get(code=code)
        decide_answer(
            assessment=assessment,
            answer=row,
            decision=Decision(level=level, remark=remark),
            version=row.version,
            by=cast.reviewer,
        )
    _return(
        assessment,
        "EMP-01",
        "The payroll summary says 94.5 %, the answer 100 %. Which is right?",
        cast.reviewer,
    )


def in_clarification(assessment: Assessment, cast: Cast) -> None:
    """Two answers went back to whoever fills in."""
    submit_assessment(assessment=assessment, by=cast.owner)
    take_review(assessment=assessment, by=cast.reviewer)
    _return(assessment, "LAB-03", "Name the union, and say since when it bargains.", cast.reviewer)
    _return(assessment, "HRT-02", "Add the languages that the hotline answers in.", cast.reviewer)
    send_returns(assessment=assessment, by=cast.reviewer)


def pending_approval(assessment: Assessment, cast: Cast) -> None:
    """Reviewed; a must-have fails, so a manager waives it or rejects."""
    submit_assessment(assessment=assessment, by=cast.owner)
    take_review(assessment=assessment, by=cast.reviewer)
    finish_review(assessment=assessment, by=cast.reviewer)


def with_findings(assessment: Assessment, cast: Cast) -> None:
    """Approved before; one finding is under way, another is reported done and waits for a check."""
    raise_finding(
        vendor=assessment.vendor,
        assessment=assessment,
        code="EMP-02",
        title="Retention fell at the night shift (Sample)",
        detail="Interviews of 12 October: rosters change with two days' notice.",
        severity=Severity.MINOR,
        source=Source.HAND,
        owner=cast.reviewer,
        vendor_person="Head of operations",
        due_on=timezone.localdate() + timedelta(days=120),
        by=cast.owner,
    )
    finding = raise_finding(
        vendor=assessment.vendor,
        assessment=assessment,
        code="HRT-05",
        title="Supplier list lacks two transport firms (Sample)",
        detail="Two night shuttles are run by firms that the list does not name.",
        severity=Severity.MAJOR,
        source=Source.HAND,
        owner=cast.owner,
        vendor_person="Facilities manager",
        due_on=timezone.localdate() + timedelta(days=30),
        by=cast.manager,
    )
    _reported_done(finding.action, cast.owner)


def _reported_done(action: CorrectiveAction, owner: User) -> None:
    """Its owner planned and proved the correction, and waits for somebody's check."""
    edit_action(
        action=action,
        root_cause="Facilities hires transport by purchase order.",
        plan="Add both firms, have them sign the code of conduct, order through the supplier list.",
        vendor_person=action.vendor_person,
        version=action.version,
        by=owner,
    )
    add_proof(
        action=action,
        upload=_upload("supplier-list.csv"),
        title="Supplier list with both firms (Sample)",
        by=owner,
    )
    report_done(
        action=action,
        note="Both firms are listed and bound.",
        version=action.version,
        by=owner,
    )


def again_in_intake(assessment: Assessment, cast: Cast) -> None:
    """Approved before; the next one is being prepared, and some of its risk is still unknown."""
    known = ("data_sensitivity", "data_volume", "service_criticality", "customer_contact")
    start_assessment(
        vendor=assessment.vendor,
        framework=assessment.framework,
        intake={name: assessment.intake[name] for name in known},
        owner=cast.owner,
        due_on=timezone.localdate() + timedelta(days=45),
        service="Monthly payroll for two more countries (Sample)",
        sites=assessment.sites.all(),
        is_draft=True,
        by=cast.owner,
    )


def _cite(assessment: Assessment, document: Document, by: User) -> None:
    evidence = add_evidence(
        vendor=assessment.vendor,
        upload=_upload(document.file),
        title=document.title,
        issuer=document.issuer,
        issued_on=document.issued_on,
        expires_on=document.expires_on,
        by=by,
    )
    for code, page in document.cited.items():
        _link(assessment, code, evidence, page, by)


def _link(assessment: Assessment, code: str, evidence: Evidence, page: str, by: User) -> None:
    row = assessment.answers.get(code=code)
    link_evidence(
        assessment=assessment, answer=row, evidence=evidence, page=page, version=row.version, by=by
    )


def _return(assessment: Assessment, code: str, remark: str, by: User) -> None:
    row = assessment.answers.get(code=code)
    return_answer(assessment=assessment, answer=row, remark=remark, version=row.version, by=by)


def _upload(name: str) -> SimpleUploadedFile:
    """A sample file as a form would bring it."""
    return SimpleUploadedFile(name, (FOLDER / name).read_bytes())
