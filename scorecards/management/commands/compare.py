"""Rank vendors under a weight profile, as the comparison page does."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from scorecards.comparison import Asked, Line, line_up
from scorecards.comparison.certainty import (
    Certainty,
    Pair,
    certainty_document,
    certainty_of,
    is_close,
)
from scorecards.comparison.entries import entries_of
from scorecards.comparison.notices import odd_notices, shared_notices
from scorecards.ranking import Unranked
from vendors import scoring
from vendors.models import Vendor, name_key
from vendors.queries.waivers import WaiverLine


class Command(BaseCommand):
    """`compare --profile NAME [--weight CODE=POINTS ...] VENDOR VENDOR ... [--json]`."""

    help = (
        "Ranks vendors by their latest approved assessment, else by the open one. "
        "Exit code 1 when one of them could not be taken in; the others are printed all the same."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare profile, vendors and form of the output."""
        parser.add_argument(
            "--profile",
            default=scoring.BALANCED,
            metavar="NAME",
            help="weight profile; Balanced is the framework's own weights",
        )
        parser.add_argument(
            "--weight",
            action="append",
            default=[],
            metavar="CODE=POINTS",
            help="try out another weight; all of them are brought to 100 in proportion",
        )
        parser.add_argument("vendors", nargs="+", metavar="VENDOR", help="name or id")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the ranking."""
        vendors = _found(options["vendors"])
        entries = entries_of(vendors)
        line = line_up(list(entries.values()), _asked(options))
        faults = [
            f"{vendor.name} has no assessment." for vendor in vendors if vendor.pk not in entries
        ]
        if line is None:
            raise CommandError("\n".join(faults))
        _check_weights(line, options["profile"])
        faults += [notice.text for notice in odd_notices(line.left_out, line.framework)]
        certainty = certainty_of(line.candidates, line.weighting.weights, line.ranking)
        if options["json"]:
            text = scoring.readable_json(_document(line, certainty))
        else:
            text = _table(line, certainty)
        self.stdout.write(text, ending="")
        if faults:
            raise CommandError("\n".join(faults))


def _found(names: Iterable[str]) -> list[Vendor]:
    """The vendors of these names or ids, each once. Raises CommandError naming the unknown."""
    rows = Vendor.objects.select_related("latest_result__assessment")
    found: dict[int, Vendor] = {}
    unknown = []
    for name in names:
        vendor = rows.filter(name_key=name_key(name)).first()
        if vendor is None and (public_id := _uuid(name)) is not None:
            vendor = rows.filter(public_id=public_id).first()
        if vendor is None:
            unknown.append(name)
        else:
            found[vendor.pk] = vendor
    if unknown:
        raise CommandError("\n".join(f"There is no vendor {name}." for name in unknown))
    return list(found.values())


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _asked(options: dict[str, Any]) -> Asked:
    """Profile and weights as an address would carry them. Raises CommandError for odd weights."""
    weights = dict(text.partition("=")[::2] for text in options["weight"])
    for text in options["weight"]:
        if "=" not in text:
            raise CommandError(f"Give a weight as CODE=POINTS; {text} is none.")
    return Asked(profile=options["profile"], weights=weights)


def _check_weights(line: Line, wanted: str) -> None:
    """Raise CommandError where the profile is none of the framework's, or a weight will not do."""
    if line.profile.name.casefold() != wanted.casefold():
        names = ", ".join(profile.name for profile in line.profiles)
        raise CommandError(f"There is no weight profile {wanted}. There are: {names}.")
    weighting = line.weighting
    unknown = [note for note in weighting.notes if not weighting.is_tried_out]
    faults = [f"{code or 'weights'}: {text}" for code, text in weighting.faults.items()]
    if faults or unknown:
        raise CommandError("\n".join([*faults, *unknown]))


def _document(line: Line, certainty: Certainty) -> dict[str, object]:
    """The whole order; keys are only ever added behind these."""
    ranking, basis = line.ranking, line.ranking.basis
    return {
        "ranking": [
            {"vendor": item.name, "rank": item.rank, "score": scoring.figure(item.score)}
            for item in ranking.ranked
        ],
        "pending": _unranked(ranking.pending),
        "failed": _unranked(ranking.failed),
        "basis": {
            "profile": line.profile.name,
            "categories": [
                {"code": code, "weight": scoring.figure(weight)}
                for code, weight in basis.weights.items()
            ],
            "left_out": list(basis.left_out),
            "order_changes": basis.order_changes,
        },
        "waived": [
            {"vendor": entry.vendor.name, "code": item.code, "ends_on": item.ends_on.isoformat()}
            for entry in line.entries
            for item in entry.waivers
        ],
        **certainty_document(certainty, _names(line)),
        "too_close_to_call": is_close(ranking, certainty),
        "shared": None
        if line.shared is None
        else {
            "criteria": len(line.shared.codes),
            "percent": scoring.figure(line.shared.percent),
            "versions": [line.framework.version, *(item.version for item in line.shared.others)],
        },
    }


def _names(line: Line) -> dict[str, str]:
    return {entry.key: entry.vendor.name for entry in line.entries}


def _unranked(items: Sequence[Unranked]) -> list[dict[str, object]]:
    return [
        {
            "vendor": item.name,
            "score": scoring.figure(item.score),
            "criteria": list(item.criteria),
        }
        for item in items
    ]


def _table(line: Line, certainty: Certainty) -> str:
    """The order as aligned text, and how sure it is."""
    basis = line.ranking.basis
    rows = _rows(line)
    width = max(len(name) for _place, name, _score, _why in rows)
    lines = [
        f"{place:>4}  {name:<{width}}  {score:>9}  {why}".rstrip()
        for place, name, score, why in rows
    ]
    weights = ", ".join(f"{code} {scoring.shown(w)}%" for code, w in basis.weights.items())
    lines += ["", f"Weights {line.profile.name}: {weights}"]
    if basis.left_out:
        change = "changes" if basis.order_changes else "stays the same"
        lines.append(f"Left out: {', '.join(basis.left_out)}; with them the order {change}")
    names = _names(line)
    lines += [""] if certainty.neighbours else []
    lines += [_turning(pair, names) for pair in certainty.neighbours]
    lines += [notice.text for notice in shared_notices(line.entries, line.framework, line.shared)]
    if is_close(line.ranking, certainty):
        lines.append("Too close to call between first and second.")
    return "\n".join(lines) + "\n"


def _turning(pair: Pair, names: Mapping[str, str]) -> str:
    """What would put the second of a pair before the first."""
    first, second = names[pair.first], names[pair.second]
    if not pair.lead:
        return f"{first} and {second} share a place."
    if pair.is_robust or pair.transfer is None:
        return f"{first} before {second}: robust for every weighting."
    share = scoring.shown(100 * (pair.share or Fraction(0)))
    donors = " and ".join(
        f"{scoring.shown(donor.points)} points from {donor.code}" for donor in pair.transfer.donors
    )
    text = (
        f"{first} before {second} by {scoring.shown(pair.lead, 2)}, in {share}% of all weightings; "
    )
    text += f"turned by moving {donors} to {pair.transfer.to}"
    least = pair.smallest
    if least is None:
        return f"{text}."
    weights = f"{scoring.shown(least.weight)}% to {scoring.shown(least.at)}%"
    return f"{text}, or by {least.code} going from {weights}."


def _waived(line: Line) -> dict[str, list[WaiverLine]]:
    """The waivers of each vendor by its key."""
    return {entry.key: entry.waivers for entry in line.entries}


def _waived_text(waivers: Sequence[WaiverLine]) -> str:
    """Waived must-haves with the last day; what is over says so."""
    said = [
        f"waiver of {item.code} ended {item.ends_on}"
        if item.is_over
        else f"{item.code} waived until {item.ends_on}"
        for item in waivers
    ]
    return f" ({', '.join(said)})" if said else ""


def _rows(line: Line) -> list[tuple[str, str, str, str]]:
    """Place, name, score and reason of everybody, in order; waived must-haves say until when."""
    ranking, waived = line.ranking, _waived(line)
    rows = [
        (str(item.rank or "-"), item.name, _score(item.score), "" if item.rank else "no basis")
        for item in ranking.ranked
    ]
    rows += [
        ("-", item.name, _score(item.score), f"pending: {', '.join(item.criteria)}")
        for item in ranking.pending
    ]
    return rows + [
        (
            "-",
            item.name,
            _score(item.score),
            f"failed: {', '.join(item.criteria)}{_waived_text(waived[item.key])}",
        )
        for item in ranking.failed
    ]


def _score(value: Fraction | None) -> str:
    return "Not rated" if value is None else scoring.shown(value)
