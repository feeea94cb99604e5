"""Vendors on several versions of one framework: compared on the criteria that all ask alike.

The rules are in docs/scoring.md, "Different versions".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from scorecards.comparison.entries import Entry
from scorecards.comparison.figures import (
    NOT_RATED,
    CategoryFigure,
    CriterionFigure,
    Weighed,
    shares_of,
    weight_of,
)
from vendors import scoring
from vendors.models import Framework
from vendors.scoring.changes import NEW, RESCORED, RETIRED
from vendors.scoring.figures import weighted_sum

#: Versions that have less than this much of the weight in common are not compared, in percent.
LEAST_SHARED = Fraction(50)


@dataclass(frozen=True, slots=True)
class Shared:
    """What several versions ask alike: codes of criteria, their percent of the leading weight.

    `others` are the versions taken in beside the leading one. `is_otherwise` where a score differs
    from that of the vendor's own result.
    """

    codes: frozenset[str]
    percent: Fraction
    others: tuple[Framework, ...]
    is_otherwise: bool


@dataclass(frozen=True, slots=True)
class Odd:
    """An entry that cannot be taken in, and why.

    `percent` of the leading weight is what its version shares, or with `is_joint` what would be
    left to all if it were taken in; None where it is on another framework altogether.
    """

    entry: Entry
    percent: Fraction | None = None
    is_joint: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """The framework that leads, and who is measured by it; `shared` is None on one version."""

    framework: Framework
    entries: tuple[Entry, ...]
    odd: tuple[Odd, ...]
    shared: Shared | None


def taken_in(entries: Sequence[Entry]) -> Taken:
    """Who can stand side by side. Raises ValueError without entries.

    The framework that most are on leads, the first one's in doubt; of its versions the one that
    most are on, in doubt the one published last.
    """
    leading = _leading(entries)
    codes, others, refused = _versions(leading, entries)
    kept = {leading.pk, *(version.pk for version in others)}
    own = tuple(entry for entry in entries if entry.framework.pk in kept)
    odd = tuple(
        Odd(entry, *refused.get(entry.framework.pk, (None, False)))
        for entry in entries
        if entry.framework.pk not in kept
    )
    if not others:
        return Taken(leading, own, odd, None)
    rules = leading.rules
    measured = tuple(measured_by(rules, codes, entry) for entry in own)
    is_otherwise = any(
        before.scores != after.scores for before, after in zip(own, measured, strict=True)
    )
    shared = Shared(codes, part_of(rules, codes), tuple(others), is_otherwise)
    return Taken(leading, measured, odd, shared)


@lru_cache(maxsize=256)
def asked_alike(other: scoring.Framework, leading: scoring.Framework) -> frozenset[str]:
    """The codes of criteria that both ask, and score, alike. Published versions never change."""
    changes = scoring.changes_between(other, leading)
    return frozenset(
        item.code
        for category in changes.categories
        for item in category.criteria
        if not {NEW, RETIRED, RESCORED} & set(item.kinds)
    )


def part_of(rules: scoring.Framework, codes: Collection[str]) -> Fraction:
    """The weight of some criteria in percent of the whole framework."""
    return weighted_sum(
        (category.weight, criterion.weight / 100)
        for category in rules.categories
        for criterion in category.criteria
        if criterion.code in codes
    )


def measured_by(rules: scoring.Framework, codes: Collection[str], entry: Entry) -> Entry:
    """The entry on these criteria alone, with the weights and coefficients of a version.

    Raw scores and evidence levels are those of the entry; so are gate and must-haves.
    """
    criteria = {
        criterion.code: _scored(rules, criterion, entry.criteria[criterion.code])
        for criterion in rules.criteria
        if criterion.code in codes and criterion.code in entry.criteria
    }
    categories = {
        category.code: _category(rules, category, criteria, is_final=entry.is_approved)
        for category in rules.categories
    }
    return replace(entry, criteria=criteria, categories=categories, measure=rules)


def _leading(entries: Sequence[Entry]) -> Framework:
    slugs = Counter(entry.framework.slug for entry in entries)
    # max keeps the first of equals
    slug = max((entry.framework.slug for entry in entries), key=lambda item: slugs[item])
    versions = [entry.framework for entry in entries if entry.framework.slug == slug]
    counts = Counter(version.pk for version in versions)
    return max(versions, key=lambda version: (counts[version.pk], version.pk))


def _versions(
    leading: Framework, entries: Sequence[Entry]
) -> tuple[frozenset[str], list[Framework], dict[int, tuple[Fraction, bool]]]:
    """What all ask alike, the versions beside the leading one, and why others are left out.

    Those with most vendors are taken in first, in doubt those published last.
    """
    rules = leading.rules
    counts = Counter(entry.framework.pk for entry in entries)
    versions = {e.framework.pk: e.framework for e in entries if e.framework.slug == leading.slug}
    del versions[leading.pk]
    codes, others = rules.codes, []
    refused: dict[int, tuple[Fraction, bool]] = {}
    for key in sorted(versions, key=lambda key: (-counts[key], -key)):
        alike = asked_alike(versions[key].rules, rules)
        percent, joint = part_of(rules, alike), part_of(rules, codes & alike)
        if joint >= LEAST_SHARED:
            codes &= alike
            others.append(versions[key])
        elif percent >= LEAST_SHARED:
            refused[key] = (joint, True)
        else:
            refused[key] = (percent, False)
    return codes, others, refused


def _coefficient(rules: scoring.Framework, criterion: scoring.Criterion, level: str) -> Fraction:
    """What evidence of a level earns, as the engine counts it."""
    if not criterion.evidence.required and level != scoring.REJECTED:
        return Fraction(1)
    return rules.scoring.level(level).coefficient


def _scored(
    rules: scoring.Framework, criterion: scoring.Criterion, figure: CriterionFigure
) -> CriterionFigure:
    if figure.raw is None:
        return figure
    return replace(figure, score=figure.raw * _coefficient(rules, criterion, figure.level))


def _category(
    rules: scoring.Framework,
    category: scoring.Category,
    criteria: Mapping[str, CriterionFigure],
    *,
    is_final: bool,
) -> CategoryFigure:
    """C = sum(w s e) / sum(w) over the applicable ones of these criteria."""
    asked = [(item, criteria[item.code]) for item in category.criteria if item.code in criteria]
    counted = [(item, figure) for item, figure in asked if not figure.is_not_applicable]
    weighed: list[Weighed] = [(item.weight, figure) for item, figure in counted]
    applicable = weight_of(weighed)
    least = rules.scoring.category_min_applicable_percent / 100
    if not applicable or applicable < least * weight_of((c.weight, f) for c, f in asked):
        return NOT_RATED
    score = weighted_sum((weight, item.score or Fraction(0)) for weight, item in weighed)
    claimed = weighted_sum((weight, item.raw or Fraction(0)) for weight, item in weighed)
    proven = weighted_sum(
        (item.weight, _coefficient(rules, item, figure.level))
        for item, figure in counted
        if figure.is_answered
    )
    missing = weight_of((weight, item) for weight, item in weighed if not item.is_answered)
    return CategoryFigure(
        score=score / applicable,
        claimed=claimed / applicable,
        confidence=100 * proven / applicable,
        high=(score + (0 if is_final else 100 * missing)) / applicable,
        shares=shares_of(weighed),
    )
