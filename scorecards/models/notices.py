"""What somebody who asked for a document is told once it is there, or once it failed."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from scorecards.models.bundles import Bundle
from scorecards.models.documents import Scorecard


class Outcome(models.TextChoices):
    """How it ended."""

    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be built")


class Notice(models.Model):
    """One thing that ended, for one person. The same thing asked for again makes another."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices"
    )
    scorecard = models.ForeignKey(
        Scorecard, on_delete=models.PROTECT, null=True, related_name="notices"
    )
    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, null=True, related_name="notices")
    outcome = models.CharField(max_length=20, choices=Outcome)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(scorecard__isnull=False, bundle=None)
                | Q(scorecard=None, bundle__isnull=False),
                name="notice_about_one_thing",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "seen_at"], name="notice_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.scorecard or self.bundle} {self.outcome}"
