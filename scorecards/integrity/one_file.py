"""One file, judged: whether it is in the register and how it stands, else what is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from scorecards.integrity.texts import table
from scorecards.models import Scorecard, SigningCertificate
from scorecards.queries.standing import Standed, standing_of, with_standing
from scorecards.seal.enclosed import Enclosed, NotOurs
from scorecards.seal.signatures import Known, Signature, examine, known_certificate
from vendors import scoring
from vendors.models import AuditEvent


@dataclass(frozen=True, slots=True)
class Judged:
    """What a file is. Genuine is only what this installation gave out, byte by byte.

    `row` is the document that it is, or that it claims to be; `standing` how a genuine one stands
    today. `fault` is one sentence, "" for a genuine file. `record` and `signature` are None where
    the file could not be read so far.
    """

    sha256: str
    fault: str = ""
    row: Scorecard | None = None
    standing: Standed | None = None
    record: Enclosed | None = None
    signature: Signature | None = None

    @property
    def is_genuine(self) -> bool:
        """Whether all of it holds."""
        return not self.fault

    @property
    def number(self) -> str:
        """The number that the file is known by or claims; "" where there is none."""
        return self.row.number if self.row else number_of(self.record)


def judge(data: bytes) -> Judged:
    """Judge a file by the register: which of our documents it is, and whether it is one still."""
    sha256 = hashlib.sha256(data).hexdigest()
    row = _given_out(sha256)
    try:
        record, signature = examine(data, stored_certificates())
    except NotOurs as reason:
        if row is None:
            return Judged(sha256, str(reason))
        words = _("It is in the register, but cannot be read: %s") % reason
        return Judged(sha256, words, row)
    row = row or _given_out_before(sha256)
    if row is None:
        return _stranger(sha256, record, signature)
    fault = _fault(row, sha256, record, signature)
    standing = standing_of(row, timezone.localdate())
    return Judged(sha256, fault, row, standing, record, signature)


def examine_alone(data: bytes, known: Known) -> Judged:
    """Judge a file without the register: by its signature, and by what it says of its record.

    That it was given out, and is in force, only the register knows. Raises NotOurs.
    """
    record, signature = examine(data, known)
    fault = signature.fault
    if not fault and not signature.fingerprint:
        fault = _("It is not signed, so nothing shows that it is unchanged.")
    return Judged(
        hashlib.sha256(data).hexdigest(), fault, None, None, record=record, signature=signature
    )


def stored_certificates() -> Known:
    """The certificates that documents were signed with; those that do not hold are left out."""
    found = {}
    for fingerprint, pem in SigningCertificate.objects.values_list("fingerprint", "pem"):
        try:
            name, chain = known_certificate(pem.encode())
        except (ValueError, IndexError):
            continue
        if name == fingerprint:
            found[name] = chain
    return found


def number_of(record: Enclosed | None) -> str:
    """The number that a record says; "" where it says none."""
    return str(table(record.text).get("number") or "") if record else ""


def _given_out(sha256: str) -> Scorecard | None:
    return with_standing(Scorecard.objects.all()).filter(file_sha256=sha256).first()


def _given_out_before(sha256: str) -> Scorecard | None:
    """The document whose file this was until it was built again; the trail has to say so too."""
    rows = with_standing(Scorecard.objects.filter(former_files__file_sha256=sha256))
    row = rows.first()
    return row if row is not None and _is_told_of(row, sha256) else None


def _is_told_of(row: Scorecard, sha256: str) -> bool:
    """Whether an event says that the document was built with these bytes."""
    built = AuditEvent.objects.filter(action="scorecard.build", assessment=row.assessment_id)
    said: Iterable[Any] = built.values_list("after", flat=True)
    return any(isinstance(one, dict) and one.get("file_sha256") == sha256 for one in said)


def _fault(row: Scorecard, sha256: str, record: Enclosed, signature: Signature) -> str:
    """What does not hold of a file whose SHA-256 is known; "" where nothing is wrong."""
    if not _is_told_of(row, sha256):
        return _("No event of the trail tells of this file: the register was changed.")
    if record.digest != row.digest or scoring.digest(row.content) != row.digest:
        return _("The record inside is not the one of the register.")
    if signature.fault:
        return signature.fault
    expected = row.certificate.fingerprint if row.certificate else ""
    if expected and not signature.fingerprint:
        return _("Its signature is missing.")
    return ""


def _stranger(sha256: str, record: Enclosed, signature: Signature) -> Judged:
    """What a file is that was never given out: changed, or nobody's."""
    rows = Scorecard.objects.all()
    number = number_of(record)
    row = rows.filter(digest=record.digest).first() or (
        rows.filter(number=number).first() if number else None
    )
    if row is None:
        words = _("No document of this installation has this content.")
    elif row.ready_at is None:
        words = _("%s was never built, so no file of it was given out.") % row
    else:
        words = _("It says it is %s, but its bytes are not those of the file that was given out.")
        words %= row
    return Judged(sha256, words, row, None, record, signature)
