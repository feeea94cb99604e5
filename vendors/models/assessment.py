"""Assessments: one vetting of one vendor on one framework version, and its answers."""

from __future__ import annotations

import uuid
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vendors.models.framework import Criterion, Framework
from vendors.models.vendor import Certification, Site, Vendor
from vendors.permissions import Actor, can_read

if TYPE_CHECKING:
    from vendors.models.result import AssessmentResult

TEXT_LIMIT = 10_000


class State(models.TextChoices):
    """Where an assessment stands."""

    IN_PROGRESS = "in_progress", _("Questionnaire open")
    SUBMITTED = "submitted", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    CANCELLED = "cancelled", _("Cancelled")


#: Which state may follow which. docs/workflow.md prints this table and a test compares the two.
TRANSITIONS: dict[str, dict[State, State]] = {
    "submit": {State.IN_PROGRESS: State.SUBMITTED},
    "return": {State.SUBMITTED: State.IN_PROGRESS},
    "approve": {State.SUBMITTED: State.APPROVED},
    "cancel": {State.IN_PROGRESS: State.CANCELLED, State.SUBMITTED: State.CANCELLED},
}
OPEN_STATES = [State.IN_PROGRESS, State.SUBMITTED]


def _pair(moment: str, person: str) -> Q:
    """Moment and person are known together; an import may lack the person, not the moment."""
    return Q(**{f"{moment}__isnull": False}) | Q(**{person: None})


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    """Assessments as somebody may see them."""

    def visible_to(self, user: Actor) -> AssessmentQuerySet:
        """All assessments for staff with a role, none for anybody else."""
        return self if can_read(user) else self.none()

    def open(self) -> AssessmentQuerySet:
        """Those that are neither approved nor cancelled."""
        return self.filter(state__in=OPEN_STATES)


class Assessment(models.Model):
    """One vetting. Scope, intake, tier, owner and due date live here, not on the vendor."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="assessments")
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="assessments")
    framework_slug = models.CharField(max_length=80, editable=False)
    number = models.PositiveIntegerField(help_text=_("counts the vendor's assessments"))
    state = models.CharField(max_length=20, choices=State, default=State.IN_PROGRESS)

    service = models.CharField(_("service in scope"), max_length=200, blank=True)
    sites = models.ManyToManyField(Site, blank=True, related_name="+")
    intake = models.JSONField(default=dict)
    tier = models.PositiveSmallIntegerField()
    proposed_tier = models.PositiveSmallIntegerField(null=True)
    tier_reason = models.TextField(blank=True)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    helpers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    due_on = models.DateField(_("due on"), null=True, blank=True)
    as_of = models.DateField(null=True, help_text=_("set by an import, and by approval"))

    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    returned_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    return_reason = models.TextField(blank=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approval_note = models.TextField(blank=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    cancel_reason = models.TextField(blank=True)

    objects = AssessmentQuerySet.as_manager()
    result: AssessmentResult

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["vendor", "framework_slug"],
                condition=Q(state__in=["in_progress", "submitted"]),
                name="assessment_one_open",
                violation_error_message=_("This vendor has an open assessment already."),
            ),
            models.UniqueConstraint(fields=["vendor", "number"], name="assessment_number_unique"),
            models.CheckConstraint(condition=Q(tier__in=[1, 2, 3]), name="assessment_tier_1_to_3"),
            models.CheckConstraint(
                condition=Q(state__in=["in_progress", "submitted", "approved", "cancelled"]),
                name="assessment_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | Q(approved_at__isnull=False, approved_by__isnull=False, as_of__isnull=False),
                name="assessment_approved_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled")
                | (
                    Q(cancelled_at__isnull=False, cancelled_by__isnull=False) & ~Q(cancel_reason="")
                ),
                name="assessment_cancelled_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False),
                name="assessment_submitted_when",
            ),
            models.CheckConstraint(
                condition=_pair("returned_at", "returned_by"), name="assessment_returned_pair"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["vendor", "state", "-approved_at"], name="assessment_by_vendor"),
            models.Index(fields=["state", "due_on"], name="assessment_by_due"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The assessment's own page."""
        return reverse("vendors:assessment-detail", args=[self.public_id])

    @property
    def title(self) -> str:
        """How people speak of it: the year it began and its number at this vendor."""
        return f"{self.created_at.year}-{self.number}"

    @property
    def is_in_progress(self) -> bool:
        """Whether answers may still change."""
        return self.state == State.IN_PROGRESS

    @property
    def is_submitted(self) -> bool:
        """Whether it waits for a manager."""
        return self.state == State.SUBMITTED

    @property
    def is_approved(self) -> bool:
        """Whether its result is frozen."""
        return self.state == State.APPROVED

    @property
    def is_open(self) -> bool:
        """Neither approved nor cancelled."""
        return self.state in OPEN_STATES

    @property
    def is_late(self) -> bool:
        """Open beyond its due date."""
        return self.is_open and self.due_on is not None and self.due_on < timezone.localdate()

    @property
    def days_left(self) -> int | None:
        """Days until the due date, negative when late."""
        return (self.due_on - timezone.localdate()).days if self.due_on else None

    @cached_property
    def helper_ids(self) -> set[Any]:
        """Keys of the named helpers. One query, unless they were prefetched."""
        return {user.pk for user in self.helpers.all()}

    @cached_property
    def answerer_ids(self) -> set[Any]:
        """Keys of everybody who gave one of the answers. One query."""
        return set(
            self.answers.exclude(answered_by=None).values_list("answered_by", flat=True).distinct()
        )

    @property
    def scored_on(self) -> date:
        """The day as of which it is computed: its own, else today in the organisation's zone."""
        return self.as_of or timezone.localdate()


class Answer(models.Model):
    """The answer to one criterion. Each has a row from the start; `version` guards saves."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="answers")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40, editable=False)
    version = models.PositiveIntegerField(default=0)

    is_answered = models.BooleanField(default=False)
    value = models.TextField(null=True, help_text=_("exact text; null with is_answered is never"))  # noqa: DJ001 - null is a value of its own
    valid_to = models.DateField(null=True)
    certifications = models.ManyToManyField(Certification, blank=True, related_name="answers")
    not_applicable = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    comment = models.TextField(blank=True)
    proposed_level = models.CharField(max_length=40, blank=True)
    level_valid_to = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    level = models.CharField(max_length=40, blank=True)
    rating = models.PositiveSmallIntegerField(null=True)
    consented = models.BooleanField(default=False, help_text=_("to not applicable"))
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["assessment", "criterion__position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["assessment", "code"], name="answer_unique"),
            models.CheckConstraint(
                condition=Q(not_applicable=False) | (~Q(reason="") & Q(is_answered=False)),
                name="answer_not_applicable_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(is_answered=True) | Q(value=None), name="answer_value_when_answered"
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__range=(0, 5)), name="answer_rating_0_to_5"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | Q(answered_by=None)
                | ~Q(decided_by=F("answered_by")),
                name="answer_decided_by_another",
            ),
            models.CheckConstraint(
                condition=_pair("answered_at", "answered_by"), name="answer_answered_pair"
            ),
            models.CheckConstraint(
                condition=_pair("decided_at", "decided_by"), name="answer_decided_pair"
            ),
            models.CheckConstraint(
                condition=Q(level="") | Q(decided_at__isnull=False),
                name="answer_level_when_decided",
            ),
            models.CheckConstraint(
                condition=Q(consented=False) | Q(not_applicable=True), name="answer_consent_to_na"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_done(self) -> bool:
        """Answered, or not applicable with a reason."""
        return self.is_answered or self.not_applicable
