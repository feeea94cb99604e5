"""Vendors, the sites they deliver from and the people to talk to."""

from __future__ import annotations

import uuid
from functools import cached_property
from operator import itemgetter
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from vendors.countries import COUNTRIES
from vendors.permissions import Actor, can_read

#: Services that a vendor may deliver; a portable file may name others, which are shown as they are.
SERVICES = {
    "voice": _("Voice"),
    "chat": _("Chat"),
    "email": _("E-mail"),
    "back_office": _("Back office"),
    "claims": _("Claims intake"),
    "collections": _("Collections"),
    "content_moderation": _("Content moderation"),
    "payroll": _("Payroll"),
    "it_support": _("IT support"),
    "data_entry": _("Data entry"),
    "sales": _("Sales"),
}


COUNTRY_CHOICES = sorted(COUNTRIES.items(), key=itemgetter(1))


def name_key(name: str) -> str:
    """What spellings of one name have in common: trimmed, one space between words, casefolded."""
    return " ".join(name.split()).casefold()


class VendorQuerySet(models.QuerySet["Vendor"]):
    """Vendors as somebody may see them."""

    def visible_to(self, user: Actor) -> VendorQuerySet:
        """All vendors for staff with a role, none for anybody else."""
        return self if can_read(user) else self.none()

    def current(self) -> VendorQuerySet:
        """Those that are not archived."""
        return self.filter(archived_at=None)


class Vendor(models.Model):
    """A company that is, or may be, given work."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    name_key = models.CharField(max_length=400, unique=True, editable=False)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    services = models.JSONField(_("services"), default=list, blank=True)
    languages = models.JSONField(_("languages"), default=list, blank=True)
    headcount = models.PositiveIntegerField(
        _("headcount"), null=True, blank=True, validators=[MaxValueValidator(10_000_000)]
    )
    is_sample = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, editable=False)
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )

    latest_result = models.ForeignKey(
        "vendors.AssessmentResult",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        help_text=_("the latest approved one; set by approval alone"),
    )

    objects = VendorQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(name=""), name="vendor_has_name"),
            models.CheckConstraint(
                condition=Q(archived_at=None, archived_by=None)
                | Q(archived_at__isnull=False, archived_by__isnull=False),
                name="vendor_archived_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The vendor's own page."""
        return reverse("vendors:vendor-detail", args=[self.public_id])

    def is_worked_on_by(self, user_id: Any) -> bool:
        """Whether the user owns or helps with one of this vendor's assessments. One query."""
        return self.assessments.filter(Q(owner_id=user_id) | Q(helpers=user_id)).exists()

    @property
    def service_labels(self) -> list[str]:
        """The services in words."""
        return [str(SERVICES.get(code, code)) for code in self.services]


class Site(models.Model):
    """A place that the vendor delivers from."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="sites")
    city = models.CharField(_("city"), max_length=120)
    country = models.CharField(_("country"), max_length=2, choices=COUNTRY_CHOICES)
    headcount = models.PositiveIntegerField(
        _("people"), null=True, blank=True, validators=[MaxValueValidator(10_000_000)]
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"{self.city}, {self.country}"


class Contact(models.Model):
    """Somebody at the vendor."""

    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    role = models.CharField(_("role"), max_length=120, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return self.name or self.email


class Standing(models.TextChoices):
    """Whether an issuer still stands by a certification; its end date is asked apart."""

    IN_FORCE = "in_force", _("In force")
    SUSPENDED = "suspended", _("Suspended")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class CertificationQuerySet(models.QuerySet["Certification"]):
    """Register entries."""

    def standing(self) -> CertificationQuerySet:
        """Entries in force that are neither removed nor renewed: none of the standard ends later.

        A withdrawn or suspended one is none of them, and renews nothing.
        """
        same = Certification.objects.filter(
            vendor=models.OuterRef("vendor"),
            standard=models.OuterRef("standard"),
            removed_at=None,
            status=Standing.IN_FORCE,
        )
        later = same.filter(Q(expires_on=None) | Q(expires_on__gt=models.OuterRef("expires_on")))
        renewed = models.Exists(later.exclude(pk=models.OuterRef("pk")))
        return self.filter(~renewed, removed_at=None, status=Standing.IN_FORCE)


class Certification(models.Model):
    """An entry of the vendor's certification register."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE, related_name="certifications")
    standard = models.CharField(_("standard"), max_length=80)
    level = models.CharField(_("level"), max_length=80, blank=True)
    issuer = models.CharField(_("issued by"), max_length=160, blank=True)
    number = models.CharField(_("number"), max_length=80, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("ends on"), null=True, blank=True)
    removed_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )

    status = models.CharField(
        max_length=20, choices=Standing, default=Standing.IN_FORCE, editable=False
    )
    status_on = models.DateField(null=True, editable=False)
    status_at = models.DateTimeField(null=True, editable=False)
    status_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    status_reason = models.TextField(blank=True, editable=False)

    verified_at = models.DateTimeField(null=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
    )
    verified_where = models.CharField(max_length=300, blank=True, editable=False)

    objects = CertificationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["standard", "pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(issued_on=None)
                | Q(expires_on=None)
                | Q(expires_on__gte=models.F("issued_on")),
                name="certification_ends_after_issue",
                violation_error_message=_("The end lies before the day of issue."),
            ),
            models.CheckConstraint(condition=~Q(standard=""), name="certification_has_standard"),
            models.CheckConstraint(
                condition=Q(status="in_force")
                | (Q(status_at__isnull=False, status_on__isnull=False) & ~Q(status_reason="")),
                name="certification_status_why",
            ),
            models.CheckConstraint(
                condition=Q(verified_at=None, verified_by=None, verified_where="")
                | (Q(verified_at__isnull=False, verified_by__isnull=False) & ~Q(verified_where="")),
                name="certification_verified_where",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None)
                | Q(added_by=None)
                | ~Q(verified_by=models.F("added_by")),
                name="certification_verified_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.standard} {self.level}".strip()

    def get_absolute_url(self) -> str:
        """The entry's own page."""
        return reverse("vendors:certification-detail", args=[self.public_id])

    @cached_property
    def writer_ids(self) -> set[Any]:
        """Keys of everybody who added it or changed what it says. One query."""
        written = self.vendor.auditevent_set.filter(
            action__in=["certification.add", "certification.edit"]
        )
        wanted = str(self.public_id)
        found: Any = written.values_list("actor", "after")
        return {self.added_by_id, *(one for one, after in found if after["entry"] == wanted)}

    @property
    def is_in_force(self) -> bool:
        """Whether its issuer stands by it; it may have ended all the same."""
        return self.status == Standing.IN_FORCE

    @property
    def is_verified(self) -> bool:
        """Whether somebody checked what it says now, and its issuer stands by it."""
        return self.verified_at is not None and self.is_in_force

    @property
    def is_standing(self) -> bool:
        """In the register and in force: only then may it back another answer."""
        return self.removed_at is None and self.is_in_force


__all__ = ["SERVICES", "Certification", "Contact", "Site", "Standing", "Vendor", "name_key"]
