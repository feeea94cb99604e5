"""Where an assessment stands in figures: result, must-haves, categories, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vendors import scoring
from vendors.models import Answer, Assessment
from vendors.queries.frozen import Frozen, frozen_of
from vendors.queries.review_rows import answer_words
from vendors.queries.scores import CategoryProgress, progress_of, score_now
from vendors.queries.vendors import category_band

#: How many gaps, gains and strengths the page names.
MOST = 5
RISK_WORDS = {
    "low": gettext_lazy("Low"),
    "medium": gettext_lazy("Medium"),
    "high": gettext_lazy("High"),
    "critical": gettext_lazy("Critical"),
}
RISK_CLASSES = {"low": "l", "medium": "m", "high": "h", "critical": "x"}
Figure = Fraction | None


@dataclass(frozen=True, slots=True)
class Headline:
    """The figures on top: 0 to 100, None where nothing is rated."""

    overall: Figure
    claimed: Figure
    confidence: Figure
    verified_share: Figure
    documented_share: Figure
    claimed_share: Figure
    band: scoring.Band | None
    gate: str
    residual: str

    @property
    def residual_word(self) -> str:
        """Residual risk in a word; "" where there is none to state."""
        return str(RISK_WORDS.get(self.residual, self.residual))

    @property
    def residual_class(self) -> str:
        """What colours it."""
        return RISK_CLASSES.get(self.residual, "l")


@dataclass(frozen=True, slots=True)
class MustHaveLine:
    """One must-have: rule, answer, level and result."""

    criterion: scoring.Criterion
    category: scoring.Category
    words: str
    level: str
    is_proposed: bool
    result: str
    reason: str


@dataclass(frozen=True, slots=True)
class PointsLine:
    """Points of the overall score that go with one criterion, and what they rest on."""

    criterion: scoring.Criterion
    category: scoring.Category
    points: Fraction
    words: str
    level: str


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One category: its result, its band and how far it is."""

    result: scoring.CategoryResult
    band: scoring.Band | None
    progress: CategoryProgress | None
    is_below_floor: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything the page says in figures."""

    headline: Headline
    result: scoring.Result
    proposed: scoring.Result
    must_haves: tuple[MustHaveLine, ...]
    categories: tuple[CategoryLine, ...]
    gaps: tuple[PointsLine, ...]
    gains: tuple[PointsLine, ...]
    strengths: tuple[PointsLine, ...]
    why: scoring.Why
    caps: tuple[CategoryLine, ...]
    uncapped: scoring.Band | None
    floor: Fraction
    #: The same answers as of today, where that differs from what was frozen.
    today: Headline | None = None

    @property
    def range_width(self) -> Fraction:
        """How far the range reaches while questions are open, in points."""
        low, high = self.result.range_low, self.result.range_high
        return Fraction(0) if low is None or high is None else high - low

    @property
    def lost_by_answers(self) -> Fraction | None:
        """Points that the answers lack, from the figures shown: the column adds up to the score."""
        claimed = self.result.claimed
        return None if claimed is None else 100 - scoring.rounded(claimed)

    @property
    def lost_by_evidence(self) -> Fraction | None:
        """Points that evidence less than verified takes off, from the two figures shown."""
        claimed, overall = self.result.claimed, self.result.overall
        if claimed is None or overall is None:
            return None
        return scoring.rounded(claimed) - scoring.rounded(overall)

    @property
    def must_haves_met(self) -> int:
        """How many must-haves pass."""
        return sum(line.result == scoring.PASS for line in self.must_haves)


def standing_of(assessment: Assessment, rows: Iterable[Answer]) -> Standing:
    """The figures of an assessment: frozen ones once decided, else as of its day. No query.

    Once decided everything is read from what was frozen, `rows` count no more. The assessment's
    result, if it has one, must have been joined.
    """
    if assessment.is_frozen:
        return _frozen(assessment, frozen_of(assessment))
    by_code = {row.code: row for row in rows}
    result = score_now(assessment, by_code.values())
    residual = scoring.residual_risk(assessment.tier, result.band) if result.band else ""
    proposed = score_now(assessment, by_code.values(), proposed=True)
    headline = _headline(assessment, result, residual)
    return _standing(assessment, by_code, result, headline, proposed=proposed)


def _frozen(assessment: Assessment, frozen: Frozen) -> Standing:
    """A decided assessment, and what it would be as of today while it is in force."""
    rules, result = assessment.framework.rules, frozen.result
    headline = _headline(assessment, result, assessment.result.residual_risk)
    now = frozen.today(rules) if assessment.is_approved else None
    today = _headline(assessment, now, "") if now else None
    return _standing(assessment, frozen.rows, result, headline, proposed=result, today=today)


def _standing(
    assessment: Assessment,
    rows: Mapping[str, Answer],
    result: scoring.Result,
    headline: Headline,
    *,
    proposed: scoring.Result,
    today: Headline | None = None,
) -> Standing:
    rules = assessment.framework.rules
    categories = _categories(assessment, result, rows.values())
    lines = _Lines(rules, rows, result)
    why = scoring.explain(result)
    return Standing(
        headline=headline,
        result=result,
        proposed=proposed,
        must_haves=lines.must_haves(),
        categories=categories,
        gaps=lines.points(scoring.gaps(result, MOST)),
        gains=lines.points(scoring.evidence_gains(result, MOST)),
        strengths=lines.points(scoring.strengths(result, MOST)),
        why=why,
        caps=tuple(line for line in categories if line.result.code in why.capped_by),
        uncapped=_band(rules, result.band_uncapped),
        floor=rules.scoring.floor_below,
        today=today,
    )


def _band(rules: scoring.Framework, letter: str | None) -> scoring.Band | None:
    return rules.scoring.band(letter) if letter else None


def _headline(assessment: Assessment, result: scoring.Result, residual: str) -> Headline:
    return Headline(
        overall=result.overall,
        claimed=result.claimed,
        confidence=result.confidence,
        verified_share=result.verified_share,
        documented_share=result.documented_share,
        claimed_share=result.claimed_share,
        band=_band(assessment.framework.rules, result.band),
        gate=result.gate,
        residual=residual,
    )


def _categories(
    assessment: Assessment, result: scoring.Result, rows: Iterable[Answer]
) -> tuple[CategoryLine, ...]:
    scale = assessment.framework.rules.scoring
    done = {entry.category.code: entry for entry in progress_of(assessment, rows).categories}
    found = []
    for entry in result.categories.values():
        band = None if entry.score is None else category_band(scale, entry.score)
        below = entry.code in result.categories_below_floor
        found.append(CategoryLine(entry, band, done.get(entry.code), below))
    return tuple(found)


class _Lines:
    """Criteria of a result with their answers, as tables show them."""

    def __init__(
        self, rules: scoring.Framework, rows: Mapping[str, Answer], result: scoring.Result
    ) -> None:
        self.rules = rules
        self.rows = rows
        self.result = result

    def must_haves(self) -> tuple[MustHaveLine, ...]:
        """All must-haves, failed ones first, then pending ones."""
        order = {scoring.FAIL: 0, scoring.PENDING: 1, scoring.PASS: 2}
        found = sorted(self.result.must_haves, key=lambda item: order[item.result])
        return tuple(self._must_have(item) for item in found)

    def _must_have(self, item: scoring.MustHaveResult) -> MustHaveLine:
        criterion = self.rules.criterion(item.code)
        row = self.rows[item.code]
        is_proposed = row.is_answered and not row.level
        level = row.proposed_level if is_proposed else row.level
        return MustHaveLine(
            criterion=criterion,
            category=self.rules.category_of(item.code),
            words=answer_words(criterion, row),
            level=level or (scoring.CLAIMED if row.is_answered else ""),
            is_proposed=is_proposed,
            result=item.result,
            reason=item.reason,
        )

    def points(self, found: Iterable[scoring.Points]) -> tuple[PointsLine, ...]:
        """Lines of a ranking."""
        return tuple(self._points(item) for item in found)

    def _points(self, item: scoring.Points) -> PointsLine:
        criterion = self.rules.criterion(item.code)
        words = answer_words(criterion, self.rows[item.code])
        outcome = self.result.criteria[item.code]
        if criterion.answer_type == scoring.AnswerType.TEXT and self.rows[item.code].is_answered:
            rating = self.rows[item.code].rating
            words = _("Not rated yet") if rating is None else _("Rated %d of 5") % rating
        return PointsLine(
            criterion=criterion,
            category=self.rules.category_of(item.code),
            points=item.points,
            words=words,
            level=(outcome.level or "") if outcome.state == scoring.ANSWERED else "",
        )
