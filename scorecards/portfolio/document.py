"""The portfolio as a document: plain values for canonical JSON, everything that the PDF prints.

Figures are decimals of at most eight places; what a drawing looks like follows from them and is no
part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from scorecards.portfolio import Groups, Portfolio
from scorecards.portfolio.concerns import Concern
from scorecards.portfolio.groups import GroupLine
from scorecards.portfolio.matrix import Column
from scorecards.portfolio.movement import Movement
from scorecards.portfolio.scatter import Scatter
from scorecards.portfolio.terms import Term
from vendors import scoring

FORMAT = "vetting-portfolio/1"
_PLACES = 8


def portfolio_document(portfolio: Portfolio) -> dict[str, Any]:
    """Every figure of the portfolio, and what it was computed by and as of."""
    basis = portfolio.basis
    rules = basis.framework.rules
    profile = basis.profile
    return {
        "format": FORMAT,
        "on": basis.on.isoformat(),
        "framework": {
            "name": basis.framework.name,
            "version": basis.framework.version,
            "fingerprint": basis.framework.fingerprint,
        },
        "profile": profile
        and {
            "name": profile.name,
            "version": profile.version,
            "weights": [
                {"name": category.name, "weight": profile.weights.get(category.code, "0")}
                for category in rules.categories
            ],
        },
        "bands": [
            {"value": band.value, "label": band.label, "min": scoring.number_text(band.min)}
            for band in rules.scoring.bands
        ],
        "headline": _headline(portfolio),
        "matrix": _matrix(portfolio),
        "concerns": [_concern(one) for one in portfolio.concerns],
        "concerns_total": portfolio.concerns_total,
        "movement": _movement(portfolio.movement),
        "scatter": _scatter(portfolio.scatter),
        "categories": _categories(portfolio),
        "terms": [_term(term) for term in portfolio.terms],
        "countries": _groups(portfolio.countries),
        "services": _groups(portfolio.services),
        "has_samples": portfolio.has_samples,
    }


def _figure(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(round(value, _PLACES)))


def _headline(portfolio: Portfolio) -> dict[str, Any]:
    top = portfolio.headline
    return {
        "vendors": top.vendors,
        "rated": top.rated,
        "critical": top.critical,
        "high": top.high,
        "ineligible": top.ineligible,
        "pending": top.pending,
        "due": top.due,
        "unweighed": top.unweighed,
        "median": _figure(top.median),
        "was": _figure(top.was),
        "confidence": _figure(top.confidence),
    }


def _column(column: Column) -> dict[str, str]:
    return {"key": column.key, "letter": column.letter, "label": column.label}


def _matrix(portfolio: Portfolio) -> dict[str, Any]:
    matrix = portfolio.matrix
    return {
        "columns": [_column(column) for column in matrix.columns],
        "lines": [
            {
                "tier": line.tier,
                "label": line.label,
                "cells": [
                    {"count": cell.count, "risk": cell.risk, "word": cell.word}
                    for cell in line.cells
                ],
            }
            for line in matrix.lines
        ],
        "unrated": matrix.unrated.count,
        "risks": [
            {"code": risk.code, "word": risk.word, "count": risk.count} for risk in matrix.risks
        ],
    }


def _concern(one: Concern) -> dict[str, Any]:
    return {
        "name": one.vendor.name,
        "tier": one.tier,
        "band": one.band if one.risk else "",
        "score": _figure(one.score),
        "risk": one.risk,
        "risk_word": one.risk_word,
        "weakest": one.weakest,
        "weakest_score": _figure(one.weakest_score),
        "waivers": [
            {"code": waiver.code, "ends_on": waiver.ends_on.isoformat(), "is_over": waiver.is_over}
            for waiver in one.waivers
        ],
    }


def _movement(movement: Movement) -> dict[str, Any]:
    return {
        "since": movement.since.isoformat(),
        "up": movement.up.count,
        "down": movement.down.count,
        "still": movement.still.count,
        "low": int(movement.low),
        "moves": [
            {
                "name": move.vendor.name,
                "tier": move.tier,
                "band": move.band,
                "was": _figure(move.was),
                "now": _figure(move.now),
                "change": _figure(move.change),
            }
            for move in movement.moves
        ],
    }


def _scatter(scatter: Scatter) -> dict[str, Any]:
    return {
        "points": [
            {
                "name": mark.vendor.name,
                "tier": mark.tier,
                "score": _figure(mark.score),
                "confidence": _figure(mark.confidence),
                "band": mark.band,
                "gate": mark.gate,
            }
            for mark in scatter.marks
        ],
        "cells": [
            {
                "score_from": group.cell.score_from,
                "confidence_from": group.cell.confidence_from,
                "count": group.cell.count,
            }
            for group in scatter.groups
        ],
    }


def _categories(portfolio: Portfolio) -> list[dict[str, Any]]:
    return [
        {
            "name": line.name,
            "vendors": line.spread.vendors,
            "median": _figure(line.spread.median),
            "lowest": _figure(line.spread.lowest),
            "highest": _figure(line.spread.highest),
            "band": line.band.value,
            "weakest_at": line.weakest_at,
        }
        for line in portfolio.categories
    ]


def _term(term: Term) -> dict[str, Any]:
    return {
        "label": term.label,
        "vendors": term.vendors,
        "standards": [{"name": name, "vendors": vendors} for name, vendors in term.standards],
    }


def _groups(groups: Groups) -> dict[str, Any]:
    return {"lines": _lines(groups.lines), "others": _lines(groups.others)}


def _lines(lines: Sequence[GroupLine]) -> list[dict[str, Any]]:
    return [
        {
            "name": line.name,
            "vendors": line.vendors,
            "slices": [{**_column(entry.column), "count": entry.count} for entry in line.slices],
            "median": _figure(line.median),
            "lowest": line.lowest
            and {
                "name": line.lowest.vendor.name,
                "score": _figure(line.lowest.score),
                "fails": line.lowest.fails,
            },
        }
        for line in lines
    ]
