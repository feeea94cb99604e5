"""A comparison as a document: every figure that the page shows, without clock and requester."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scorecards.comparison.certainty import certainty_document
from scorecards.comparison.columns import Column
from scorecards.comparison.comparison import Comparison, Table
from scorecards.comparison.lineup import Line
from scorecards.comparison.table import HeatCell
from scorecards.comparison.why import why_document
from scorecards.ranking import rank
from vendors import scoring

COMPARISON_FORMAT = "vetting-comparison/1"
#: The parts that everything else follows from, or that words are made of.
_FIGURES = ("framework", "weights", "basis", "vendors")
#: Of a vendor, what may change while every figure stays.
_NAMES = {"name": "", "is_sample": False}


def comparison_document(
    comparison: Comparison, table: Table, *, purpose: str = "", note: str = ""
) -> dict[str, Any]:
    """What the comparison says, as values for `scoring.canonical_json`; vendors in column order.

    Figures are exact and to six decimals (`scoring.figure`), shares of draws to six decimals.
    The same comparison of the same day gives the same document, whoever asks and whenever.
    """
    line = table.line
    names = {column.entry.key: column.name for column in table.columns}
    return {
        "format": COMPARISON_FORMAT,
        "on": line.on.isoformat(),
        "purpose": purpose,
        "note": note,
        "framework": {
            "slug": line.framework.slug,
            "name": line.framework.rules.name,
            "version": line.framework.rules.version,
            "fingerprint": line.framework.fingerprint,
        },
        "profile": {"name": line.profile.name, "version": line.profile.version},
        "tried_out": line.weighting.is_tried_out,
        "weights": _weights(line),
        "basis": _basis(table),
        "vendors": [_vendor(table, place) for place in range(len(table.columns))],
        "sentences": _sentences(table),
        "notices": [{"kind": item.kind, "text": item.text} for item in comparison.notices],
        **_plain(certainty_document(table.sure.certainty, names)),
        "profiles": _profiles(line),
        "why": _plain(why_document(table.why)),
    }


def figures_digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the figures alone: documents that say the same about the vendors share it.

    Left out are names, the words, and the day of a draft, which is always today.
    """
    figures = {key: document[key] for key in _FIGURES}
    figures["basis"] = [item["code"] for item in document["basis"]["left_out"]]
    figures["vendors"] = [
        {**vendor, **_NAMES, "assessment": {**vendor["assessment"], "as_of": None}}
        for vendor in document["vendors"]
    ]
    return scoring.digest(scoring.canonical_json(figures))


def _weights(line: Line) -> list[dict[str, Any]]:
    """The categories that count, in percent of the basis; `base` under the profile alone."""
    rules, weighting = line.framework.rules, line.weighting
    return [
        {
            "code": code,
            "name": rules.category(code).name,
            "weight": scoring.figure(weight),
            "base": scoring.figure(weighting.base[code]),
        }
        for code, weight in weighting.counted.items()
    ]


def _basis(table: Table) -> dict[str, Any]:
    """The categories left out of the ranking, each with the ranked vendors that lack it."""
    rules, basis = table.line.framework.rules, table.line.ranking.basis
    ranked = [column for column in table.columns if column.rank]
    return {
        "left_out": [
            {
                "code": code,
                "name": rules.category(code).name,
                "vendors": [c.name for c in ranked if c.entry.scores.get(code) is None],
            }
            for code in basis.left_out
        ],
        "order_changes": basis.order_changes,
    }


def _vendor(table: Table, place: int) -> dict[str, Any]:
    """One column: its assessment, its figures, and what stands below them."""
    column = table.columns[place]
    entry = column.entry
    return {
        "id": entry.key,
        "name": column.name,
        "is_sample": entry.vendor.is_sample,
        "assessment": _assessment(column),
        "rank": column.rank,
        "shared": column.is_shared,
        "overall": scoring.figure(column.overall),
        "own": scoring.figure(column.own),
        "claimed": scoring.figure(column.claimed),
        "confidence": scoring.figure(column.confidence),
        "high": scoring.figure(column.high),
        "band": _band(column.shown_band),
        "gate": entry.gate,
        "must_haves": _must_haves(column),
        "waivers": [
            {"code": item.code, "ends_on": item.ends_on.isoformat()} for item in entry.waivers
        ],
        "shares": {
            "verified": scoring.figure(column.verified),
            "documented": scoring.figure(column.documented),
            "claimed": scoring.figure(column.claimed_only),
        },
        "categories": [
            _category(column, row.category.code, row.cells[place]) for row in table.categories
        ],
        "certifications": _certifications(table, place),
        "model": [
            {"code": row.criterion.code, "label": str(row.label), "text": row.cells[place].text}
            for row in table.model
        ],
    }


def _assessment(column: Column) -> dict[str, Any]:
    entry = column.entry
    assessment = entry.assessment
    return {
        "id": str(assessment.public_id),
        "title": assessment.title,
        "approved": entry.is_approved,
        "as_of": assessment.scored_on.isoformat(),
        "tier": assessment.tier,
        "digest": assessment.result.digest if entry.is_approved else "",
        "framework_version": entry.rules.version,
    }


def _must_haves(column: Column) -> dict[str, Any]:
    return {
        "met": column.met,
        "total": column.must_have_total,
        "failed": _criteria(column.failed),
        "pending": _criteria(column.pending),
    }


def _band(band: scoring.Band | None) -> dict[str, str] | None:
    return None if band is None else {"value": band.value, "label": band.label}


def _criteria(criteria: Iterable[scoring.Criterion]) -> list[dict[str, str]]:
    return [{"code": item.code, "question": item.question} for item in criteria]


def _category(column: Column, code: str, cell: HeatCell) -> dict[str, Any]:
    """One category of one vendor; its band is that of the whole number shown."""
    figure = column.entry.categories.get(code)
    return {
        "code": code,
        "score": scoring.figure(cell.value),
        "claimed": scoring.figure(figure.claimed if figure else None),
        "confidence": scoring.figure(figure.confidence if figure else None),
        "band": _band(cell.band),
    }


def _certifications(table: Table, place: int) -> list[dict[str, Any]]:
    return [
        {
            "standard": row.standard,
            "level": held.level,
            "status": held.entry.status,
            "expires_on": _day(held.entry.expires_on),
        }
        for row in table.certifications
        for held in row.cells[place]
    ]


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _sentences(table: Table) -> dict[str, Any]:
    """What the page says; `sure` are the sentences on how sure the order is."""
    summary, doubts = table.summary, table.sure.doubts
    close = "" if summary.close else doubts.close
    sure = (doubts.turn, close, doubts.move, doubts.share, *doubts.basis, *doubts.drafts)
    return {
        "lead": summary.lead,
        "qualifiers": list(summary.qualifiers),
        "sure": [text for text in sure if text],
        "out": [{"text": item.text, "criteria": _criteria(item.criteria)} for item in summary.out],
    }


def _profiles(line: Line) -> list[dict[str, Any]]:
    """The order under each profile that fits the framework."""
    candidates = line.candidates
    return [
        {
            "name": profile.name,
            "places": [
                {"vendor": item.name, "rank": item.rank, "score": scoring.figure(item.score)}
                for item in rank(candidates, profile.weights).ranked
            ],
        }
        for profile in line.profiles
    ]


def _plain(value: Any) -> Any:
    """The same without floats, which no canonical document takes: shares to six decimals."""
    if isinstance(value, float):
        return Decimal(f"{value:.6f}")
    if isinstance(value, (Fraction, Decimal, str)):
        return value
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
