"""The trail: who changed what, when, from where, from what to what. Rows are only ever added.

Database triggers refuse updates, deletions and replacements; each event is chained to the one before
it of the same chain by a keyed hash (`vendors.trail`), so that a change behind the app's back shows.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from vendors import scoring

if TYPE_CHECKING:
    _TextField = models.TextField[Any, Any]
else:
    _TextField = models.TextField


class CanonicalField(_TextField):
    """A value kept as canonical JSON text, so that its bytes can be proved."""

    def from_db_value(self, value: str | None, *_args: Any) -> Any:
        """The value; its numbers are exact."""
        return None if value is None else json.loads(value, parse_float=Decimal)

    def get_prep_value(self, value: Any) -> str | None:
        """The text; None stays NULL."""
        return None if value is None else scoring.canonical_json(value)


class AuditEvent(models.Model):
    """One change, written in the transaction that made it."""

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    actor_label = models.CharField(
        max_length=200, help_text=_("the name at the time, kept when the person is gone")
    )
    actor_role = models.CharField(max_length=20, blank=True, help_text=_("the role at the time"))
    origin = models.CharField(max_length=60, blank=True, help_text=_("address, or command"))
    action = models.CharField(max_length=60, help_text=_("noun.verb, such as answer.save"))
    vendor = models.ForeignKey("vendors.Vendor", on_delete=models.PROTECT, null=True)
    assessment = models.ForeignKey("vendors.Assessment", on_delete=models.PROTECT, null=True)
    subject = models.CharField(max_length=200, blank=True)
    before = CanonicalField(null=True)
    after = CanonicalField(null=True)
    reason = models.TextField(blank=True)

    chain = models.CharField(max_length=50, help_text=_("assessment:ID, vendor:ID or site"))
    sequence = models.PositiveIntegerField(help_text=_("1 and up within its chain"))
    previous = models.CharField(max_length=64, blank=True, help_text=_("digest of the one before"))
    digest = models.CharField(max_length=64, help_text=_("HMAC-SHA-256 over all of the above"))

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="event_sequence_unique"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["assessment", "id"], name="event_by_assessment"),
            models.Index(fields=["vendor", "id"], name="event_by_vendor"),
            models.Index(fields=["at"], name="event_by_moment"),
            models.Index(fields=["action", "id"], name="event_by_action"),
            models.Index(fields=["actor", "id"], name="event_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.action} {self.subject}".strip()


class ChainHead(models.Model):
    """The last event of a chain; locked while the next one is appended."""

    chain = models.CharField(max_length=50, primary_key=True)
    sequence = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.chain} {self.sequence}"


class Counter(models.Model):
    """The last number given under a name; locked while the next one is taken."""

    name = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"
