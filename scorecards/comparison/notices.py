"""What a comparison could not take in, each in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scorecards.comparison.asked import FEWEST, MOST, Asked
from scorecards.comparison.entries import Entry
from scorecards.comparison.words import listed
from vendors.models import Framework, Vendor


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence; `kind` is "warn" for what was left out, "info" for the rest."""

    kind: str
    text: str
    url: str = ""
    link: str = ""


def address_notices(asked: Asked, found: Sequence[Vendor], shown: Sequence[Vendor]) -> list[Notice]:
    """What is wrong with the vendors that the address names."""
    texts = []
    if asked.unreadable:
        words = ngettext(
            "The address names %d vendor in a way that cannot be read. It is left out.",
            "The address names %d vendors in a way that cannot be read. They are left out.",
            asked.unreadable,
        )
        texts.append(words % asked.unreadable)
    missing = len(asked.vendor_ids) - len(found)
    if missing:
        words = ngettext(
            "The address names %d vendor that does not exist here. It is left out.",
            "The address names %d vendors that do not exist here. They are left out.",
            missing,
        )
        texts.append(words % missing)
    if len(found) > len(shown):
        words = _("A comparison takes at most %(most)d vendors. Left out: %(names)s.")
        names = listed(vendor.name for vendor in found[len(shown) :])
        texts.append(words % {"most": MOST, "names": names})
    return [Notice("warn", text) for text in texts]


def few_notices(shown: Sequence[Vendor]) -> list[Notice]:
    """A comparison of one says so."""
    if not 0 < len(shown) < FEWEST:
        return []
    return [Notice("info", _("A comparison needs at least two vendors. Add another one."))]


def profile_notice(wanted: str, taken: str) -> Notice:
    """The address asks for a profile that is not there."""
    words = _("There is no weight profile “%(wanted)s”. The figures are under %(taken)s.")
    return Notice("warn", words % {"wanted": wanted[:40], "taken": taken})


def unassessed_notices(vendors: Sequence[Vendor]) -> list[Notice]:
    """Vendors without any assessment, each with the way to its page."""
    words = _("%s has no assessment yet, so there is nothing to compare.")
    return [
        Notice("info", words % vendor.name, vendor.get_absolute_url(), _("Open the vendor"))
        for vendor in vendors
    ]


def odd_notices(odd: Sequence[Entry], framework: Framework) -> list[Notice]:
    """Vendors assessed on another framework, or on another version of it."""
    words = _(
        "%(name)s is assessed on %(other)s, the others on %(framework)s. Scores of different "
        "frameworks cannot stand side by side, so it is left out."
    )
    return [
        Notice(
            "warn",
            words
            % {
                "name": entry.vendor.name,
                "other": f"{entry.rules.name} {entry.rules.version}",
                "framework": f"{framework.rules.name} {framework.rules.version}",
            },
        )
        for entry in odd
    ]
