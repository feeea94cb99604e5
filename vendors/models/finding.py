"""Findings, the actions that correct them, and waivers of failed must-haves."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vendors.models.assessment import Assessment
from vendors.models.evidence import EvidenceFile
from vendors.models.states import BLIND_STATES
from vendors.models.vendor import Vendor
from vendors.permissions import Actor, Role, can_read


class Severity(models.TextChoices):
    """How bad a finding is; it sets how long its correction may take."""

    CRITICAL = "critical", _("Critical")
    MAJOR = "major", _("Major")
    MINOR = "minor", _("Minor")


#: Days until a corrective action is due, by severity (docs/workflow.md, "Findings").
DUE_DAYS = {Severity.CRITICAL: 30, Severity.MAJOR: 90, Severity.MINOR: 180}


class Source(models.TextChoices):
    """Where a finding came from."""

    REVIEW = "review", _("Review")
    HAND = "hand", _("Recorded by hand")
    CONDITION = "condition", _("Condition of an approval")
    WAIVER = "waiver", _("Waived must-have")


class FindingQuerySet(models.QuerySet["Finding"]):
    """Findings as somebody may see them."""

    def visible_to(self, user: Actor) -> FindingQuerySet:
        """All findings for staff with a role, none for anybody else.

        What a reviewer found is kept from who may review while two of them work blind, but for who
        corrects it.
        """
        if not can_read(user):
            return self.none()
        if user.role in {Role.AUDITOR, Role.ADMINISTRATOR}:
            return self
        blind = Q(
            source=Source.REVIEW,
            assessment__needs_second_review=True,
            assessment__state__in=BLIND_STATES,
        )
        return self.exclude(blind & ~Q(raised_by=user.pk) & ~Q(action__owner=user.pk))


class Finding(models.Model):
    """Something at a vendor that has to be put right."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveIntegerField(unique=True, help_text=_("counts all findings: F-12"))
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="findings")
    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, null=True, related_name="findings"
    )
    code = models.CharField(max_length=40, blank=True, help_text=_("the criterion it is about"))
    title = models.CharField(_("what is wrong"), max_length=200)
    detail = models.TextField(_("what was found, where and when"), blank=True)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    source = models.CharField(max_length=10, choices=Source)
    raised_at = models.DateTimeField(auto_now_add=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = FindingQuerySet.as_manager()
    action: CorrectiveAction

    class Meta:
        ordering: ClassVar[list[str]] = ["-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(title=""), name="finding_has_title"),
            models.CheckConstraint(
                condition=Q(severity__in=["critical", "major", "minor"]),
                name="finding_severity_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    def get_absolute_url(self) -> str:
        """The finding's own page."""
        return reverse("vendors:finding-detail", args=[self.public_id])

    @property
    def label(self) -> str:
        """How pages and documents cite it."""
        return f"F-{self.number:03d}"


class ActionState(models.TextChoices):
    """Where a corrective action stands."""

    OPEN = "open", _("Under way")
    REPORTED = "reported", _("Reported done")
    CLOSED = "closed", _("Closed")


class CorrectiveAction(models.Model):
    """How a finding is put right: by whom, until when, and who checked that it is done."""

    finding = models.OneToOneField(Finding, on_delete=models.PROTECT, related_name="action")
    version = models.PositiveIntegerField(default=1)
    root_cause = models.TextField(_("root cause"), blank=True)
    action = models.TextField(_("action"), blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    vendor_person = models.CharField(_("at the vendor"), max_length=120, blank=True)
    due_on = models.DateField(_("due on"))
    state = models.CharField(max_length=10, choices=ActionState, default=ActionState.OPEN)
    proof = models.ManyToManyField(EvidenceFile, blank=True, related_name="actions")

    reported_at = models.DateTimeField(null=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    report_note = models.TextField(blank=True)
    sent_back_at = models.DateTimeField(null=True)
    sent_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    sent_back_reason = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    close_note = models.TextField(blank=True, help_text=_("how it was checked"))

    class Meta:
        ordering: ClassVar[list[str]] = ["due_on", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "reported", "closed"]), name="action_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(close_note="")),
                name="action_closed_how",
            ),
            models.CheckConstraint(
                condition=~Q(state="reported")
                | Q(reported_at__isnull=False, reported_by__isnull=False),
                name="action_reported_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None) | ~Q(closed_by=F("owner")),
                name="action_closed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None) | Q(reported_by=None) | ~Q(closed_by=F("reported_by")),
                name="action_closed_not_by_reporter",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "due_on"], name="action_by_due"),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id}: {self.state}"

    @property
    def is_closed(self) -> bool:
        """Whether somebody checked it and closed it."""
        return self.state == ActionState.CLOSED

    @property
    def is_reported(self) -> bool:
        """Whether it waits for somebody to check it."""
        return self.state == ActionState.REPORTED

    @property
    def is_late(self) -> bool:
        """Not closed beyond its due date."""
        return not self.is_closed and self.due_on < timezone.localdate()

    @property
    def days_left(self) -> int:
        """Days until the due date; negative beyond it."""
        return (self.due_on - timezone.localdate()).days

    @property
    def days_late(self) -> int:
        """Days beyond the due date; 0 while there is time and once it is closed."""
        return -self.days_left if self.is_late else 0


class Waiver(models.Model):
    """A failed must-have that an approver lets pass for a while. The gate itself stays failed."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="waivers")
    code = models.CharField(max_length=40, help_text=_("the must-have"))
    reason = models.TextField()
    ends_on = models.DateField(help_text=_("inclusive"))
    action = models.OneToOneField(CorrectiveAction, on_delete=models.PROTECT, related_name="waiver")
    granted_at = models.DateTimeField(auto_now_add=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["assessment", "code"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["assessment", "code"], name="waiver_unique"),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.code}"
