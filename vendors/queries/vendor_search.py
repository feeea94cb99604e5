"""Vendors by what somebody types, and those rated last: to choose among many without a long list."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Case, QuerySet, TextField, Value, When
from django.db.models.functions import Cast

from vendors.models import Vendor, name_key
from vendors.permissions import Actor
from vendors.queries.vendor_conditions import all_words

#: Longer texts are cut: no name is found by more.
MOST_LETTERS = 100


def typed(text: str) -> str:
    """What was typed, without what no name holds: "" where nothing is left."""
    return " ".join(text.replace("\x00", "").split())[:MOST_LETTERS]


def vendors_found(user: Actor, text: str, *, besides: Collection[UUID] = ()) -> QuerySet[Vendor]:
    """Current vendors that hold each word in name, legal name, service or country.

    Those whose name begins with the text come first, then rated ones, then by name. `besides`
    are public ids of vendors that stay out. None for an empty text.
    """
    wanted = typed(text)
    if not wanted:
        return Vendor.objects.none()
    begins = When(name_key__startswith=name_key(wanted), then=Value(0))
    found = _shown(user, besides).annotate(services_text=Cast("services", TextField()))
    return found.filter(all_words(wanted.split())).order_by(
        Case(begins, default=Value(1)),
        Case(When(latest_result=None, then=Value(1)), default=Value(0)),
        "name_key",
    )


def latest_rated(user: Actor) -> QuerySet[Vendor]:
    """Current vendors with a result, the one approved last first."""
    return _shown(user, ()).filter(latest_result__isnull=False).order_by("-latest_result")


def _shown(user: Actor, besides: Collection[UUID]) -> QuerySet[Vendor]:
    """Current vendors with result and framework, without their documents."""
    return (
        Vendor.objects.visible_to(user)
        .current()
        .exclude(public_id__in=besides)
        .select_related("latest_result__assessment__framework")
        .defer("latest_result__snapshot", "latest_result__assessment__framework__document")
    )
