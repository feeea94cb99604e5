"""Why a score is what it is: where points were lost, what evidence would add, what capped it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from vendors.scoring.results import CriterionResult, MustHaveResult, Result


@dataclass(frozen=True, slots=True)
class Points:
    """Points of the overall score that go with one criterion."""

    code: str
    points: Fraction


@dataclass(frozen=True, slots=True)
class Why:
    """The way from 100 to the overall score, in points; figures are None if nothing is rated.

    100 less `lost_by_answers` is `claimed`; less `lost_by_evidence` is `overall`. `capped_by`
    names the categories under the floor where they cost a band; `failed` and `pending` are the
    must-haves that hold the gate.
    """

    claimed: Fraction | None
    overall: Fraction | None
    lost_by_answers: Fraction | None
    lost_by_evidence: Fraction | None
    capped_by: tuple[str, ...]
    failed: tuple[MustHaveResult, ...]
    pending: tuple[MustHaveResult, ...]


def explain(result: Result) -> Why:
    """The steps of a result."""
    by_answers = None if result.claimed is None else 100 - result.claimed
    capped = result.categories_below_floor if result.band != result.band_uncapped else ()
    return Why(
        claimed=result.claimed,
        overall=result.overall,
        lost_by_answers=by_answers,
        lost_by_evidence=result.evidence_gain,
        capped_by=capped,
        failed=tuple(item for item in result.must_haves if item.code in result.failed),
        pending=tuple(item for item in result.must_haves if item.code in result.pending),
    )


def strengths(result: Result, most: int | None = None) -> tuple[Points, ...]:
    """The criteria that bring points, the largest contribution first."""
    return _ranked(((item, item.earned) for item in result.criteria.values()), most)


def gaps(result: Result, most: int | None = None) -> tuple[Points, ...]:
    """The criteria that lose points, the largest loss first; all losses together are 100 - V."""
    return _ranked(((item, item.lost) for item in result.criteria.values()), most)


def evidence_gains(result: Result, most: int | None = None) -> tuple[Points, ...]:
    """What full evidence would add, criterion by criterion, the largest first.

    All together they are `evidence_gain`. Rejected evidence is among them: look at its level.
    """
    return _ranked(((item, _gain(item)) for item in result.criteria.values()), most)


def _gain(item: CriterionResult) -> Fraction | None:
    if item.share is None or item.raw is None or item.score is None:
        return None
    return item.share * (item.raw - item.score) / 100


def _ranked(
    pairs: Iterable[tuple[CriterionResult, Fraction | None]], most: int | None
) -> tuple[Points, ...]:
    """The positive ones in descending order; equal ones stay in the order of the framework."""
    found = [Points(item.code, value) for item, value in pairs if value is not None and value > 0]
    found.sort(key=lambda item: -item.points)
    return tuple(found[:most])
