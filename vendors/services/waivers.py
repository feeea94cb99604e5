"""Waivers: a failed must-have that an approver lets pass for a while. The gate stays failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from vendors.models import DUE_DAYS, Assessment, Severity, Source, Waiver
from vendors.scoring import Fault
from vendors.services.findings import raise_finding
from vendors.services.freezing import months_after
from vendors.services.refusals import FaultyInput, Refused

if TYPE_CHECKING:
    from vetting.models import User

#: How long a waiver may last at most, in months.
WAIVER_MONTHS = 12
#: A waived must-have is a major finding; it sets how long its correction may take.
WAIVER_SEVERITY = Severity.MAJOR
TITLE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class WaiverRequest:
    """Letting a failed must-have pass until a day, inclusive, while somebody puts it right."""

    code: str
    reason: str
    ends_on: date | None
    owner: User
    action: str
    due_on: date | None = None


def check_waived(failed: Sequence[str], waived: Sequence[str]) -> None:
    """Raise Refused unless each failed must-have is waived once, and nothing else is."""
    missing = [code for code in failed if code not in waived]
    if missing:
        raise Refused(
            _("A must-have fails and is not waived: %s. Waive it with an end date, or reject.")
            % ", ".join(missing)
        )
    surplus = [code for code in waived if code not in failed]
    if surplus:
        raise Refused(_("Nothing to waive, this does not fail: %s.") % ", ".join(surplus))
    if len(set(waived)) != len(waived):
        raise Refused(_("A must-have is waived once."))


def waiver_faults(request: WaiverRequest) -> list[Fault]:
    """What is missing in a waiver, each by the name of its field."""
    today = timezone.localdate()
    last = months_after(today, WAIVER_MONTHS)
    found = []
    if not request.reason.strip():
        found.append(Fault("reason", _("Say why it may pass for a while.")))
    if not request.action.strip():
        found.append(Fault("action", _("Say what will be done.")))
    if request.ends_on is None:
        found.append(Fault("ends_on", _("Enter the day the waiver ends.")))
    elif not today < request.ends_on <= last:
        found.append(Fault("ends_on", _("A waiver ends after today, and within 12 months.")))
    elif request.due_on is not None and request.due_on > request.ends_on:
        found.append(Fault("due_on", _("It is put right before the waiver ends.")))
    return found


def grant_waiver(*, assessment: Assessment, request: WaiverRequest, by: User) -> Waiver:
    """Store a waiver with the finding whose action puts the must-have right.

    Called inside the transaction of the approval. Raises FaultyInput, each path with its code.
    """
    faults = waiver_faults(request)
    if faults or request.ends_on is None:
        raise FaultyInput(
            [Fault(f"{request.code}.{fault.path}", fault.message) for fault in faults]
        )
    question = assessment.framework.rules.criterion(request.code).question
    finding = raise_finding(
        vendor=assessment.vendor,
        assessment=assessment,
        title=(_("Must-have not met: %s") % question)[:TITLE_LIMIT],
        code=request.code,
        detail=request.reason.strip(),
        severity=WAIVER_SEVERITY,
        source=Source.WAIVER,
        owner=request.owner,
        action=request.action.strip(),
        due_on=request.due_on or min(_longest(WAIVER_SEVERITY), request.ends_on),
        by=by,
    )
    return Waiver.objects.create(
        assessment=assessment,
        code=request.code,
        reason=request.reason.strip(),
        ends_on=request.ends_on,
        action=finding.action,
        granted_by=by,
    )


def _longest(severity: Severity) -> date:
    """The last day on which a finding of this severity may be due."""
    return timezone.localdate() + timedelta(days=DUE_DAYS[severity])
