"""Many scorecards asked for at once: the row is the job, its items say what became of each."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from scorecards.models.documents import Scorecard
from vendors.models import Assessment
from vendors.permissions import Actor, can_read


class BundleState(models.TextChoices):
    """Where a bundle stands."""

    PREPARING = "preparing", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be prepared")
    CANCELLED = "cancelled", _("Cancelled")


class ItemState(models.TextChoices):
    """Where one document of a bundle stands; what is asked for stands as its scorecard does."""

    WAITING = "waiting", _("Not asked for yet")
    ASKED = "asked", _("Asked for")
    REFUSED = "refused", _("There is none")


class BundleQuerySet(models.QuerySet["Bundle"]):
    """Bundles as somebody may see them."""

    def visible_to(self, user: Actor) -> BundleQuerySet:
        """A person's own, while they have a role."""
        return self.filter(requested_by=user.pk) if can_read(user) else self.none()


class Bundle(models.Model):
    """Scorecards of many vendors, asked for together and handed out as one ZIP."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=300, help_text="what was asked for, in words")
    source = models.TextField(blank=True, help_text="the address that it was asked for on")
    state = models.CharField(max_length=20, choices=BundleState, default=BundleState.PREPARING)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.PositiveIntegerField(
        default=0, help_text="fences off a worker that lost its lease"
    )
    lease_until = models.DateTimeField(null=True)
    woken_at = models.DateTimeField(null=True, help_text="when a worker was last told")
    error = models.TextField(blank=True)
    requested_at = models.DateTimeField(auto_now_add=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bundles"
    )
    ready_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=200, blank=True, help_text="name below the media folder")
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_size = models.PositiveBigIntegerField(null=True)

    objects = BundleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=["preparing", "ready", "failed", "cancelled"]),
                name="bundle_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready")
                | (~Q(file="") & ~Q(file_sha256="") & Q(ready_at__isnull=False)),
                name="bundle_ready_has_file",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page that follows its preparation."""
        return reverse("scorecards:bundle-detail", args=[self.public_id])


class BundleItem(models.Model):
    """One document of a bundle: whose, and what became of it."""

    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=ItemState, default=ItemState.WAITING)
    scorecard = models.ForeignKey(
        Scorecard, on_delete=models.PROTECT, null=True, related_name="items"
    )
    is_origin = models.BooleanField(
        default=False, help_text="the document is being built for this bundle alone"
    )
    error = models.TextField(blank=True, help_text="why there is none")

    class Meta:
        ordering: ClassVar[list[str]] = ["bundle", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["bundle", "assessment"], name="bundle_item_unique"),
            models.CheckConstraint(
                condition=Q(state="asked", scorecard__isnull=False)
                | Q(state__in=["waiting", "refused"], scorecard=None),
                name="bundle_item_has_scorecard_once_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bundle}: {self.assessment}"
