"""Comparisons that were kept: the list, and what the page of one shows."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs

from django.db.models import JSONField, Prefetch, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from scorecards.comparison import Asked, compare
from scorecards.comparison.document import comparison_document
from scorecards.comparison.since import Since, since_of
from scorecards.models import Choice, SavedComparison, Scorecard
from vendors import scoring
from vendors.models import Vendor
from vendors.permissions import Actor

#: How many the page without vendors offers.
LATEST = 5


@dataclass(frozen=True, slots=True)
class Option:
    """A vendor of a kept comparison that may be chosen, or why it may not."""

    id: str
    name: str
    is_sample: bool
    place: int | None
    score: dict[str, Any] | None
    approved: bool
    hindrance: str

    @property
    def is_open(self) -> bool:
        """Whether it may be chosen."""
        return not self.hindrance


def saved_comparisons(user: Actor, text: str = "") -> QuerySet[SavedComparison]:
    """All that the user may see, newest first, found by purpose or by a vendor's name.

    Each has `lead`, the sentence it says first, `offered`, its vendors by name, and `in_force`, a
    list with the choice that counts; the document itself is not loaded.
    """
    found = SavedComparison.objects.visible_to(user)
    if text:
        named = Vendor.objects.filter(name__icontains=text)
        holding = SavedComparison.vendors.through.objects.filter(vendor__in=named)
        found = found.filter(
            Q(purpose__icontains=text) | Q(pk__in=holding.values("savedcomparison_id"))
        )
    sentences = KeyTransform("sentences", Cast("document", JSONField()))
    return (
        found.select_related("saved_by")
        .defer("document", "note")
        .annotate(lead=KeyTextTransform("lead", sentences))
        .prefetch_related(
            Prefetch("vendors", Vendor.objects.order_by("name"), to_attr="offered"),
            Prefetch("choices", choices_in_force(), to_attr="in_force"),
        )
        .order_by("-pk")
    )


def latest_comparisons(user: Actor) -> list[SavedComparison]:
    """The latest few. Three queries."""
    return list(saved_comparisons(user)[:LATEST])


def saved_comparison_for(user: Actor, public_id: uuid.UUID) -> QuerySet[SavedComparison]:
    """The one with this id, with what its page shows."""
    found = SavedComparison.objects.visible_to(user).filter(public_id=public_id)
    return found.select_related("saved_by")


def choices_in_force() -> QuerySet[Choice]:
    """The choice of each comparison that no later one replaced."""
    return Choice.objects.filter(replaced_at=None).select_related("vendor", "decided_by")


def choices_of(saved: SavedComparison) -> list[Choice]:
    """Every choice made from it, the one in force first. One query."""
    return list(saved.choices.select_related("vendor", "decided_by").order_by("-pk"))


def documents_of(user: Actor, saved: SavedComparison) -> list[Scorecard]:
    """The PDFs made of it, newest first. One query."""
    found = Scorecard.objects.visible_to(user).filter(comparison=saved)
    return list(found.select_related("requested_by").defer("content").order_by("-pk"))


def document_of(saved: SavedComparison) -> dict[str, Any]:
    """What it said when it was kept."""
    found: dict[str, Any] = json.loads(saved.document, parse_float=Decimal)
    return found


def is_whole(saved: SavedComparison) -> bool:
    """Whether the figures still are those that were hashed when it was kept."""
    return scoring.digest(saved.document) == saved.digest


def since_saved(user: Actor, saved: SavedComparison, then: Mapping[str, Any]) -> Since:
    """Whether the same address shows the same figures today."""
    shown = compare(Vendor.objects.visible_to(user), Asked.from_query(parse_qs(saved.query)))
    if shown.table is None:
        return since_of(then, None)
    now = comparison_document(shown, shown.table)
    return since_of(then, json.loads(scoring.canonical_json(now), parse_float=Decimal))


def options_of(document: Mapping[str, Any], today: date) -> list[Option]:
    """The vendors of a kept comparison, in its order, as a choice offers them."""
    return [
        Option(
            id=vendor["id"],
            name=vendor["name"],
            is_sample=vendor["is_sample"],
            place=vendor["rank"],
            score=vendor["overall"],
            approved=vendor["assessment"]["approved"],
            hindrance=hindrance(vendor, today),
        )
        for vendor in document["vendors"]
    ]


def hindrance(vendor: Mapping[str, Any], today: date) -> str:
    """Why a vendor of a kept comparison cannot be chosen; "" where it can.

    Its gate then decides: pass, or every failed must-have waived until today or later.
    """
    if vendor["gate"] == scoring.PASS:
        return ""
    must_haves = vendor["must_haves"]
    waived = {
        item["code"] for item in vendor["waivers"] if date.fromisoformat(item["ends_on"]) >= today
    }
    failed = [item["code"] for item in must_haves["failed"] if item["code"] not in waived]
    if failed:
        return _("Not eligible: %s failed and no waiver holds.") % ", ".join(failed)
    if vendor["gate"] == scoring.FAIL:
        return ""
    pending = [item["code"] for item in must_haves["pending"]]
    if len(pending) > 3:
        return _("%d must-haves were not met yet.") % len(pending)
    return _("Not met yet: %s.") % ", ".join(pending)
