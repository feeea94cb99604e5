"""How often an address has checked scorecards on the public page, for a minute at a time."""

from __future__ import annotations

from django.db import models


class CheckWindow(models.Model):
    """Checks of one address within one minute. The address itself is not kept, a keyed hash is."""

    who = models.CharField(max_length=64, help_text="keyed hash of the address and the minute")
    begins_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["who"], name="check_window_unique"),)

    def __str__(self) -> str:
        return f"{self.begins_at}: {self.count}"
