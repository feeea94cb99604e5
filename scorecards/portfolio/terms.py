"""Certifications that ended or end soon."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scorecards.portfolio.links import Links
from scorecards.portfolio.rows import WITHIN, Ending

#: Standards named in a line.
SHOWN = 3
ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Term:
    """Vendors with a certification that ends in time, and which ones end most often.

    `share` is percent of the most in any line; `kind` colours the bar.
    """

    key: str
    label: str
    vendors: int
    url: str
    standards: tuple[tuple[str, int], ...]
    share: float
    kind: str

    @property
    def others(self) -> int:
        """How many standards are not named."""
        return max(len(self.standards) - SHOWN, 0)

    @property
    def named(self) -> tuple[tuple[str, int], ...]:
        """The standards that are."""
        return self.standards[:SHOWN]


def terms_of(endings: Sequence[Ending], today: date, links: Links) -> list[Term]:
    """What ended, and what ends within 30, 90 and 180 days; the later ones hold the earlier."""
    ended = [entry for entry in endings if entry.expires_on < today]
    running = [entry for entry in endings if entry.expires_on >= today]
    spans = [(ENDED, _("Ended"), ended, "e")]
    for days, kind in zip(WITHIN, ("e", "c", "n"), strict=True):
        until = today + timedelta(days=days)
        label = ngettext("Within %d day", "Within %d days", days) % days
        spans.append((str(days), label, [one for one in running if one.expires_on <= until], kind))
    held = [(key, label, _by_standard(found), kind) for key, label, found, kind in spans]
    counts = [len(set().union(*standards.values())) for _k, _l, standards, _c in held]
    most = max(counts, default=0) or 1
    return [
        Term(
            key=key,
            label=label,
            vendors=count,
            url=links.plain(expiry=key),
            standards=_ordered(standards),
            share=100 * count / most,
            kind=kind,
        )
        for (key, label, standards, kind), count in zip(held, counts, strict=True)
    ]


def _by_standard(found: Sequence[Ending]) -> dict[str, set[int]]:
    held: defaultdict[str, set[int]] = defaultdict(set)
    for entry in found:
        held[entry.standard].add(entry.vendor)
    return dict(held)


def _ordered(standards: dict[str, set[int]]) -> tuple[tuple[str, int], ...]:
    counts = Counter({name: len(vendors) for name, vendors in standards.items()})
    return tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))
