"""What a decision on one answer does to the score: exact, computed before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from fractions import Fraction

from vendors import scoring
from vendors.models import Answer, Assessment
from vendors.queries.scores import score_now


@dataclass(frozen=True, slots=True)
class Step:
    """A figure before and after; None where there is no score."""

    name: str
    before: Fraction | None
    after: Fraction | None
    places: int

    @property
    def moves(self) -> bool:
        """Whether a reader sees another figure than before."""
        return _shown(self.before, self.places) != _shown(self.after, self.places)


def _shown(value: Fraction | None, places: int) -> str:
    return "" if value is None else scoring.shown(value, places)


@dataclass(frozen=True, slots=True)
class Effect:
    """What accepting an answer at a level changes, from the criterion up to the band and the gate."""

    steps: tuple[Step, ...]
    band_before: scoring.Band | None
    band_after: scoring.Band | None
    must_before: scoring.MustHaveResult | None
    must_after: scoring.MustHaveResult | None

    @property
    def moving(self) -> tuple[Step, ...]:
        """The figures that change."""
        return tuple(step for step in self.steps if step.moves)

    @property
    def band_moves(self) -> bool:
        """Whether the letter changes."""
        return self.band_before != self.band_after


def effect_of(
    assessment: Assessment,
    rows: Sequence[Answer],
    code: str,
    level: str,
    rating: int | None,
    *,
    before: scoring.Result | None = None,
) -> Effect:
    """The effect of deciding one answer so. No query: two runs of the engine, one with `before`.

    `rows` hold what was decided so far, as the reader may see it.
    """
    before = before or score_now(assessment, rows)
    after = score_now(assessment, [_decided(row, code, level, rating) for row in rows])
    rules = assessment.framework.rules
    category = rules.category_of(code)
    steps = (
        Step(code, *_pair(before.criteria[code].score, after.criteria[code].score), 0),
        Step(
            category.name,
            before.categories[category.code].score,
            after.categories[category.code].score,
            1,
        ),
        Step("", before.overall, after.overall, 1),
    )
    return Effect(
        steps=steps,
        band_before=rules.scoring.band(before.band) if before.band else None,
        band_after=rules.scoring.band(after.band) if after.band else None,
        must_before=_must(before, code),
        must_after=_must(after, code),
    )


def _pair(
    before: Fraction | None, after: Fraction | None
) -> tuple[Fraction | None, Fraction | None]:
    """Scores of a criterion; a text that is not rated yet counts 0 until it is."""
    return (Fraction(0) if before is None and after is not None else before), after


def _decided(row: Answer, code: str, level: str, rating: int | None) -> Answer:
    if row.code != code:
        return row
    shown = copy(row)
    shown.level, shown.rating = level, rating
    return shown


def _must(result: scoring.Result, code: str) -> scoring.MustHaveResult | None:
    return next((item for item in result.must_haves if item.code == code), None)
