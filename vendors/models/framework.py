"""Published frameworks: the document is the truth, rows exist so that answers can point at them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from vendors import scoring

#: Parsed documents by fingerprint. A published one never changes, so none is ever stale.
_PARSED: dict[str, scoring.Framework] = {}


class Framework(models.Model):
    """One published version. Identity is slug and version, the fingerprint proves the content."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    document = models.TextField(help_text="canonical JSON")
    fingerprint = models.CharField(max_length=64)
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["slug", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["slug", "version"], name="framework_identity"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    @property
    def rules(self) -> scoring.Framework:
        """The framework as the engine reads it; parsed once a process."""
        if self.fingerprint not in _PARSED:
            _PARSED[self.fingerprint] = scoring.load_document(self.document)
        return _PARSED[self.fingerprint]


class FrameworkDraft(models.Model):
    """A framework file that an administrator looks at before it is published, or drops."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text = models.TextField(help_text="as it was uploaded")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"Draft {self.public_id}"


class Criterion(models.Model):
    """A criterion of one version: what an answer belongs to."""

    framework = models.ForeignKey(
        Framework, on_delete=models.PROTECT, related_name="criterion_rows"
    )
    category_code = models.CharField(max_length=40)
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar[list[str]] = ["framework", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["framework", "code"], name="criterion_code_unique"),
        ]

    def __str__(self) -> str:
        return self.code


class WeightProfile(models.Model):
    """Category weights under a name, for comparisons. A change is a new version, never an edit."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    framework_slug = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)
    description = models.TextField(blank=True)
    weights = models.JSONField(help_text="category code to weight as exact text; they sum to 100")
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["framework_slug", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["framework_slug", "name", "version"], name="weight_profile_identity"
            ),
            models.UniqueConstraint(
                fields=["framework_slug", "name"],
                condition=Q(retired_at=None),
                name="weight_profile_one_in_force",
            ),
        ]

    def __str__(self) -> str:
        return self.name
