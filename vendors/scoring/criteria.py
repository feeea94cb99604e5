"""What a framework is made of: frozen values, no rules of how it is read from a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

#: The tiers, from the most to the least demanding.
TIERS = (1, 2, 3)
#: The evidence levels every framework has, from weakest to strongest; the last stands apart.
CLAIMED, DOCUMENTED, VERIFIED, REJECTED = "claimed", "documented", "verified", "rejected"
LEVELS = (CLAIMED, DOCUMENTED, VERIFIED, REJECTED)


class AnswerType(StrEnum):
    """How a criterion is answered."""

    YES_NO = "yes_no"
    YES_PARTIAL_NO = "yes_partial_no"
    MATURITY = "maturity"
    PERCENTAGE = "percentage"
    NUMBER = "number"
    DATE = "date"
    CERTIFICATION = "certification"
    TEXT = "text"


#: Types answered by one of the criterion's choices, and those answered by a number.
CHOICE_TYPES = frozenset(
    {
        AnswerType.YES_NO,
        AnswerType.YES_PARTIAL_NO,
        AnswerType.MATURITY,
        AnswerType.CERTIFICATION,
    }
)
NUMBER_TYPES = frozenset({AnswerType.PERCENTAGE, AnswerType.NUMBER})


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer and its raw score, 0 to 100."""

    value: str
    label: str
    score: Fraction


@dataclass(frozen=True, slots=True)
class Scale:
    """How a value becomes a raw score. Fields that a type does not use stay empty.

    `min` and `max` bound what may be entered (not the score); `points` are (value, raw score),
    ascending by value; `validity_months` only proposes dates in forms.
    """

    type: str
    unit: str = ""
    min: Fraction | None = None
    max: Fraction | None = None
    points: tuple[tuple[Fraction, Fraction], ...] = ()
    missing_score: Fraction | None = None
    rubric: str = ""
    validity_months: int | None = None
    grace_days: int = 0
    expired_score: Fraction | None = None
    expiring_values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MustHave:
    """What the gate asks of a criterion: a least raw score and a least evidence level."""

    min_score: Fraction
    min_evidence: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """Whether evidence counts for a criterion, and what is expected. Months only propose dates."""

    required: bool
    expected: str = ""
    valid_months: int | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question. Weights of a category's criteria sum to 100."""

    code: str
    question: str
    answer_type: AnswerType
    weight: Fraction
    evidence: EvidenceRule
    tiers: tuple[int, ...]
    not_applicable_allowed: bool
    help: str = ""
    choices: tuple[Choice, ...] = ()
    scale: Scale | None = None
    must_have: MustHave | None = None
    sources: tuple[str, ...] = ()
    standards: tuple[str, ...] = ()

    def choice(self, value: object) -> Choice | None:
        """The choice with this value, or None."""
        return next((choice for choice in self.choices if choice.value == value), None)

    def label(self, value: object) -> str:
        """The words of a choice; a value that is no choice comes back as it is."""
        choice = self.choice(value)
        return choice.label if choice else str(value)


@dataclass(frozen=True, slots=True)
class Category:
    """A group of criteria. Weights of all categories sum to 100."""

    code: str
    name: str
    weight: Fraction
    criteria: tuple[Criterion, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceLevel:
    """How well an answer is proven, and the coefficient from 0 to 1 that this earns."""

    value: str
    label: str
    coefficient: Fraction


@dataclass(frozen=True, slots=True)
class Band:
    """A letter and a word for scores from `min` upwards."""

    value: str
    label: str
    min: Fraction


@dataclass(frozen=True, slots=True)
class Scoring:
    """The framework's own coefficients, bands and limits. Bands run from best to worst."""

    evidence_levels: tuple[EvidenceLevel, ...]
    bands: tuple[Band, ...]
    floor_below: Fraction
    floor_cap_band: str
    category_min_applicable_percent: Fraction

    @property
    def level_values(self) -> tuple[str, ...]:
        """The values that an answer's evidence level may have."""
        return tuple(level.value for level in self.evidence_levels)

    def level(self, value: str) -> EvidenceLevel:
        """The evidence level of that value. Raises KeyError where there is none."""
        for level in self.evidence_levels:
            if level.value == value:
                return level
        raise KeyError(value)

    def band(self, value: str) -> Band:
        """The band of that letter. Raises KeyError where there is none."""
        for band in self.bands:
            if band.value == value:
                return band
        raise KeyError(value)


@dataclass(frozen=True, slots=True)
class WeightProfile:
    """Category weights under a name; they sum to 100 over exactly the framework's categories."""

    name: str
    description: str
    weights: dict[str, Fraction]


@dataclass(frozen=True, slots=True, eq=False)
class Framework:
    """A published set of criteria.

    `document` is its canonical JSON, `fingerprint` the SHA-256 of that.
    """

    slug: str
    name: str
    version: str
    description: str
    scoring: Scoring
    weight_profiles: tuple[WeightProfile, ...]
    categories: tuple[Category, ...]
    document: str
    fingerprint: str
    _by_code: dict[str, tuple[Criterion, Category]] = field(init=False, repr=False)
    _asked: dict[int, tuple[tuple[Category, tuple[Criterion, ...]], ...]] = field(
        init=False, repr=False
    )

    def __post_init__(self) -> None:
        by_code = {
            criterion.code: (criterion, category)
            for category in self.categories
            for criterion in category.criteria
        }
        asked = {
            tier: tuple(
                (category, tuple(item for item in category.criteria if tier in item.tiers))
                for category in self.categories
            )
            for tier in TIERS
        }
        object.__setattr__(self, "_by_code", by_code)
        object.__setattr__(self, "_asked", asked)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria in the order of the file."""
        return tuple(criterion for criterion, _ in self._by_code.values())

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all criteria."""
        return frozenset(self._by_code)

    @property
    def must_haves(self) -> tuple[Criterion, ...]:
        """The criteria that stand at the gate, in order; every tier asks all of them."""
        return tuple(criterion for criterion in self.criteria if criterion.must_have)

    @property
    def weights(self) -> dict[str, Fraction]:
        """The framework's own category weights: the profile called Balanced."""
        return {category.code: category.weight for category in self.categories}

    def criterion(self, code: str) -> Criterion:
        """The criterion of that code. Raises KeyError where there is none."""
        return self._by_code[code][0]

    def category_of(self, code: str) -> Category:
        """The category that the criterion of that code belongs to. Raises KeyError."""
        return self._by_code[code][1]

    def category(self, code: str) -> Category:
        """The category of that code. Raises KeyError where there is none."""
        for category in self.categories:
            if category.code == code:
                return category
        raise KeyError(code)

    def asked(self, tier: int) -> tuple[Criterion, ...]:
        """The criteria that a tier (1, 2, 3) asks, in order. Raises KeyError for another."""
        return tuple(item for _, items in self._asked[tier] for item in items)

    def asked_by_category(self, tier: int) -> tuple[tuple[Category, tuple[Criterion, ...]], ...]:
        """All categories with the criteria that a tier asks of them. Raises KeyError."""
        return self._asked[tier]
