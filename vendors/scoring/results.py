"""What the engine returns: frozen values, and the document that is stored and exported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from vendors.scoring.figures import figure

#: States of a criterion in a result.
ANSWERED, UNANSWERED, NOT_APPLICABLE = "answered", "unanswered", "na"
#: Results of a must-have, and of the gate.
PASS, PENDING, FAIL = "pass", "pending", "fail"


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One asked criterion.

    `raw` is the raw score s and `coefficient` e, `score` is s e; all None while unanswered or not
    applicable. `level` is the evidence level that counts. `factor` is what one unit of the
    criterion's weight is worth in points of the overall score, None where the criterion does not
    count (not applicable, or its category is not rated).
    """

    code: str
    category: str
    weight: Fraction
    state: str
    raw: Fraction | None = None
    level: str | None = None
    coefficient: Fraction | None = None
    score: Fraction | None = None
    factor: Fraction | None = None

    @property
    def share(self) -> Fraction | None:
        """The criterion's part of the overall score, in points of 100; None if it has none."""
        return None if self.factor is None else self.factor * self.weight

    @property
    def earned(self) -> Fraction | None:
        """Points of the overall score that this criterion brings."""
        if self.share is None or self.score is None:
            return None if self.share is None else Fraction(0)
        return self.share * self.score / 100

    @property
    def lost(self) -> Fraction | None:
        """Points of the overall score that are missing here; over all criteria they are 100 - V."""
        if self.share is None or self.earned is None:
            return None
        return self.share - self.earned


@dataclass(frozen=True, slots=True)
class CategoryResult:
    """One category; figures from 0 to 100, all None where it is not rated.

    The shares are percent of the applicable weight by evidence level; what is unanswered or
    rejected is in none of them. `high` is the score if everything open were answered perfectly.
    """

    code: str
    name: str
    weight: Fraction
    rated: bool
    asked_weight: Fraction
    applicable_weight: Fraction
    score: Fraction | None = None
    claimed: Fraction | None = None
    confidence: Fraction | None = None
    high: Fraction | None = None
    verified_share: Fraction | None = None
    documented_share: Fraction | None = None
    claimed_share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class MustHaveResult:
    """One must-have: pass, pending or fail, and why in one sentence."""

    code: str
    result: str
    reason: str


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that follows from the answers. Overall figures are None if nothing is rated.

    `answered` counts the asked criteria with an answer that can be scored or that do not apply;
    a text waits for its rating. Shares are percent of the weight of the overall score.
    """

    tier: int
    as_of: date
    overall: Fraction | None
    claimed: Fraction | None
    confidence: Fraction | None
    range_low: Fraction | None
    range_high: Fraction | None
    gate: str
    band: str | None
    band_uncapped: str | None
    categories_below_floor: tuple[str, ...]
    must_haves: tuple[MustHaveResult, ...]
    criteria: dict[str, CriterionResult]
    categories: dict[str, CategoryResult]
    overall_display: str | None
    verified_share: Fraction | None
    documented_share: Fraction | None
    claimed_share: Fraction | None
    evidence_gain: Fraction | None
    answered: int
    asked: int

    @property
    def failed(self) -> tuple[str, ...]:
        """Codes of the must-haves that fail."""
        return tuple(item.code for item in self.must_haves if item.result == FAIL)

    @property
    def pending(self) -> tuple[str, ...]:
        """Codes of the must-haves that are pending."""
        return tuple(item.code for item in self.must_haves if item.result == PENDING)

    def document(self) -> dict[str, object]:
        """The result as JSON values (numbers as Decimal): write it with `canonical_json`."""
        return {
            "criteria": {code: _criterion(item) for code, item in self.criteria.items()},
            "categories": {code: _category(item) for code, item in self.categories.items()},
            "overall": figure(self.overall),
            "overall_display": self.overall_display,
            "claimed": figure(self.claimed),
            "confidence": figure(self.confidence),
            "range_low": figure(self.range_low),
            "range_high": figure(self.range_high),
            "must_haves": {item.code: item.result for item in self.must_haves},
            "gate": self.gate,
            "band_uncapped": self.band_uncapped,
            "band": self.band,
            "categories_below_floor": list(self.categories_below_floor),
        }


def _criterion(item: CriterionResult) -> object:
    if item.state == NOT_APPLICABLE:
        return "na"
    if item.state == UNANSWERED:
        return None
    return {
        "raw": figure(item.raw),
        "evidence_level": item.level,
        "coefficient": item.coefficient,
        "verified": figure(item.score),
    }


def _category(item: CategoryResult) -> dict[str, object]:
    return {
        "rated": item.rated,
        "applicable_weight": item.applicable_weight,
        "score": figure(item.score),
        "claimed": figure(item.claimed),
        "confidence": figure(item.confidence),
    }
