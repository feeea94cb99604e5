"""What a comparison could not take in, each in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scorecards.comparison.asked import FEWEST, MOST, Asked
from scorecards.comparison.entries import Entry
from scorecards.comparison.phrases import listed
from scorecards.comparison.shared import Odd, Shared
from scorecards.comparison.table import percent_text
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


def day_notices(asked: Asked, past: date | None, *, has_results: bool) -> list[Notice]:
    """Whose day it is where the address names one: a past one, or none that can count."""
    if past is not None:
        words = _(
            "These are the results in force on %s. Certifications are as the register has them "
            "today, without those issued later."
        )
        if not has_results:
            words = _("None of these vendors had a result in force on %s.")
        today = urlencode([(name, value) for name, value in asked.fields if name != "on"])
        return [Notice("info", words % _day(past), f"?{today}", _("Show the results of today"))]
    if asked.odd_on:
        words = _("“%s” is no day. The results of today are shown.")
        return [Notice("warn", words % asked.odd_on)]
    if asked.on is not None and asked.on > timezone.localdate():
        words = _("%s is still to come. The results of today are shown.")
        return [Notice("warn", words % _day(asked.on))]
    return []


def draft_notices(asked: Asked, entries: Iterable[Entry], past: date | None) -> list[Notice]:
    """Open assessments that the address asks for and that cannot speak."""
    wanted = [entry for entry in entries if entry.vendor.public_id in asked.drafts]
    if wanted and past is not None:
        return [Notice("info", _("Open assessments do not count on a past day."))]
    names = [entry.vendor.name for entry in wanted if entry.is_approved]
    if not names:
        return []
    words = ngettext(
        "%s has no open assessment to compare, so its result in force counts.",
        "%s have no open assessments to compare, so their results in force count.",
        len(names),
    )
    return [Notice("info", words % listed(names))]


def unassessed_notices(vendors: Sequence[Vendor]) -> list[Notice]:
    """Vendors without an assessment that can speak, each with the way to its page."""
    words = _("%s has no approved and no open assessment, so there is nothing to compare.")
    return [
        Notice("info", words % vendor.name, vendor.get_absolute_url(), _("Open the vendor"))
        for vendor in vendors
    ]


def silent_notices(vendors: Sequence[Vendor], past: date) -> list[Notice]:
    """Vendors that had no result in force on a past day, while others had."""
    if not vendors:
        return []
    words = ngettext(
        "%(names)s had no result in force on %(day)s, so it is left out.",
        "%(names)s had no result in force on %(day)s, so they are left out.",
        len(vendors),
    )
    names = listed(vendor.name for vendor in vendors)
    return [Notice("warn", words % {"names": names, "day": _day(past)})]


def shared_notices(
    entries: Sequence[Entry], framework: Framework, shared: Shared | None
) -> list[Notice]:
    """Who is on which version, and what is compared instead of the whole."""
    if shared is None:
        return []
    count = len(shared.codes)
    if len(shared.others) == 1:
        basis = ngettext(
            "All are compared on the %(count)d criterion that both versions ask alike, "
            "%(percent)s of the weight",
            "All are compared on the %(count)d criteria that both versions ask alike, "
            "%(percent)s of the weight",
            count,
        )
    else:
        basis = ngettext(
            "All are compared on the %(count)d criterion that these versions ask alike, "
            "%(percent)s of the weight",
            "All are compared on the %(count)d criteria that these versions ask alike, "
            "%(percent)s of the weight",
            count,
        )
    figures = {
        "who": _who(entries, framework, shared),
        "basis": basis % {"count": count, "percent": percent_text(shared.percent)},
    }
    if shared.is_otherwise:
        words = _("%(who)s. %(basis)s; their scores here differ from their own results.")
    else:
        words = _("%(who)s. %(basis)s; their category scores stay those of their own results.")
    gate = _("Gate and must-haves are those of each vendor's own version.")
    return [Notice("info", f"{words % figures} {gate}")]


def _who(entries: Sequence[Entry], framework: Framework, shared: Shared) -> str:
    """Which vendors are on which version, those on the leading one last."""
    parts: list[str] = []
    for version in (*shared.others, framework):
        names = [entry.vendor.name for entry in entries if entry.framework.pk == version.pk]
        said = {"names": listed(names), "version": version.version}
        if not parts:
            words = ngettext(
                "%(names)s is assessed on version %(version)s",
                "%(names)s are assessed on version %(version)s",
                len(names),
            )
        elif version is framework and len(names) > 1:
            words = _("the others on %(version)s")
        else:
            words = _("%(names)s on %(version)s")
        parts.append(words % said)
    return ", ".join(parts)


def odd_notices(odd: Sequence[Odd], framework: Framework) -> list[Notice]:
    """Vendors on another framework, or on a version of it that has too little in common."""
    leading = f"{framework.rules.name} {framework.rules.version}"
    return [Notice("warn", f"{_assessed_on(item.entry, leading)} {_why_odd(item)}") for item in odd]


def _assessed_on(entry: Entry, leading: str) -> str:
    return _("%(name)s is assessed on %(other)s, the others on %(framework)s.") % {
        "name": entry.vendor.name,
        "other": f"{entry.rules.name} {entry.rules.version}",
        "framework": leading,
    }


def _why_odd(item: Odd) -> str:
    if item.percent is None:
        return _("Scores of different frameworks cannot stand side by side, so it is left out.")
    if item.is_joint:
        words = _(
            "With it, only %s of the weight would be asked alike of all. Less than half cannot be "
            "compared, so it is left out."
        )
    else:
        words = _(
            "The two share only %s of the weight. Less than half cannot be compared, so it is "
            "left out."
        )
    # rounded down, so that just under half never reads as half
    return words % percent_text(Fraction(floor(10 * item.percent), 10))


def _day(day: date | None) -> str:
    return date_format(day, "j M Y") if day else ""
