"""A vendor's rating: the frozen result, what explains it, and what has moved since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.utils import timezone

from vendors import scoring
from vendors.models import Assessment, AssessmentResult, CategoryScore
from vendors.queries.frozen import frozen_of
from vendors.queries.vendors import category_band
from vendors.queries.waivers import WaiverLine

#: Criteria named as the best ones to verify next.
GAINS = 5


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One category of the rating, beside what it was last time; None is not rated."""

    category: scoring.Category
    score: Fraction | None
    band: scoring.Band | None
    confidence: Fraction | None
    last: Fraction | None

    @property
    def change(self) -> Fraction | None:
        """The difference of the two whole figures shown, so that a reader can redo it."""
        if self.score is None or self.last is None:
            return None
        return scoring.rounded(self.score, 0) - scoring.rounded(self.last, 0)


@dataclass(frozen=True, slots=True)
class Gain:
    """What full evidence for one criterion would add, in points of the overall score."""

    criterion: scoring.Criterion
    points: Fraction


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One assessment of the vendor, with its frozen result where it has one."""

    assessment: Assessment
    result: AssessmentResult | None
    band: scoring.Band | None
    waivers: list[WaiverLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rating:
    """The latest approved result.

    `figures` is the frozen result document, `today` what the same answers are worth today, None
    where nothing that is shown differs.
    """

    result: AssessmentResult
    assessment: Assessment
    band: scoring.Band | None
    figures: Mapping[str, Any]
    today: scoring.Result | None
    today_band: scoring.Band | None
    last: HistoryLine | None
    lines: list[CategoryLine]
    gains: list[Gain]
    waivers: list[WaiverLine]

    @property
    def rules(self) -> scoring.Framework:
        """The framework version that it was rated on."""
        return self.assessment.framework.rules

    @property
    def is_due(self) -> bool:
        """Whether a reassessment is due."""
        return self.result.valid_until < timezone.localdate()

    @property
    def overall(self) -> Fraction | None:
        """The verified score, 0 to 100."""
        return _exact(self.figures["overall"])

    @property
    def claimed(self) -> Fraction | None:
        """The score if each answer were verified, 0 to 100."""
        return _exact(self.figures["claimed"])

    @property
    def evidence_loss(self) -> Fraction | None:
        """Points lost because evidence is less than verified, from the two figures shown."""
        if self.claimed is None or self.overall is None:
            return None
        return scoring.rounded(self.claimed) - scoring.rounded(self.overall)

    @property
    def capped_by(self) -> list[scoring.Category]:
        """The categories under the floor, where they cost a band."""
        if self.figures["band"] == self.figures["band_uncapped"]:
            return []
        return [self.rules.category(code) for code in self.figures["categories_below_floor"]]

    @property
    def held_by(self) -> list[str]:
        """The must-haves that are not met."""
        return [code for code, met in self.figures["must_haves"].items() if met != scoring.PASS]

    @property
    def change(self) -> Fraction | None:
        """The difference to the last approved score, from the two figures shown."""
        last = self.last.result if self.last else None
        if last is None or last.overall is None or self.overall is None:
            return None
        return scoring.rounded(self.overall) - scoring.rounded(Fraction(last.overall))

    @property
    def gains_total(self) -> Fraction:
        """What verifying the criteria named would add together."""
        return sum((gain.points for gain in self.gains), Fraction(0))


def rating_of(line: HistoryLine, history: Sequence[HistoryLine]) -> Rating:
    """The frozen result of an approved assessment. Two queries, one for its document."""
    assessment, result = line.assessment, line.assessment.result
    rules = assessment.framework.rules
    frozen = frozen_of(assessment)
    now = frozen.today(rules)
    last = _last_before(line, history)
    return Rating(
        result=result,
        assessment=assessment,
        band=line.band,
        figures=frozen.figures,
        today=now,
        today_band=rules.scoring.band(now.band) if now and now.band else None,
        last=last,
        lines=_lines(rules, result, last),
        gains=_gains(rules, frozen.result),
        waivers=line.waivers,
    )


def _last_before(line: HistoryLine, history: Sequence[HistoryLine]) -> HistoryLine | None:
    """The approved result before this one on the same framework, of any version."""
    older = [
        entry
        for entry in history
        if entry.result
        and entry.assessment.approved_at is not None
        and entry.result.pk < line.assessment.result.pk
        and entry.assessment.framework_slug == line.assessment.framework_slug
    ]
    return max(older, key=lambda entry: entry.assessment.result.pk, default=None)


def _lines(
    rules: scoring.Framework, result: AssessmentResult, last: HistoryLine | None
) -> list[CategoryLine]:
    """The frozen categories in order, beside those of last time. One query."""
    wanted = [result.pk, *([last.assessment.result.pk] if last else [])]
    rows: dict[int, dict[str, CategoryScore]] = {key: {} for key in wanted}
    for row in CategoryScore.objects.filter(result__in=wanted):
        rows[row.result_id][row.code] = row
    before = rows[wanted[-1]] if last else {}
    lines = []
    for code, row in rows[result.pk].items():
        score = _exact(row.score)
        lines.append(
            CategoryLine(
                category=rules.category(code),
                score=score,
                band=category_band(rules.scoring, score) if score is not None else None,
                confidence=_exact(row.confidence),
                last=_exact(before[code].score) if code in before else None,
            )
        )
    return lines


def _exact(value: Any) -> Fraction | None:
    """A stored figure: exact text, a mapping that has it, or nothing."""
    text = value["exact"] if isinstance(value, Mapping) else value
    return Fraction(text) if text else None


def _gains(rules: scoring.Framework, result: scoring.Result) -> list[Gain]:
    """The criteria whose verification would add most; contradicted ones need more than that."""
    gains = [
        Gain(rules.criterion(item.code), item.points)
        for item in scoring.evidence_gains(result)
        if result.criteria[item.code].level != scoring.REJECTED
    ]
    return gains[:GAINS]
