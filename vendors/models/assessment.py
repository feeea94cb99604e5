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

from vendors.models.framework import Framework
from vendors.models.states import (
    BLIND_STATES,
    FROZEN_STATES,
    OPEN_STATES,
    InState,
    State,
)
from vendors.models.vendor import Site, Vendor
from vendors.permissions import Actor, can_read

if TYPE_CHECKING:
    from vendors.models.result import AssessmentResult


#: Events of those who fill an assessment in.
FILLING = ("answer.save", "answer.evidence", "assessment.submit", "assessment.resubmit")


def known_together(moment: str, person: str) -> Q:
    """Moment and person are known together; an import may lack the person, not the moment."""
    return Q(**{f"{moment}__isnull": False}) | Q(**{person: None})


def _another(one: str, other: str) -> Q:
    """Two people who must not be one; either may be missing."""
    return Q(**{one: None}) | Q(**{other: None}) | ~Q(**{one: F(other)})


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    """Assessments as somebody may see them."""

    def visible_to(self, user: Actor) -> AssessmentQuerySet:
        """All assessments for staff with a role, none for anybody else."""
        return self if can_read(user) else self.none()

    def open(self) -> AssessmentQuerySet:
        """Those that still move towards a decision."""
        return self.filter(state__in=OPEN_STATES)

    def frozen(self) -> AssessmentQuerySet:
        """Those that were decided, in force or not."""
        return self.filter(state__in=FROZEN_STATES)


class Assessment(InState, models.Model):
    """One vetting. Scope, intake, tier, owner and due date live here, not on the vendor."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="assessments")
    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="assessments")
    framework_slug = models.CharField(max_length=80, editable=False)
    number = models.PositiveIntegerField(help_text=_("counts the vendor's assessments"))
    state = models.CharField(max_length=30, choices=State, default=State.IN_PROGRESS)
    previous = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="next_ones",
        help_text=_("the assessment whose answers this one carries over"),
    )
    targets = models.JSONField(
        default=list, help_text=_("codes that a targeted reassessment asks again; empty: all")
    )

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
    returned_at = models.DateTimeField(
        null=True, help_text=_("when answers last went back, or all of it was taken back")
    )
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    return_reason = models.TextField(blank=True)

    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    needs_second_review = models.BooleanField(default=False)
    second_reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, help_text=_("when it was passed to approval"))

    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approval_note = models.TextField(blank=True)
    rejected_at = models.DateTimeField(null=True)
    rejected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reject_reason = models.TextField(blank=True)
    superseded_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    close_reason = models.TextField(blank=True)
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
                condition=Q(state__in=list(OPEN_STATES)),
                name="assessment_one_open",
                violation_error_message=_("This vendor has an open assessment already."),
            ),
            models.UniqueConstraint(fields=["vendor", "number"], name="assessment_number_unique"),
            models.CheckConstraint(condition=Q(tier__in=[1, 2, 3]), name="assessment_tier_1_to_3"),
            models.CheckConstraint(
                condition=Q(state__in=list(State)),
                name="assessment_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(
                    state__in=["approved", "approved_with_conditions", "superseded", "closed"]
                )
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
                condition=~Q(state="rejected")
                | (
                    Q(rejected_at__isnull=False, rejected_by__isnull=False, as_of__isnull=False)
                    & ~Q(reject_reason="")
                ),
                name="assessment_rejected_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="superseded") | Q(superseded_at__isnull=False),
                name="assessment_superseded_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(close_reason="")),
                name="assessment_closed_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["intake", "in_progress", "cancelled"])
                | Q(submitted_at__isnull=False),
                name="assessment_submitted_when",
            ),
            # who fills, who reviews and who approves are different people
            models.CheckConstraint(
                condition=_another("reviewer", "submitted_by"), name="assessment_reviewer_another"
            ),
            models.CheckConstraint(
                condition=_another("second_reviewer", "submitted_by"),
                name="assessment_second_another",
            ),
            models.CheckConstraint(
                condition=_another("reviewer", "second_reviewer"),
                name="assessment_reviewers_are_two",
            ),
            models.CheckConstraint(
                condition=_another("approved_by", "submitted_by"),
                name="assessment_approver_filled_nothing",
            ),
            models.CheckConstraint(
                condition=Q(tier=3)
                | (
                    _another("approved_by", "reviewer") & _another("approved_by", "second_reviewer")
                ),
                name="assessment_approver_reviewed_nothing",
            ),
            models.CheckConstraint(
                condition=known_together("returned_at", "returned_by"),
                name="assessment_returned_pair",
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
    def waits_for_second_reviewer(self) -> bool:
        """Whether a second reviewer is asked for and nobody has taken it."""
        return self.needs_second_review and self.second_reviewer_id is None

    @property
    def is_blind(self) -> bool:
        """Whether two reviewers work without seeing each other's decisions."""
        return self.needs_second_review and self.state in BLIND_STATES

    @property
    def needs_no_approver(self) -> bool:
        """Whether its reviewer may approve it: in tier 3, unless a manager lowered it to that."""
        return self.tier == 3 and not self.tier_reason

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

    @cached_property
    def earlier_ids(self) -> set[Any]:
        """Keys of everybody who ever gave an answer or submitted, as the trail tells. One query.

        Another owner, an answer given anew or a submission taken back changes nothing of it.
        """
        filled = self.auditevent_set.filter(action__in=FILLING).exclude(actor=None)
        return set(filled.order_by().values_list("actor", flat=True).distinct())

    def forget_people(self) -> None:
        """Read again, when next asked, who helps and who answered."""
        for name in ("helper_ids", "answerer_ids", "earlier_ids"):
            self.__dict__.pop(name, None)

    @property
    def scored_on(self) -> date:
        """The day as of which it is computed: its own, else today in the organisation's zone."""
        return self.as_of or timezone.localdate()
