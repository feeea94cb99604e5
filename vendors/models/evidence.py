"""Evidence: documents behind answers, each version of each kept with its hash."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from vendors.models.answer import Answer
from vendors.models.vendor import Certification, Vendor
from vendors.permissions import Actor, can_read


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Evidence as somebody may see it."""

    def visible_to(self, user: Actor) -> EvidenceQuerySet:
        """All evidence for staff with a role, none for anybody else."""
        return self if can_read(user) else self.none()

    def kept(self) -> EvidenceQuerySet:
        """What was not removed."""
        return self.filter(removed_at=None)


class Evidence(models.Model):
    """A document of a vendor's register. Its files are versions: replaced, never overwritten."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="evidence")
    number = models.PositiveIntegerField(help_text=_("counts the vendor's documents: E-12"))
    title = models.CharField(_("title"), max_length=200)
    issuer = models.CharField(_("issued by"), max_length=160, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("ends on"), null=True, blank=True)
    certification = models.ForeignKey(
        Certification,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        help_text=_("the register entry that this is the certificate of"),
    )
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    remove_reason = models.TextField(blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["vendor", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["vendor", "number"], name="evidence_number_unique"),
            models.CheckConstraint(condition=~Q(title=""), name="evidence_has_title"),
            models.CheckConstraint(
                condition=Q(issued_on=None)
                | Q(expires_on=None)
                | Q(expires_on__gte=F("issued_on")),
                name="evidence_ends_after_issue",
                violation_error_message=_("The end lies before the day of issue."),
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by=None, remove_reason="")
                | (Q(removed_at__isnull=False, removed_by__isnull=False) & ~Q(remove_reason="")),
                name="evidence_removed_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    @property
    def label(self) -> str:
        """How pages and documents cite it."""
        return f"E-{self.number}"


class PageState(models.TextChoices):
    """Where the page images of a file stand; the row is the job."""

    NONE = "none", _("No pages to show")
    QUEUED = "queued", _("Waiting for a worker")
    BUILDING = "building", _("Being drawn")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Cannot be drawn")


class EvidenceFile(models.Model):
    """One version of a document, stored under a random name, never changed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="files")
    version = models.PositiveSmallIntegerField(default=1)
    is_current = models.BooleanField(default=True)
    original_name = models.CharField(max_length=255, help_text=_("as text only, never as a path"))
    kind = models.CharField(max_length=10, help_text=_("pdf, png, jpeg, docx, xlsx, csv, txt, eml"))
    size = models.PositiveIntegerField(help_text=_("bytes"))
    sha256 = models.CharField(max_length=64)
    stored_name = models.CharField(max_length=80, unique=True)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    replace_reason = models.TextField(blank=True)

    page_state = models.CharField(max_length=10, choices=PageState, default=PageState.NONE)
    page_count = models.PositiveSmallIntegerField(default=0, help_text=_("images that were drawn"))
    page_total = models.PositiveIntegerField(default=0, help_text=_("pages that the file has"))
    page_error = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.PositiveIntegerField(default=0, help_text="fences off who lost the lease")
    lease_until = models.DateTimeField(null=True)
    woken_at = models.DateTimeField(null=True, help_text="when a worker was last told")

    class Meta:
        ordering: ClassVar[list[str]] = ["evidence", "-version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["evidence", "version"], name="evidence_file_version_unique"
            ),
            models.UniqueConstraint(
                fields=["evidence"],
                condition=Q(is_current=True),
                name="evidence_file_one_current",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["pdf", "png", "jpeg", "docx", "xlsx", "csv", "txt", "eml"]),
                name="evidence_file_kind_known",
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="evidence_file_not_empty"),
        ]

    def __str__(self) -> str:
        return self.original_name


class AnswerEvidence(models.Model):
    """A document that an answer cites. Locked with the answer."""

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="evidence_links")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="answer_links")
    page = models.CharField(_("page"), max_length=60, blank=True)
    linked_at = models.DateTimeField(auto_now_add=True)
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["answer", "evidence"], name="answer_evidence_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.evidence_id}"
