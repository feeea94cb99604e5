"""The trail: who changed what, when, from what to what. Rows are only ever added."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """One change, written in the transaction that made it."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    actor_label = models.CharField(
        max_length=200, help_text=_("the name at the time, kept when the person is gone")
    )
    action = models.CharField(max_length=60, help_text=_("noun.verb, such as answer.save"))
    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.PROTECT, null=True)
    assessment = models.ForeignKey("vendors.Assessment", on_delete=models.PROTECT, null=True)
    subject = models.CharField(max_length=200, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["assessment", "id"], name="event_by_assessment"),
            models.Index(fields=["vendor", "id"], name="event_by_vendor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.action} {self.subject}".strip()
