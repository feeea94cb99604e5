"""Comparisons that were kept, and which vendor was chosen from one."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from vendors.models import Vendor
from vendors.permissions import Actor, can_read


class SavedComparisonQuerySet(models.QuerySet["SavedComparison"]):
    """Saved comparisons as somebody may see them."""

    def visible_to(self, user: Actor) -> SavedComparisonQuerySet:
        """All of them for staff with a role, none for anybody else."""
        return self if can_read(user) else self.none()


class SavedComparison(models.Model):
    """A comparison as it stood when somebody kept it. Written once; saving again makes another."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField(_("purpose"), max_length=200)
    note = models.TextField(_("note"), blank=True)
    query = models.TextField(help_text="the address that shows it anew, without the question mark")
    on = models.DateField(help_text=_("the day whose results count"))
    profile = models.CharField(max_length=80)
    document = models.TextField(help_text="canonical JSON of every figure")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the document")
    vendors = models.ManyToManyField(Vendor, related_name="comparisons")
    saved_at = models.DateTimeField(auto_now_add=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = SavedComparisonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(purpose=""), name="saved_comparison_has_purpose"),
        ]

    def __str__(self) -> str:
        return self.purpose

    def get_absolute_url(self) -> str:
        """Its own page."""
        return reverse("scorecards:comparison-detail", args=[self.public_id])


class Choice(models.Model):
    """Which vendor was chosen from a saved comparison, by whom and why. A later one replaces it."""

    comparison = models.ForeignKey(
        SavedComparison, on_delete=models.PROTECT, related_name="choices"
    )
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField(null=True, help_text=_("its rank; none: not ranked"))
    reason = models.TextField(_("reason"))
    decided_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="choice_has_reason"),
            models.UniqueConstraint(
                fields=["comparison"], condition=Q(replaced_at=None), name="choice_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.comparison}: {self.vendor}"
