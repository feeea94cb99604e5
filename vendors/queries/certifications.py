"""Entries of the certification register, as its pages read them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from vendors.models import Answer, Certification, State, Vendor
from vendors.permissions import Actor
from vendors.queries.vendor_filters import standards_of
from vendors.queries.vendors import all_frameworks, newest_of


def entry_for(user: Actor, public_id: UUID) -> QuerySet[Certification]:
    """The entry with this id as the user may see it, unless it was removed."""
    visible = Vendor.objects.visible_to(user)
    return Certification.objects.filter(
        public_id=public_id, removed_at=None, vendor__in=visible
    ).select_related("vendor")


def suggested_standards() -> list[str]:
    """The standards that the framework in force asks about. One query."""
    return standards_of(newest_of(all_frameworks().values()))


def answers_behind(entry: Certification) -> list[Answer]:
    """The answers that an entry backs, cancelled assessments aside. One query."""
    return list(
        entry.answers.exclude(assessment__state=State.CANCELLED)
        .select_related("assessment")
        .order_by("assessment", "pk")
    )
