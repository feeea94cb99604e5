"""Scorecards: the row is the job and the truth, the queue only wakes a worker."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from scorecards.models.comparisons import SavedComparison
from scorecards.models.signing import SigningCertificate
from scorecards.permissions import can_read_portfolio
from vendors.models import Assessment
from vendors.permissions import Actor, can_read

MAX_ATTEMPTS = 5
#: Longer than the task's hard time limit, so that a live worker never loses its claim.
LEASE = timedelta(
    seconds=getattr(settings, "SCORECARD_LEASE_SECONDS", settings.CELERY_TASK_TIME_LIMIT + 30)
)
#: A job that nobody picked up for so long is published again.
STALLED_AFTER = timedelta(seconds=getattr(settings, "SCORECARD_STALLED_SECONDS", 60))
#: Codes of the steps of building in their order; pages give them words.
CHECKING, DRAWING, SIGNING, STORING = STEPS = ("checking", "drawing", "signing", "storing")


class BuildState(models.TextChoices):
    """Where the building of a scorecard stands."""

    QUEUED = "queued", _("Waiting for a worker")
    BUILDING = "building", _("Being built")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be built")
    CANCELLED = "cancelled", _("Cancelled before it was built")


class Kind(models.TextChoices):
    """What a document is about."""

    VENDOR = "vendor", _("Scorecard")
    COMPARISON = "comparison", _("Comparison")
    PORTFOLIO = "portfolio", _("Portfolio")


class ScorecardQuerySet(models.QuerySet["Scorecard"]):
    """Scorecards as somebody may see them."""

    def visible_to(self, user: Actor) -> ScorecardQuerySet:
        """All of them for staff with a role, none for anybody else.

        Documents of the portfolio are for those who may read it.
        """
        if not can_read(user):
            return self.none()
        return self if can_read_portfolio(user) else self.exclude(kind=Kind.PORTFOLIO)


class Scorecard(models.Model):
    """One document. Its content is fixed when it is asked for; building only draws it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.VENDOR)
    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, null=True, related_name="scorecards"
    )
    comparison = models.ForeignKey(
        SavedComparison,
        on_delete=models.PROTECT,
        null=True,
        related_name="documents",
        help_text=_("the saved comparison that it prints; none: as the page showed it"),
    )
    number = models.CharField(
        max_length=20, blank=True, help_text=_("VET-YYYY-NNNN; drafts have none")
    )
    is_draft = models.BooleanField()
    issue = models.PositiveSmallIntegerField(
        default=1, help_text=_("1 is the first; a correction is one more than what it replaces")
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    reason = models.TextField(blank=True, help_text=_("why it replaces the earlier issue"))
    content = models.TextField(help_text="canonical JSON: the record")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the record")
    template_version = models.CharField(max_length=20)

    state = models.CharField(max_length=20, choices=BuildState, default=BuildState.QUEUED)
    step = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    token = models.PositiveIntegerField(
        default=0, help_text="fences off a builder that lost its lease"
    )
    lease_until = models.DateTimeField(null=True)
    woken_at = models.DateTimeField(null=True, help_text="when a worker was last told")
    error = models.TextField(blank=True)

    file = models.CharField(max_length=200, blank=True, help_text="name below the media folder")
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_size = models.PositiveIntegerField(null=True)
    pages = models.PositiveSmallIntegerField(null=True)
    unsigned_sha256 = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the file before it was signed"
    )
    unsigned_size = models.PositiveIntegerField(null=True)
    certificate = models.ForeignKey(
        SigningCertificate, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    withdrawal = models.TextField(blank=True, help_text=_("why it was withdrawn"))

    requested_at = models.DateTimeField(auto_now_add=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    wanted_at = models.DateTimeField(
        default=timezone.now, help_text=_("since when it waits: asked for, or asked for once more")
    )
    wanted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("whoever it is built for: may have it, and is told; none: a command"),
    )
    also_wanted_by = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        related_name="+",
        help_text=_("others who asked while it waits, and are told as well"),
    )
    ready_at = models.DateTimeField(null=True)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["digest", "template_version"], name="scorecard_unique"),
            models.UniqueConstraint(
                fields=["number"], condition=~Q(number=""), name="scorecard_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(is_draft=True, number="") | (Q(is_draft=False) & ~Q(number="")),
                name="scorecard_number_unless_draft",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready")
                | (~Q(file="") & ~Q(file_sha256="") & Q(ready_at__isnull=False)),
                name="scorecard_ready_has_file",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "building", "ready", "failed", "cancelled"]),
                name="scorecard_state_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="vendor", assessment__isnull=False, comparison=None)
                | Q(kind="comparison", assessment=None)
                | Q(kind="portfolio", assessment=None, comparison=None),
                name="scorecard_about_one_thing",
            ),
            models.UniqueConstraint(
                fields=["assessment"],
                condition=Q(kind="vendor", is_draft=False, replaces=None),
                name="scorecard_one_first_issue",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None, issue=1)
                | (Q(replaces__isnull=False, issue__gt=1, is_draft=False) & ~Q(reason="")),
                name="scorecard_replaces_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawal="")
                | (Q(withdrawn_at__isnull=False, is_draft=False) & ~Q(withdrawal="")),
                name="scorecard_withdrawn_with_reason",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "lease_until"], name="scorecard_by_state"),
            # What the public check looks for: without them SQLite reads every record.
            models.Index(fields=["file_sha256"], name="scorecard_by_file"),
            models.Index(fields=["unsigned_sha256"], name="scorecard_by_unsigned"),
        ]

    def __str__(self) -> str:
        return self.number or f"Draft {self.public_id}"

    def get_absolute_url(self) -> str:
        """The page that follows its building."""
        return reverse("scorecards:scorecard-detail", args=[self.public_id])

    @property
    def title(self) -> str:
        """How the trail names it: the number, with its kind where it is no scorecard."""
        name = self.number or str(_("Draft"))
        return name if self.kind == Kind.VENDOR else f"{Kind(self.kind).label}, {name}"

    @property
    def file_name(self) -> str:
        """The name of the file taken away: no word of it was typed by anybody."""
        kind = "scorecard" if self.kind == Kind.VENDOR else self.kind
        return f"{kind}-{self.number or 'draft-' + self.digest[:12]}.pdf"

    def asker_may_see(self) -> bool:
        """Whether whoever it is built for may still see it; a command always may."""
        if self.wanted_by is None:
            return True
        return Scorecard.objects.visible_to(self.wanted_by).filter(pk=self.pk).exists()

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be built."""
        return self.state in {BuildState.QUEUED, BuildState.BUILDING}


class NumberCounter(models.Model):
    """The last scorecard number of a year; locked while the next one is taken."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
