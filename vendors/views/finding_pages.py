"""The page of a finding, with the forms that its reader may use, and sending one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from vendors.access import StaffRequest
from vendors.forms.findings import (
    AssignForm,
    CloseForm,
    PlanForm,
    ProofForm,
    ReportForm,
    SendbackForm,
    SeverityForm,
    VersionedForm,
)
from vendors.models import EvidenceFile, Finding
from vendors.permissions import can_change_action, can_reassess, can_work_on_action
from vendors.queries.findings import (
    criterion_of,
    finding_for,
    happened,
    proof_of,
    why_not_close,
)
from vendors.queries.rescores import rescore_of
from vendors.services.actions import StaleAction
from vendors.services.findings import limit_of
from vendors.services.refusals import FaultyInput, Refused

STORED, CONFLICT, UNPROCESSABLE = 200, 409, 422


def who_works() -> str:
    """Who may work on an action, for those who may not."""
    return _("The owner, and whoever recorded the finding, work on it until it is closed.")


def who_changes() -> str:
    """Who may give it another owner, date or severity."""
    return _("Managers, and whoever recorded the finding, change this until it is closed.")


def who_closes() -> str:
    """Who may close an action or send it back."""
    return _(
        "Once it is reported done, somebody of procurement or a manager closes it who is neither "
        "its owner nor reported it."
    )


def find_finding(request: StaffRequest, public_id: UUID) -> Finding:
    """The finding as the reader may see it, else 404."""
    return get_object_or_404(finding_for(request.user, public_id))


def attempt(form: VersionedForm, change: Callable[[], Any]) -> int:
    """Make a change that a form asks for; its status says whether it is stored.

    What is refused stands in the form, which keeps what was typed: 422, or 409 where somebody was
    faster. Then it is sent with the version that stands now.
    """
    if not form.is_valid():
        return UNPROCESSABLE
    try:
        change()
    except StaleAction as refusal:
        form.add_error(None, str(refusal))
        form.renew(form.action.version)
        return CONFLICT
    except FaultyInput as refusal:
        form.take_faults(refusal.faults)
        return UNPROCESSABLE
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return UNPROCESSABLE
    return STORED


def finding_page(
    request: StaffRequest, public_id: UUID, status: int = 200, **forms: VersionedForm
) -> HttpResponse:
    """The page; `forms` are those that were sent and not stored, by their name in the template."""
    finding = find_finding(request, public_id)
    action, files = finding.action, proof_of(finding.action)
    why_not = why_not_close(finding, request.user, files) if action.is_reported else ""
    rescore = rescore_of(finding)
    context = {
        "finding": finding,
        "action": action,
        "files": files,
        "events": happened(finding),
        "limit_on": limit_of(finding),
        "why_not": why_not,
        "rescore": rescore,
        "criterion": criterion_of(finding),
        "may_reassess": rescore and can_reassess(request.user, rescore.assessment),
        "sent": next(iter(forms.values()), None),
        **_forms(request, finding, files, may_close=action.is_reported and not why_not),
        **forms,
    }
    return render(request, "vendors/finding_detail.html", context, status=status)


def _forms(
    request: StaffRequest, finding: Finding, files: list[EvidenceFile], *, may_close: bool
) -> dict[str, VersionedForm]:
    """The forms that the reader may use as it stands."""
    action, found = finding.action, dict[str, VersionedForm]()
    if can_work_on_action(request.user, action):
        found["plan_form"] = PlanForm(action=action)
        found["proof_form"] = ProofForm(action=action)
        if not action.is_reported:
            found["report_form"] = ReportForm(action=action)
    if can_change_action(request.user, action):
        found["assign_form"] = AssignForm(action=action)
        found["severity_form"] = SeverityForm(finding=finding)
    if may_close:
        found["close_form"] = CloseForm(action=action, files=files)
        found["sendback_form"] = SendbackForm(action=action)
    return found
