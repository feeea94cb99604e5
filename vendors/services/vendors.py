"""Adding, editing and archiving vendors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vendors.models import Assessment, Contact, Site, Vendor, name_key
from vendors.services.audit import record_event
from vendors.services.refusals import Refused

if TYPE_CHECKING:
    from vetting.models import User


PROFILE = ["name", "legal_name", "website", "services", "languages", "headcount"]


def _profile(vendor: Vendor) -> dict[str, Any]:
    """The vendor's own fields, sites and contacts as the trail keeps them."""
    return {
        **{field: getattr(vendor, field) for field in PROFILE},
        "sites": list(vendor.sites.values("city", "country", "headcount")),
        "contacts": list(vendor.contacts.values("name", "email", "role")),
    }


@transaction.atomic
def add_vendor(
    *,
    vendor: Vendor,
    sites: list[Site],
    contacts: list[Contact],
    by: User | None,
) -> Vendor:
    """Store a new vendor with its sites and contacts.

    Raises Refused when a vendor with the same name exists.
    """
    vendor.name = " ".join(vendor.name.split())
    vendor.name_key = name_key(vendor.name)
    vendor.created_by_id = by.pk if by else None
    try:
        with transaction.atomic():
            vendor.save(force_insert=True)
    except IntegrityError as error:
        raise Refused(_("There is a vendor with this name already.")) from error
    _attach(vendor, sites, contacts)
    record_event(
        action="vendor.add", by=by, vendor=vendor, subject=vendor.name, after=_profile(vendor)
    )
    return vendor


@transaction.atomic
def edit_vendor(
    *,
    vendor: Vendor,
    sites: list[Site],
    contacts: list[Contact],
    removed: list[Site | Contact],
    before: dict[str, Any],
    by: User,
) -> Vendor:
    """Store a changed profile; `before` is `profile_of` the vendor as it was read.

    Raises Refused when another vendor has the new name.
    """
    vendor.name = " ".join(vendor.name.split())
    vendor.name_key = name_key(vendor.name)
    try:
        with transaction.atomic():
            vendor.save(update_fields=[*PROFILE, "name_key"])
    except IntegrityError as error:
        raise Refused(_("There is another vendor with this name.")) from error
    _refuse_sites_in_scope(removed)
    for gone in removed:
        gone.delete()
    _attach(vendor, sites, contacts)
    after = _profile(vendor)
    if after != before:
        record_event(
            action="vendor.edit",
            by=by,
            vendor=vendor,
            subject=vendor.name,
            before=before,
            after=after,
        )
    return vendor


def _refuse_sites_in_scope(removed: list[Site | Contact]) -> None:
    """Raise Refused when a site is in the scope of an open assessment, which would lose it."""
    sites = [row for row in removed if isinstance(row, Site)]
    scope = Assessment.objects.open().filter(sites__in=sites).distinct()
    if sites and scope.exists():
        raise Refused(_("An open assessment has this site in its scope. Take it out there first."))


def _attach(vendor: Vendor, sites: list[Site], contacts: list[Contact]) -> None:
    """Store sites and contacts as this vendor's."""
    for site in sites:
        site.vendor = vendor
        site.save()
    for contact in contacts:
        contact.vendor = vendor
        contact.save()


def profile_of(vendor: Vendor) -> dict[str, Any]:
    """What the trail compares an edit with. Two queries."""
    return _profile(vendor)


@transaction.atomic
def archive_vendor(*, vendor: Vendor, by: User) -> None:
    """Take a vendor out of the lists. Raises Refused while an assessment is open."""
    Vendor.objects.select_for_update(no_key=True).get(pk=vendor.pk)
    if vendor.assessments.open().exists():
        raise Refused(_("An assessment of this vendor is open. Finish or cancel it first."))
    if Vendor.objects.filter(pk=vendor.pk, archived_at=None).update(
        archived_at=timezone.now(), archived_by=by
    ):
        record_event(action="vendor.archive", by=by, vendor=vendor, subject=vendor.name)


@transaction.atomic
def restore_vendor(*, vendor: Vendor, by: User) -> None:
    """Bring an archived vendor back into the lists."""
    changed = Vendor.objects.filter(pk=vendor.pk, archived_at__isnull=False).update(
        archived_at=None, archived_by=None
    )
    if changed:
        record_event(action="vendor.restore", by=by, vendor=vendor, subject=vendor.name)
