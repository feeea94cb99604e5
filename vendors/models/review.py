"""Reviews: who goes through an assessment's answers, and what each decided."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vendors.models.answer import Answer
from vendors.models.assessment import Assessment


class Review(models.Model):
    """One reviewer's part in an assessment. The second one is blind until both are done."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    position = models.PositiveSmallIntegerField(help_text=_("1 leads and moderates, 2 is second"))
    declared_at = models.DateTimeField(
        help_text=_("no conflict of interest, declared by taking it")
    )
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["assessment", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["assessment", "position"], name="review_position_unique"
            ),
            models.UniqueConstraint(
                fields=["assessment", "reviewer"], name="review_reviewer_unique"
            ),
            models.CheckConstraint(condition=Q(position__in=[1, 2]), name="review_position_1_or_2"),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.position}"


class Mark(models.Model):
    """What one reviewer decided on one answer. With one reviewer the answer takes it at once.

    With two, answers take their outcome when both are done, so that neither sees the other's.
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="marks")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="marks")
    version = models.PositiveIntegerField(default=1)
    level = models.CharField(max_length=40, blank=True)
    rating = models.PositiveSmallIntegerField(null=True)
    consented = models.BooleanField(default=False)
    remark = models.TextField(blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["review", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["review", "answer"], name="mark_unique"),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__range=(0, 5)), name="mark_rating_0_to_5"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.level}"


class Moderation(models.Model):
    """How a difference of 20 points or more between two reviewers was settled."""

    answer = models.OneToOneField(Answer, on_delete=models.PROTECT, related_name="moderation")
    spread = models.CharField(max_length=80, help_text=_("points of the criterion, exact fraction"))
    level = models.CharField(max_length=40, blank=True)
    rating = models.PositiveSmallIntegerField(null=True)
    consented = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["answer"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None)
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(reason="")),
                name="moderation_settled_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.spread}"
