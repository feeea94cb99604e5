"""Events against their hashes, and chains against every head that was noted outside of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _

from vendors.integrity.faults import Fault, Names
from vendors.integrity.heads import KnownHeads
from vendors.integrity.recorded import OF_DOCUMENTS, Recorded
from vendors.integrity.stored import Unreadable, as_moment, stored_rows
from vendors.integrity.told import Told
from vendors.trail import digest_of

#: As `vendors.trail.FIELDS`, then the digest and the number of the row.
_COLUMNS = (
    "chain",
    "sequence",
    "previous",
    "at",
    "actor_id",
    "actor_label",
    "actor_role",
    "origin",
    "action",
    "vendor_id",
    "assessment_id",
    "subject",
    "before",
    "after",
    "reason",
    "digest",
    "id",
)
_MOMENT, _ACTOR, _ACTION, _VENDOR, _ASSESSMENT, _SUBJECT, _BEFORE, _AFTER, _REASON = (
    3,
    4,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
)


@dataclass(slots=True)
class ChainCheck:
    """What reading all events gives."""

    events: int = 0
    broken: int = 0
    last: int = 0
    faults: list[Fault] = field(default_factory=list)
    #: Number and digest of the last event of each chain.
    ends: dict[str, tuple[int, str]] = field(default_factory=dict)
    recorded: Recorded = field(default_factory=Recorded)
    told: Told = field(default_factory=Told)

    @property
    def broken_chains(self) -> set[str]:
        """The chains in which something does not hold."""
        return {fault.chain for fault in self.faults if fault.chain}


def check_chains(key: bytes, names: Names, known: KnownHeads) -> ChainCheck:
    """Read each event once, in the order of its chain. Inside `one_view`.

    Names each event that was changed, that is missing and that stands where none belongs, then
    each chain that does not end where its head, or a head noted in `known`, says.
    """
    check = ChainCheck()
    rows = stored_rows(_COLUMNS, "vendors_auditevent ORDER BY chain, sequence, id")
    for chain, events in groupby(rows, key=itemgetter(0)):
        _walk(check, key, str(chain), events, names=names, known=known)
    if check.events and check.broken == check.events:
        words = _("no event fits the key: TRAIL_KEY is not the one that they were written with")
        check.faults = [Fault("key", "TRAIL_KEY", words)]
        return check
    check.faults += _heads_that_differ(check.ends, names)
    check.faults += known.not_found(check.ends, names)
    return check


def _walk(
    check: ChainCheck,
    key: bytes,
    chain: str,
    events: Iterator[tuple[Any, ...]],
    *,
    names: Names,
    known: KnownHeads,
) -> None:
    """Go along one chain."""
    at, ends_with = 0, {""}
    add, tell = check.recorded.add, partial(_tell, check.told)
    for row in events:
        check.events += 1
        check.last = max(check.last, row[16])
        number, stored = row[1], row[15]
        found = _digest(key, row)
        wrong = _wrong(row, found, ends_with, number == at + 1)
        if number != at + 1:
            check.faults.append(_gap(chain, at, number, names))
        if wrong:
            check.broken += found != stored
            name = f"{names.event(chain, number)}, number {row[16]}"
            check.faults.append(Fault("event", name, wrong, chain, _whole(number)))
        at = number if isinstance(number, int) else at + 1
        ends_with = {str(stored), found}
        known.compare(chain, at, str(stored))
        add(row[_ACTION], row[_VENDOR], row[_ASSESSMENT], row[_SUBJECT], row[_AFTER])
        if row[_ACTION] == "comparison.choose":
            check.recorded.add_choice(row[_VENDOR], row[_AFTER], row[_REASON])
        if row[_ACTION] in OF_DOCUMENTS:
            check.recorded.add_document(row[_ACTION], row[_SUBJECT], *row[_BEFORE : _REASON + 1])
        tell(row)
    check.ends[chain] = (at, str(stored))


def _tell(told: Told, row: tuple[Any, ...]) -> None:
    """Note what an event says of other rows than answers."""
    told.add(
        action=row[_ACTION],
        actor=row[_ACTOR],
        vendor=row[_VENDOR],
        assessment=row[_ASSESSMENT],
        subject=row[_SUBJECT],
        before=row[_BEFORE],
        after=row[_AFTER],
    )


def _digest(key: bytes, row: tuple[Any, ...]) -> str:
    """The digest of what is stored; "" where no event could be stored so."""
    values = list(row[:15])
    try:
        values[_MOMENT] = as_moment(values[_MOMENT])
        return digest_of(key, values)
    except (Unreadable, TypeError, ValueError):
        return ""


def _wrong(row: tuple[Any, ...], found: str, ends_with: set[str], is_next: bool) -> str:  # noqa: FBT001
    """What is wrong with an event; "" when nothing is."""
    what = f"{row[_ACTION]!s} {row[_SUBJECT]!s}".strip()
    if found != row[15]:
        words = _(
            "its text does not give its hash (%(what)s; stored %(stored)s, computed %(found)s)"
        )
        return words % {"what": what, "stored": str(row[15])[:12], "found": found[:12] or "none"}
    if is_next and row[2] not in ends_with:
        return _("it does not follow the event before it (%s)") % what
    return ""


def _gap(chain: str, at: int, number: object, names: Names) -> Fault:
    """The numbers that are not there."""
    if not isinstance(number, int) or number <= at:
        words = _("missing: number %s stands in its place") % number
        return Fault("event", names.event(chain, at + 1), words, chain, at + 1)
    missing = _range(at + 1, number - 1)
    return Fault("event", names.event(chain, missing), _("missing"), chain, at + 1)


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _whole(number: object) -> int:
    return number if isinstance(number, int) else 0


def _heads_that_differ(ends: Mapping[str, tuple[int, str]], names: Names) -> Iterator[Fault]:
    """Chains whose head row says another end, and heads without a chain."""
    heads = {
        str(chain): (number, digest)
        for chain, number, digest in stored_rows(
            ("chain", "sequence", "digest"), "vendors_chainhead"
        )
    }
    for chain in sorted(ends.keys() | heads.keys()):
        end, head = ends.get(chain, (0, "")), heads.get(chain)
        if head == end:
            continue
        if head is None:
            words = _("it has no head")
        elif isinstance(head[0], int) and head[0] > end[0]:
            words = _("missing: the chain ends at event %(end)d, its head names event %(head)d")
            words %= {"end": end[0], "head": head[0]}
            gone = _range(end[0] + 1, head[0])
            yield Fault("event", names.event(chain, gone), words, chain, end[0] + 1)
            continue
        else:
            words = _("its head is not its last event, %d") % end[0]
        yield Fault("chain", names.chain(chain), words, chain, end[0])
