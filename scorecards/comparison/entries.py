"""From rows to entries: per vendor the assessment that speaks for it, with its exact figures.

An approved assessment is read as it was frozen; an open one is computed on read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Q

from scorecards.comparison.figures import SHARED_LEVELS, CategoryFigure, CriterionFigure
from scorecards.comparison.frozen import frozen_figures
from scorecards.comparison.voices import Voice, end_of, voices_of, voices_on
from vendors import scoring
from vendors.models import Assessment, AssessmentResult, Certification, Framework, Vendor
from vendors.queries.scores import engine_answers
from vendors.queries.waivers import WaiverLine, waived_among

__all__ = [
    "SHARED_LEVELS",
    "CategoryFigure",
    "CriterionFigure",
    "Entry",
    "certifications_of",
    "entries_of",
]


@dataclass(frozen=True, slots=True)
class Entry:
    """A vendor with the assessment that speaks for it.

    `values` are its answers by code, `reasons` say why criteria do not apply.
    `own` is the overall score of its own result, under its framework's own weights. Where several
    versions of a framework are compared, `measure` is the leading one: criteria and categories
    are then those asked alike, weighed as it does; gate and must-haves stay the vendor's own.
    `has_open` where an open assessment stands beside a result in force, whichever of them speaks.
    """

    vendor: Vendor
    assessment: Assessment
    framework: Framework
    gate: str
    must_haves: dict[str, str]
    criteria: dict[str, CriterionFigure]
    categories: dict[str, CategoryFigure]
    values: dict[str, Any]
    reasons: dict[str, str] = field(default_factory=dict)
    waivers: list[WaiverLine] = field(default_factory=list)
    own: Fraction | None = None
    has_open: bool = False
    measure: scoring.Framework | None = None

    @property
    def key(self) -> str:
        """What tells it apart from the others."""
        return str(self.vendor.public_id)

    @property
    def rules(self) -> scoring.Framework:
        """Its framework as the engine reads it."""
        return self.framework.rules

    @property
    def is_approved(self) -> bool:
        """Whether the figures are frozen."""
        return self.assessment.is_frozen

    @property
    def scores(self) -> dict[str, Fraction | None]:
        """Category scores by code."""
        return {code: figure.score for code, figure in self.categories.items()}


def entries_of(
    vendors: Sequence[Vendor], *, drafts: Collection[UUID] = frozenset(), on: date | None = None
) -> dict[int, Entry]:
    """Entries by the vendor's key; a vendor for which no assessment speaks has none.

    `drafts` are ids of vendors whose open assessment goes before the one in force. With `on`, a
    past day, those results speak that were in force on it, and no open assessment does. Five
    queries at most. Without a day the vendors come with `latest_result__assessment` selected.
    """
    voices = voices_of(vendors, drafts) if on is None else voices_on(vendors, on)
    frameworks = _frameworks(voices)
    waived = _waived((voice.result for voice in voices.values()), on)
    entries = {}
    for vendor in vendors:
        voice = voices.get(vendor.pk)
        if voice is None:
            continue
        if voice.result is not None:
            framework = frameworks[voice.result.assessment.framework_id]
            waivers = waived.get(voice.result.assessment_id, [])
            entry = _frozen(vendor, voice.result, framework, waivers)
        elif voice.current is not None:
            voice.current.framework = frameworks[voice.current.framework_id]
            entry = _current(vendor, voice.current)
        entries[vendor.pk] = replace(entry, has_open=voice.has_open)
    return entries


def certifications_of(
    vendors: Iterable[Vendor], on: date | None = None
) -> dict[int, list[Certification]]:
    """What stands in each vendor's register, by the vendor's key. One query.

    For a past day also what was removed since, and without what was issued since; when an entry
    was added is not known.
    """
    rows = Certification.objects.filter(vendor__in=list(vendors))
    if on is None:
        rows = rows.filter(removed_at=None)
    else:
        rows = rows.filter(
            Q(removed_at=None) | Q(removed_at__gte=end_of(on)),
            Q(issued_on=None) | Q(issued_on__lte=on),
        )
    found: dict[int, list[Certification]] = defaultdict(list)
    for entry in rows:
        found[entry.vendor_id].append(entry)
    return found


def _frameworks(voices: Mapping[int, Voice]) -> dict[int, Framework]:
    """The versions that they are on. One query, or none."""
    used = {voice.result.assessment.framework_id for voice in voices.values() if voice.result}
    used |= {voice.current.framework_id for voice in voices.values() if voice.current}
    return Framework.objects.in_bulk(used) if used else {}


def _waived(
    results: Iterable[AssessmentResult | None], on: date | None
) -> dict[int, list[WaiverLine]]:
    """The waivers behind some results; granted with the approval, so a past day has the same."""
    found = waived_among(result for result in results if result is not None)
    if on is None:
        return found
    return {
        key: [replace(item, is_over=item.ends_on < on) for item in items]
        for key, items in found.items()
    }


def _frozen(
    vendor: Vendor, result: AssessmentResult, framework: Framework, waivers: list[WaiverLine]
) -> Entry:
    """The entry of an approved assessment. What is shared between requests is copied."""
    figures = frozen_figures(result, framework.rules)
    return Entry(
        vendor=vendor,
        assessment=result.assessment,
        framework=framework,
        gate=result.gate,
        must_haves=dict(figures.must_haves),
        criteria=dict(figures.criteria),
        categories=dict(figures.categories),
        values=dict(figures.values),
        reasons=dict(figures.reasons),
        waivers=waivers,
        own=figures.overall,
    )


def _current(vendor: Vendor, assessment: Assessment) -> Entry:
    """The entry of an open assessment, computed now. No query of its own."""
    rules = assessment.framework.rules
    rows = list(assessment.answers.all())
    answers = engine_answers(rules, rows)
    result = scoring.score(rules, answers, assessment.tier, assessment.scored_on)
    return Entry(
        vendor=vendor,
        assessment=assessment,
        framework=assessment.framework,
        gate=result.gate,
        must_haves={item.code: item.result for item in result.must_haves},
        criteria={
            code: CriterionFigure(item.state, item.raw, item.level or "", item.score)
            for code, item in result.criteria.items()
        },
        categories={code: _category(item) for code, item in result.categories.items()},
        values={code: answer.value for code, answer in answers.items()},
        reasons={row.code: row.reason for row in rows if row.not_applicable},
        own=result.overall,
    )


def _category(item: scoring.CategoryResult) -> CategoryFigure:
    shares = zip(
        SHARED_LEVELS, (item.verified_share, item.documented_share, item.claimed_share), strict=True
    )
    return CategoryFigure(
        score=item.score,
        claimed=item.claimed,
        confidence=item.confidence,
        high=item.high,
        shares={level: share for level, share in shares if share is not None},
    )
