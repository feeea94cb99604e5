"""Keeping comparisons, and recording which vendor was chosen from one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from scorecards.comparison import FEWEST, Comparison
from scorecards.comparison.address import kept_address
from scorecards.comparison.document import comparison_document
from scorecards.models import Choice, SavedComparison
from scorecards.queries.saved import choices_in_force, document_of, hindrance, is_whole
from vendors import scoring
from vendors.models import Vendor
from vendors.services.audit import record_event
from vendors.services.refusals import Refused

if TYPE_CHECKING:
    from vetting.models import User

#: The same kept twice within so long is one click too many, not two comparisons.
A_MOMENT = timedelta(minutes=1)


class StaleChoice(Refused):
    """Somebody recorded a choice since the form was drawn."""


@transaction.atomic
def save_comparison(
    *, comparison: Comparison, purpose: str, note: str = "", by: User
) -> SavedComparison:
    """Keep a comparison as it stands, and return it: the one just kept where it says the same.

    Raises Refused without a purpose, and where fewer than two vendors stand side by side.
    """
    table = comparison.table
    if table is None or len(table.columns) < FEWEST:
        raise Refused(_("A comparison needs at least two vendors with figures."))
    if not purpose.strip():
        raise Refused(_("Say what the comparison is for."))
    document = comparison_document(comparison, table, purpose=purpose.strip(), note=note.strip())
    text = scoring.canonical_json(document)
    # a double click asks twice at once: the second waits here and finds the first one's row
    get_user_model().objects.select_for_update().get(pk=by.pk)
    same = SavedComparison.objects.filter(
        digest=scoring.digest(text), saved_by=by, saved_at__gte=timezone.now() - A_MOMENT
    ).first()
    return same or _kept(comparison, document, text, by=by)


def _kept(
    comparison: Comparison, document: dict[str, Any], text: str, *, by: User
) -> SavedComparison:
    """Store the row with its vendors, and record it."""
    saved = SavedComparison.objects.create(
        purpose=document["purpose"],
        note=document["note"],
        query=kept_address(comparison.asked),
        on=document["on"],
        profile=document["profile"]["name"],
        document=text,
        digest=scoring.digest(text),
        saved_by=by,
    )
    names = {vendor["id"]: vendor["name"] for vendor in document["vendors"]}
    saved.vendors.set(Vendor.objects.filter(public_id__in=names))
    record_event(
        action="comparison.save",
        by=by,
        subject=saved.purpose,
        after={
            "digest": saved.digest,
            "vendors": list(names.values()),
            "profile": saved.profile,
            "on": document["on"],
            "query": saved.query,
        },
    )
    return saved


@transaction.atomic
def choose_vendor(
    *, comparison: SavedComparison, vendor_id: str, reason: str, seen: int = 0, by: User
) -> Choice:
    """Record which vendor was chosen, in place of the choice in force, and return it.

    `seen` is the key of the choice that stood on the form, 0 for none. Raises StaleChoice where
    another one stands now, Refused without a reason, for a vendor that is not part of the
    comparison, and for one that its gate kept out.
    """
    saved = SavedComparison.objects.select_for_update().get(pk=comparison.pk)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why this vendor was chosen."))
    figures = _choosable(saved, vendor_id)
    earlier = choices_in_force().filter(comparison=saved).first()
    _check_seen(earlier, seen)
    if earlier is not None:
        Choice.objects.filter(pk=earlier.pk).update(replaced_at=timezone.now())
    vendor = Vendor.objects.get(public_id=vendor_id)
    if vendor.archived_at is not None:
        raise Refused(_("%s was archived since, so it cannot be chosen.") % vendor.name)
    choice = Choice.objects.create(
        comparison=saved, vendor=vendor, place=figures["rank"], reason=reason, decided_by=by
    )
    record_event(
        action="comparison.choose",
        by=by,
        vendor=vendor,
        subject=saved.purpose,
        before=earlier and {"vendor": earlier.vendor.name, "place": earlier.place},
        after={"vendor": vendor.name, "place": choice.place, "digest": saved.digest},
        reason=reason,
    )
    return choice


def _choosable(saved: SavedComparison, vendor_id: str) -> dict[str, Any]:
    """What the document says of the vendor. Raises Refused where it cannot be chosen."""
    if not is_whole(saved):
        raise Refused(_("The stored figures are not those that were saved. Nothing is chosen."))
    for vendor in document_of(saved)["vendors"]:
        if vendor["id"] == vendor_id:
            found: dict[str, Any] = vendor
            if why := hindrance(found, timezone.localdate()):
                raise Refused(f"{found['name']}: {why}")
            return found
    raise Refused(_("This vendor is not part of the comparison."))


def _check_seen(earlier: Choice | None, seen: int) -> None:
    """Raise StaleChoice unless the choice in force is the one that was seen."""
    if (earlier.pk if earlier else 0) == seen:
        return
    if earlier is None:
        raise StaleChoice(_("The choice that you saw is gone. Look again, then choose."))
    words = _(
        "%(who)s recorded a choice meanwhile: %(vendor)s. Nothing was changed. Read the reason "
        "above, then choose again if you still want to."
    )
    raise StaleChoice(words % {"who": earlier.decided_by, "vendor": earlier.vendor.name})
