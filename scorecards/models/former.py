"""Files of a document that were given out before it was built again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from scorecards.models.documents import Scorecard


class FormerFile(models.Model):
    """A file that was lost or damaged here and may be in other hands: its bytes are as genuine.

    Built again, a document begins with the same bytes, but its signature carries another moment.
    """

    scorecard = models.ForeignKey(Scorecard, on_delete=models.PROTECT, related_name="former_files")
    file_sha256 = models.CharField(max_length=64, db_index=True)
    built_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scorecard", "file_sha256"], name="former_file_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard}: {self.file_sha256}"
