"""The evidence register: adding, editing, replacing and removing documents.

A file is received, hashed and looked at outside the transaction that makes its row. Files are
never overwritten and never deleted while a row names them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors import filestore
from vendors.filestore import Incoming
from vendors.models import Certification, Evidence, EvidenceFile, PageState, Vendor
from vendors.queries.findings import findings_proved_by
from vendors.scoring import Fault
from vendors.services.answer_evidence import link_evidence, refuse_locked, unlink_evidence
from vendors.services.audit import record_event
from vendors.services.evidence_files import FileRefused, Kept, file_state, take_in
from vendors.services.moves import reason_of
from vendors.services.refusals import FaultyInput, Refused
from vendors.tasks import wake

if TYPE_CHECKING:
    from vetting.models import User

__all__ = [
    "add_evidence",
    "edit_evidence",
    "link_evidence",
    "receive_evidence",
    "remove_evidence",
    "replace_evidence",
    "unlink_evidence",
]

#: Bytes that all files of one vendor may have together, versions and removed ones included.
VENDOR_QUOTA = 500 * 1024 * 1024


def add_evidence(
    *,
    vendor: Vendor,
    upload: Incoming,
    title: str,
    issuer: str = "",
    issued_on: date | None = None,
    expires_on: date | None = None,
    certification: Certification | None = None,
    by: User | None,
) -> Evidence:
    """Add a document, or give the one of the register that has this very file already.

    Raises FileRefused, with nothing stored, and FaultyInput for an end before the issue.
    """
    return receive_evidence(
        vendor=vendor,
        upload=upload,
        title=title,
        issuer=issuer,
        issued_on=issued_on,
        expires_on=expires_on,
        certification=certification,
        by=by,
    )[0]


def receive_evidence(
    *, vendor: Vendor, upload: Incoming, by: User | None, **details: Any
) -> tuple[Evidence, bool]:
    """Add a document as `add_evidence`, and say whether it is new."""
    _check_details(vendor, **details)
    kept = take_in(vendor=vendor, upload=upload, by=by)
    return _stored(kept, lambda: _add(vendor, kept, details, by))


def _stored(kept: Kept, store: Callable[[], tuple[Evidence, bool]]) -> tuple[Evidence, bool]:
    """Make the rows; the file goes again where no row came to name it."""
    is_named = False
    try:
        evidence, is_named = store()
    finally:
        if not is_named:
            filestore.take_back(kept.stored_name)
    return evidence, is_named


@transaction.atomic
def _add(
    vendor: Vendor, kept: Kept, details: dict[str, Any], by: User | None
) -> tuple[Evidence, bool]:
    Vendor.objects.select_for_update(no_key=True).get(pk=vendor.pk)
    same = _same_file(vendor, kept)
    if same is not None:
        return same.evidence, False
    _check_quota(vendor, kept)
    last = vendor.evidence.aggregate(last=Max("number"))["last"] or 0
    title = " ".join(str(details.pop("title", "")).split()) or kept.name
    evidence = Evidence.objects.create(
        vendor=vendor, number=last + 1, title=title[:200], added_by=by, **details
    )
    file = _add_file(evidence, kept, 1, "", by)
    record_event(
        action="evidence.add",
        by=by,
        vendor=vendor,
        subject=evidence.label,
        after=_details(evidence) | file_state(file),
    )
    return evidence, True


def _same_file(vendor: Vendor, kept: Kept) -> EvidenceFile | None:
    """The current file of a kept document with the same content."""
    return (
        EvidenceFile.objects.filter(
            evidence__vendor=vendor,
            evidence__removed_at=None,
            is_current=True,
            sha256=kept.sha256,
            size=kept.size,
        )
        .select_related("evidence")
        .order_by("pk")
        .first()
    )


def _check_quota(vendor: Vendor, kept: Kept) -> None:
    files = EvidenceFile.objects.filter(evidence__vendor=vendor)
    used = files.aggregate(bytes=Sum("size"))["bytes"] or 0
    if used + kept.size > VENDOR_QUOTA:
        message = _("The files of this vendor would take more than 500 MB together.")
        raise FileRefused(kept.name, message, "quota")


def _add_file(
    evidence: Evidence, kept: Kept, version: int, reason: str, by: User | None
) -> EvidenceFile:
    """Make the row of a kept file and have its pages drawn."""
    file = EvidenceFile.objects.create(
        evidence=evidence,
        version=version,
        original_name=kept.name,
        kind=kept.kind,
        size=kept.size,
        sha256=kept.sha256,
        stored_name=kept.stored_name,
        uploaded_by=by,
        replace_reason=reason,
        page_state=kept.page_state,
        woken_at=timezone.now(),
    )
    if file.page_state == PageState.QUEUED:
        transaction.on_commit(lambda: wake(file.public_id), robust=True)
    return file


@transaction.atomic
def edit_evidence(
    *,
    evidence: Evidence,
    title: str,
    issuer: str = "",
    issued_on: date | None = None,
    expires_on: date | None = None,
    certification: Certification | None = None,
    by: User,
) -> Evidence:
    """Store changed details; the file is replaced by `replace_evidence`.

    Raises FaultyInput for an empty title or an end before the issue, Refused for a removed one and
    for one that is under review.
    """
    _check_details(evidence.vendor, issued_on, expires_on, certification)
    title = " ".join(title.split())
    if not title:
        raise FaultyInput([Fault("title", _("Give it a title."))])
    _hold(evidence)
    refuse_locked(evidence)
    before = _details(evidence)
    evidence.title, evidence.issuer = title, issuer.strip()
    evidence.issued_on, evidence.expires_on = issued_on, expires_on
    evidence.certification = certification
    after = _details(evidence)
    if after != before:
        evidence.save(update_fields=["title", "issuer", "issued_on", "expires_on", "certification"])
        record_event(
            action="evidence.edit",
            by=by,
            vendor=evidence.vendor,
            subject=evidence.label,
            before=before,
            after=after,
        )
    return evidence


def replace_evidence(
    *, evidence: Evidence, upload: Incoming, reason: str, by: User
) -> EvidenceFile:
    """Add a new version of a document's file; the earlier ones stay.

    Raises FileRefused, and Refused without a reason, for a removed document, one that is under
    review, and for the same file.
    """
    reason = reason_of(reason, _("Say why the file is replaced."))
    kept = take_in(vendor=evidence.vendor, upload=upload, by=by)
    _stored(kept, lambda: (_replace(evidence, kept, reason, by), True))
    return evidence.files.get(is_current=True)


@transaction.atomic
def _replace(evidence: Evidence, kept: Kept, reason: str, by: User) -> Evidence:
    Vendor.objects.select_for_update(no_key=True).get(pk=evidence.vendor_id)
    _hold(evidence)
    refuse_locked(evidence)
    before = evidence.files.get(is_current=True)
    if before.sha256 == kept.sha256:
        raise FileRefused(kept.name, _("It is the very file that is there already."), "same")
    _check_quota(evidence.vendor, kept)
    evidence.files.filter(is_current=True).update(is_current=False)
    last = evidence.files.aggregate(last=Max("version"))["last"]
    file = _add_file(evidence, kept, last + 1, reason, by)
    record_event(
        action="evidence.replace",
        by=by,
        vendor=evidence.vendor,
        subject=evidence.label,
        before=file_state(before),
        after=file_state(file),
        reason=reason,
    )
    return evidence


@transaction.atomic
def remove_evidence(*, evidence: Evidence, reason: str, by: User) -> None:
    """Take a document out of the register. Its record, files and links stay.

    Raises Refused without a reason, for one that is removed already, and while a finding that is
    not closed names it as proof.
    """
    reason = reason_of(reason, _("Say why the document is removed."))
    _hold(evidence)
    findings = findings_proved_by(evidence)
    if findings:
        message = _("It is the proof of %s. Close that finding, or take it off the proof there.")
        raise Refused(message % ", ".join(str(finding) for finding in findings))
    evidence.removed_at, evidence.removed_by = timezone.now(), by
    evidence.remove_reason = reason
    evidence.save(update_fields=["removed_at", "removed_by", "remove_reason"])
    record_event(
        action="evidence.remove",
        by=by,
        vendor=evidence.vendor,
        subject=evidence.label,
        before=_details(evidence),
        reason=reason,
    )


def _hold(evidence: Evidence) -> None:
    """Lock the document and bring it up to date. Raises Refused where it was removed."""
    held = Evidence.objects.select_for_update(no_key=True).get(pk=evidence.pk)
    if held.removed_at is not None:
        raise Refused(_("This document was removed from the register."))
    evidence.refresh_from_db()


def _check_details(
    vendor: Vendor,
    issued_on: date | None = None,
    expires_on: date | None = None,
    certification: Certification | None = None,
    **_others: Any,
) -> None:
    """Raise FaultyInput for what cannot be true of a document."""
    if issued_on and expires_on and expires_on < issued_on:
        raise FaultyInput([Fault("expires_on", _("The end lies before the day of issue."))])
    if certification is not None and certification.vendor_id != vendor.pk:
        raise FaultyInput([Fault("certification", _("It is of another vendor."))])


def _details(evidence: Evidence) -> dict[str, Any]:
    """A document's details as the trail keeps them."""
    return {
        "title": evidence.title,
        "issuer": evidence.issuer,
        "issued_on": evidence.issued_on.isoformat() if evidence.issued_on else None,
        "expires_on": evidence.expires_on.isoformat() if evidence.expires_on else None,
        "certification": str(evidence.certification) if evidence.certification else None,
    }
