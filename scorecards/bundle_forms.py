"""From the address that a bundle is asked for on, and what is ticked there, to vendors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qs
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scorecards.comparison import Asked
from scorecards.models import SavedComparison
from scorecards.queries.bundles import Selection, in_force, named, selection
from vendors.forms.vendor_filters import chips_of, read_filters
from vendors.models import Vendor
from vendors.permissions import Actor
from vendors.queries.vendor_filters import STATUSES, matching, options
from vendors.queries.vendors import all_frameworks, newest_of

IN_FORCE, FILTER, COMPARED, SAVED = "in_force", "filter", "compared", "saved"
#: Says in an address that the rest of it is that of the vendor list.
OF_VENDORS = "vendors"


@dataclass(frozen=True)
class Offer:
    """Vendors whose scorecards may be asked for together: `title` is what the bundle is called."""

    code: str
    label: str | Promise
    title: str
    vendors: QuerySet[Vendor]
    drafts_of: frozenset[UUID] = frozenset()

    def select(self, *, decided_only: bool) -> Selection:
        """One scorecard a vendor."""
        return selection(
            self.vendors,
            decided_only=decided_only or self.code == IN_FORCE,
            drafts_of=self.drafts_of,
            standing_only=self.code == IN_FORCE,
        )

    @cached_property
    def selection(self) -> Selection:
        """What it holds with drafts."""
        return self.select(decided_only=False)


def offers_of(user: Actor, params: QueryDict) -> list[Offer]:
    """What the address offers: vendors compared, or those of a filter; always all in force."""
    found = [Offer(IN_FORCE, _("All in force"), _("All scorecards in force"), in_force(user))]
    asked = Asked.from_query(dict(params.lists()))
    if asked.vendor_ids:
        vendors = named(user, asked.vendor_ids)
        names = ", ".join(vendor.name for vendor in vendors)
        title = _("Compared: %s") % names
        found.append(Offer(COMPARED, _("The vendors compared"), title, vendors, asked.drafts))
    elif params.get("of") == OF_VENDORS:
        found.append(_filtered(user, params))
    return found


def _filtered(user: Actor, params: QueryDict) -> Offer:
    """The vendors of the vendor list under its filters, which give the bundle its name."""
    offered = options(user, newest_of(all_frameworks().values()))
    filters = read_filters(params, offered)
    words = [chip.label for chip in chips_of(filters, offered, params)]
    if filters.status != "all":
        words.insert(0, str(STATUSES[filters.status][0]))
    title = _("Vendors: %s") % ", ".join(words) if words else _("All vendors")
    return Offer(FILTER, _("This filter"), title, matching(user, filters))


def saved_offer(user: Actor, saved: SavedComparison) -> Offer:
    """The vendors of a saved comparison."""
    asked = Asked.from_query(parse_qs(saved.query))
    vendors = Vendor.objects.visible_to(user).filter(comparisons=saved).order_by("name_key", "pk")
    title = _("Comparison: %s") % saved.purpose
    return Offer(SAVED, _("A saved comparison"), title, vendors, asked.drafts)


class BundleForm(forms.Form):
    """Which vendors, and whether those without a decision are left out."""

    choice = forms.ChoiceField(
        label=gettext_lazy("Which scorecards"),
        error_messages={"required": gettext_lazy("Choose which scorecards.")},
    )
    saved = forms.ChoiceField(
        label=gettext_lazy("Saved comparison"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the saved comparisons.")},
    )
    decided_only = forms.BooleanField(required=False)

    def __init__(
        self,
        offers: Sequence[Offer],
        comparisons: Sequence[SavedComparison],
        typed: QueryDict | None = None,
    ) -> None:
        super().__init__(typed)
        choices = [(offer.code, str(offer.label)) for offer in offers]
        if comparisons:
            choices.append((SAVED, _("A saved comparison")))
        self.fields["choice"] = self._among("choice", choices)
        self.fields["saved"] = self._among(
            "saved", [(str(row.public_id), row.purpose) for row in comparisons]
        )

    def _among(self, name: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - both are
        field.choices = choices
        return field

    def clean(self) -> dict[str, object]:
        """A saved comparison needs one to be chosen."""
        given = super().clean() or {}
        if given.get("choice") == SAVED and not given.get("saved") and "saved" not in self.errors:
            self.add_error("saved", _("Choose one of the saved comparisons."))
        return given
