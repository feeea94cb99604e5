"""Answers: one row a criterion of an assessment, there from the start."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from vendors.models.assessment import Assessment, known_together
from vendors.models.framework import Criterion
from vendors.models.vendor import Certification

TEXT_LIMIT = 10_000


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

    is_carried = models.BooleanField(
        default=False, help_text=_("carried over with its decision, not asked again")
    )

    level = models.CharField(max_length=40, blank=True)
    rating = models.PositiveSmallIntegerField(null=True)
    consented = models.BooleanField(default=False, help_text=_("to not applicable"))
    remark = models.TextField(
        blank=True, help_text=_("the reviewer's, to whoever reads the answer")
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    returned_at = models.DateTimeField(null=True, help_text=_("sent back; until it is decided"))
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    return_remark = models.TextField(blank=True)
    corrected_at = models.DateTimeField(null=True, help_text=_("saved again since it was returned"))

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
                condition=known_together("answered_at", "answered_by"), name="answer_answered_pair"
            ),
            models.CheckConstraint(
                condition=known_together("decided_at", "decided_by"), name="answer_decided_pair"
            ),
            models.CheckConstraint(
                condition=Q(level="") | Q(decided_at__isnull=False),
                name="answer_level_when_decided",
            ),
            models.CheckConstraint(
                condition=Q(consented=False) | Q(not_applicable=True), name="answer_consent_to_na"
            ),
            models.CheckConstraint(
                condition=Q(returned_at=None, returned_by=None, return_remark="", corrected_at=None)
                | (Q(returned_at__isnull=False) & ~Q(return_remark="")),
                name="answer_returned_with_remark",
            ),
            models.CheckConstraint(
                condition=Q(returned_at=None) | Q(decided_at=None),
                name="answer_returned_or_decided",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_done(self) -> bool:
        """Answered, or not applicable with a reason."""
        return self.is_answered or self.not_applicable

    @property
    def is_returned(self) -> bool:
        """Sent back and not saved again since."""
        return self.returned_at is not None and self.corrected_at is None
