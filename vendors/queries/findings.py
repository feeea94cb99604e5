"""Findings and their corrective actions, one at a time and counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from vendors.models import (
    ActionState,
    Assessment,
    AuditEvent,
    CorrectiveAction,
    Evidence,
    EvidenceFile,
    Finding,
    Vendor,
)
from vendors.permissions import Actor, Role, can_close_action
from vendors.queries.vendors import all_frameworks, newest_of
from vendors.scoring import Criterion

if TYPE_CHECKING:
    from vetting.models import User

#: Due in so many days counts as soon.
SOON = timedelta(days=30)
#: Events of those who work on an action; checking and assigning it is no work on it.
_WORK = ("action.edit", "action.proof", "action.drop_proof", "action.report")


def finding_for(user: Actor, public_id: UUID) -> QuerySet[Finding]:
    """The finding with this id as the user may see it, with all that its page names."""
    return (
        Finding.objects.visible_to(user)
        .filter(public_id=public_id)
        .select_related(
            "vendor",
            "assessment__framework",
            "raised_by",
            "action__owner",
            "action__reported_by",
            "action__sent_back_by",
            "action__closed_by",
            "action__waiver__assessment",
        )
    )


def owners() -> QuerySet[User]:
    """Who may own an action: procurement and managers who may sign in, by name."""
    roles = [Role.PROCUREMENT, Role.MANAGER]
    people = get_user_model().objects.filter(groups__name__in=roles, is_active=True)
    return people.distinct().order_by("name", "email")


def open_findings(vendor: Vendor, user: Actor) -> list[Finding]:
    """A vendor's findings that are not closed, the most urgent first. One query."""
    rows = (
        Finding.objects.visible_to(user)
        .filter(vendor=vendor)
        .exclude(action__state=ActionState.CLOSED)
    )
    return list(rows.select_related("action__owner").order_by("action__due_on", "number"))


def proof_of(action: CorrectiveAction) -> list[EvidenceFile]:
    """The files that are to prove it, by document. One query."""
    rows = action.proof.select_related("evidence", "uploaded_by")
    return list(rows.order_by("evidence__number", "version"))


def findings_proved_by(evidence: Evidence) -> list[Finding]:
    """Findings that are not closed and name a file of this document, any version. One query."""
    rows = Finding.objects.filter(action__proof__evidence=evidence)
    return list(rows.exclude(action__state=ActionState.CLOSED).distinct().order_by("number"))


def offered_proof(action: CorrectiveAction) -> QuerySet[EvidenceFile]:
    """Documents of the vendor's register that may still be named as proof."""
    kept = Evidence.objects.filter(vendor=action.finding.vendor_id).kept()
    files = EvidenceFile.objects.filter(evidence__in=kept, is_current=True)
    named = action.proof.values("pk")
    return files.exclude(pk__in=named).select_related("evidence").order_by("-evidence__number")


def happened(finding: Finding) -> list[AuditEvent]:
    """The events of a finding, the latest first. One query."""
    events = AuditEvent.objects.filter(vendor=finding.vendor_id, subject=finding.label)
    return list(
        events.filter(Q(action__startswith="finding.") | Q(action__startswith="action.")).order_by(
            "-pk"
        )
    )


def workers_on(finding: Finding) -> set[Any]:
    """Keys of everybody who planned, proved or reported the correction. One query."""
    events = AuditEvent.objects.filter(
        vendor=finding.vendor_id, subject=finding.label, action__in=_WORK
    )
    return set(events.exclude(actor=None).values_list("actor", flat=True))


def why_not_close(finding: Finding, user: User, files: list[EvidenceFile]) -> str:
    """What keeps somebody from closing a reported action: "own", "worked", "uploaded", "" or "role".

    The service refuses for the same reasons; asked here so that the page says so before.
    """
    action = finding.action
    if user.pk in {action.owner_id, action.reported_by_id}:
        return "own" if user.pk == action.owner_id else "worked"
    if not can_close_action(user, action):
        return "role"
    if user.pk in workers_on(finding):
        return "worked"
    return "uploaded" if any(file.uploaded_by_id == user.pk for file in files) else ""


def to_confirm(user: User) -> list[int]:
    """Keys of the findings that wait for this person's check. Two queries, none for readers."""
    if user.role not in {Role.PROCUREMENT, Role.MANAGER}:
        return []
    events = AuditEvent.objects.filter(actor=user, action__in=_WORK)
    worked = set(events.values_list("subject", flat=True).distinct())
    waiting = (
        Finding.objects.filter(action__state=ActionState.REPORTED)
        .exclude(Q(action__owner=user) | Q(action__reported_by=user))
        .exclude(action__proof__uploaded_by=user)
    )
    return [row.pk for row in waiting.only("number") if row.label not in worked]


@dataclass(frozen=True, slots=True)
class OpenCounts:
    """How many actions are not closed; of these, late, due soon, the reader's, theirs to check."""

    open: int
    late: int
    soon: int
    own: int
    confirm: int


def open_counts(user: User) -> OpenCounts:
    """The figures of a work list. Three queries."""
    today = timezone.localdate()
    counts = CorrectiveAction.objects.exclude(state=ActionState.CLOSED).aggregate(
        open=Count("pk"),
        late=Count("pk", filter=Q(due_on__lt=today)),
        soon=Count("pk", filter=Q(due_on__gte=today, due_on__lte=today + SOON)),
        own=Count("pk", filter=Q(owner=user)),
    )
    return OpenCounts(**counts, confirm=len(to_confirm(user)))


def late_actions(most: int | None = None) -> list[CorrectiveAction]:
    """Actions beyond their due date, the latest of all first. One query."""
    rows = (
        CorrectiveAction.objects.filter(due_on__lt=timezone.localdate())
        .exclude(state=ActionState.CLOSED)
        .select_related("finding__vendor", "owner")
        .order_by("due_on", "pk")
    )
    return list(rows[:most])


def criterion_of(finding: Finding) -> tuple[str, str] | None:
    """The category and the question that a finding of an assessment is about. No query of its own."""
    if finding.assessment is None or not finding.code:
        return None
    rules = finding.assessment.framework.rules
    return rules.category_of(finding.code).code, rules.criterion(finding.code).question


def suggested_criteria(assessment: Assessment | None) -> list[Criterion]:
    """The criteria of an assessment, else of the version in force. At most one query."""
    framework = assessment.framework if assessment else newest_of(all_frameworks().values())
    if framework is None:
        return []
    return [item for category in framework.rules.categories for item in category.criteria]


def criterion_codes(vendor: Vendor, assessment: Assessment | None) -> list[str]:
    """Codes that a finding may name: of the assessment, else of the vendor's latest, else the newest.

    At most two queries.
    """
    if assessment is not None:
        return sorted(assessment.framework.rules.codes)
    latest = vendor.assessments.select_related("framework").order_by("-pk").first()
    framework = latest.framework if latest else newest_of(all_frameworks().values())
    return sorted(framework.rules.codes) if framework else []
