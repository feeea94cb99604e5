"""Recording findings, and changing what governs their correction: severity, owner and due date.

The rules of dates and people are in docs/workflow.md, "Findings".
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors.models import (
    DUE_DAYS,
    Assessment,
    ChainHead,
    CorrectiveAction,
    Counter,
    Finding,
    Severity,
    Vendor,
)
from vendors.permissions import Role, can_raise_finding
from vendors.scoring import Fault
from vendors.services.actions import hold_action, plain_day, swap_action
from vendors.services.audit import chain_of, record_event
from vendors.services.moves import reason_of
from vendors.services.refusals import FaultyInput, Refused

if TYPE_CHECKING:
    from vetting.models import User

#: From the worst down.
_ORDER = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR)


def limit_on(severity: str, raised_on: date) -> date:
    """The latest day on which a correction is due, by severity and the day it was recorded."""
    return raised_on + timedelta(days=DUE_DAYS[Severity(severity)])


def limit_of(finding: Finding) -> date:
    """The latest day that the finding's severity allows."""
    return limit_on(finding.severity, timezone.localdate(finding.raised_at))


@transaction.atomic
def raise_finding(  # noqa: PLR0913 - a finding has that many parts
    *,
    vendor: Vendor,
    title: str,
    severity: str,
    source: str,
    owner: User,
    by: User,
    assessment: Assessment | None = None,
    code: str = "",
    detail: str = "",
    action: str = "",
    root_cause: str = "",
    vendor_person: str = "",
    due_on: date | None = None,
) -> Finding:
    """Record a finding with its corrective action, and return it.

    Without `due_on` the severity sets it (`DUE_DAYS` from today). Raises FaultyInput for a missing
    title, a severity or criterion that there is not, a date that is past or later than the severity
    allows, and an owner who could not work on it; Refused for an assessment of another vendor.
    """
    title = title.strip()
    _check_new(vendor, assessment, title=title, severity=severity, owner=owner, code=code)
    latest = limit_on(severity, timezone.localdate())
    if due_on is not None:
        _check_due(due_on, latest)
    finding = Finding(
        vendor=vendor,
        assessment=assessment,
        code=code,
        title=title,
        detail=detail.strip(),
        severity=severity,
        source=source,
        raised_by=by,
    )
    plan = CorrectiveAction(
        root_cause=root_cause.strip(),
        action=action.strip(),
        owner=owner,
        vendor_person=vendor_person.strip(),
        due_on=due_on or latest,
    )
    return _stored(finding, plan, by)


def _stored(finding: Finding, plan: CorrectiveAction, by: User) -> Finding:
    """Number and store a new finding with its action, and record it."""
    finding.number = _next_number(finding.assessment, finding.vendor)
    finding.save(force_insert=True)
    plan.finding = finding
    plan.save(force_insert=True)
    finding.action = plan
    record_event(
        action="finding.raise",
        by=by,
        assessment=finding.assessment,
        vendor=finding.vendor,
        subject=finding.label,
        after=_raised(finding),
    )
    return finding


def _check_new(
    vendor: Vendor,
    assessment: Assessment | None,
    *,
    title: str,
    severity: str,
    owner: User,
    code: str,
) -> None:
    """Raise FaultyInput with everything that is wrong, Refused for a foreign assessment."""
    if assessment is not None and assessment.vendor_id != vendor.pk:
        raise Refused(_("This assessment is of another vendor."))
    faults = []
    if not title:
        faults.append(Fault("title", _("Say what is wrong in one line.")))
    if severity not in Severity.values:
        faults.append(Fault("severity", _("Choose one of the three.")))
    if not _may_own(owner):
        faults.append(Fault("owner", _("Choose somebody of procurement, or a manager.")))
    if code and assessment is not None and code not in assessment.framework.rules.codes:
        faults.append(Fault("code", _("%s is not a criterion of this assessment.") % code))
    if faults:
        raise FaultyInput(faults)


def _may_own(owner: User) -> bool:
    """Whether somebody could work on an action at all."""
    return owner.is_active and can_raise_finding(owner)


def _check_due(due_on: date, latest: date) -> None:
    """Raise FaultyInput for a day that is past, or later than `latest`."""
    if due_on < timezone.localdate():
        raise FaultyInput([Fault("due_on", _("This day is past. Enter today or a later day."))])
    if due_on > latest:
        text = _("Later than its severity allows. The latest day is %s.") % plain_day(latest)
        raise FaultyInput([Fault("due_on", text)])


def _next_number(assessment: Assessment | None, vendor: Vendor) -> int:
    """The next number of all findings; the counter stays locked until the transaction ends.

    The chain is locked first, as everybody does who records an event and then raises findings.
    """
    ChainHead.objects.select_for_update().get_or_create(chain=chain_of(assessment, vendor))
    counter, _made = Counter.objects.select_for_update().get_or_create(name="finding")
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.last


def _raised(finding: Finding) -> dict[str, Any]:
    """A new finding as the trail records it, what is empty left out."""
    action = finding.action
    kept = {
        "title": finding.title,
        "code": finding.code,
        "detail": finding.detail,
        "severity": str(finding.severity),
        "source": str(finding.source),
        "root_cause": action.root_cause,
        "action": action.action,
        "owner": str(action.owner),
        "vendor_person": action.vendor_person,
        "due_on": action.due_on.isoformat(),
    }
    return {name: value for name, value in kept.items() if value}


@transaction.atomic
def change_owner_or_due(
    *, action: CorrectiveAction, owner: User, due_on: date, reason: str, version: int, by: User
) -> None:
    """Give an action another owner or due date, with a reason.

    Beyond what the severity allows only a manager moves it, and never the owner their own. Raises
    FaultyInput for a past day or an owner who could not work on it, Refused for the rest,
    StaleAction when somebody changed it after `version` was read.
    """
    hold_action(action, version)
    reason = reason_of(reason, _("Say why it changes."))
    before = {"owner": str(action.owner), "due_on": action.due_on.isoformat()}
    if owner.pk != action.owner_id and not _may_own(owner):
        text = _("Choose somebody of procurement, or a manager.")
        raise FaultyInput([Fault("owner", text)])
    if due_on != action.due_on:
        _check_moved(action, owner, due_on, by)
    if owner.pk == action.owner_id and due_on == action.due_on:
        raise Refused(_("Owner and date are as they were. Nothing was changed."))
    swap_action(action, {"owner": owner, "due_on": due_on})
    record_event(
        action="action.assign",
        by=by,
        assessment=action.finding.assessment,
        vendor=action.finding.vendor,
        subject=action.finding.label,
        before=before,
        after={"owner": str(owner), "due_on": due_on.isoformat()},
        reason=reason,
    )


def _check_moved(action: CorrectiveAction, owner: User, due_on: date, by: User) -> None:
    """Raise unless this person may move the due date to this day."""
    if due_on < timezone.localdate():
        _check_due(due_on, due_on)
    if due_on < action.due_on:
        return
    if by.pk in {action.owner_id, owner.pk}:
        raise Refused(_("Nobody moves the date of their own action back. Ask a manager."))
    if by.role != Role.MANAGER:
        _check_due(due_on, limit_of(action.finding))


@transaction.atomic
def change_severity(
    *, finding: Finding, severity: str, reason: str, version: int, by: User
) -> None:
    """Judge a finding worse or milder, with a reason; the due date follows.

    It is counted from the day of recording. A date set earlier by hand stays; the owner never makes
    an own finding milder. Raises Refused for that and without a reason, FaultyInput for a severity
    that there is not, StaleAction as above.
    """
    action = finding.action
    hold_action(action, version)
    finding.refresh_from_db(fields=["severity"])
    reason = reason_of(reason, _("Say why it is judged otherwise."))
    if severity not in Severity.values:
        raise FaultyInput([Fault("severity", _("Choose one of the three."))])
    if severity == finding.severity:
        raise Refused(_("The severity is as it was. Nothing was changed."))
    is_milder = _ORDER.index(Severity(severity)) > _ORDER.index(Severity(finding.severity))
    if is_milder and by.pk == action.owner_id:
        raise Refused(_("Nobody makes a finding milder that they correct themselves."))
    before = {"severity": str(finding.severity), "due_on": action.due_on.isoformat()}
    was, now = limit_of(finding), limit_on(severity, timezone.localdate(finding.raised_at))
    due_on = now if is_milder and action.due_on == was else min(action.due_on, now)
    finding.severity = severity
    finding.save(update_fields=["severity"])
    swap_action(action, {"due_on": due_on})
    record_event(
        action="finding.severity",
        by=by,
        assessment=finding.assessment,
        vendor=finding.vendor,
        subject=finding.label,
        before=before,
        after={"severity": severity, "due_on": due_on.isoformat()},
        reason=reason,
    )
