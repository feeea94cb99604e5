"""The rows of the vendor list, and vendors whose names look alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from fractions import Fraction

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from vendors import scoring
from vendors.countries import COUNTRIES
from vendors.models import (
    OPEN_STATES,
    Answer,
    Assessment,
    AssessmentResult,
    Framework,
    Site,
    Vendor,
    name_key,
)
from vendors.permissions import Actor
from vendors.queries.waivers import WaiverLine, waived_among

#: How alike two names must be, from 0 to 1, for a warning.
ALIKE = 0.86
#: Warnings shown at once.
MOST_ALIKE = 5
# fmt: off
#: Words that say how a company is founded, not which one it is.
LEGAL_FORMS = frozenset(
    {
        "ab", "ag", "aps", "as", "asa", "bhd", "bv", "co", "company", "corp", "corporation", "cv",
        "doo", "dooel", "eood", "gmbh", "holding", "holdings", "inc", "incorporated", "kft", "kg",
        "kk", "lda", "limited", "llc", "llp", "lp", "ltd", "ltda", "mbh", "nv", "oao", "oo", "ood",
        "ou", "oy", "oyj", "pjsc", "plc", "private", "pt", "pte", "pty", "pvt", "rl", "rt", "sa",
        "sae", "sarl", "sas", "sdn", "se", "sl", "sp", "spa", "spzoo", "srl", "sro", "ug", "zoo",
        "zrt",
    }
)
# fmt: on


@dataclass(frozen=True, slots=True)
class OpenWork:
    """An open assessment and how far it is: answered of asked, by the criteria of its tier."""

    assessment: Assessment
    done: int
    asked: int


@dataclass(frozen=True, slots=True)
class VendorRow:
    """One row of the list. `result` is the latest approved one; nothing is computed for it.

    Score and band are the result's, or those under other weights where the database weighed them.
    """

    vendor: Vendor
    result: AssessmentResult | None
    overall: Decimal | float | None
    band: str
    band_label: str
    weakest_name: str
    weakest_band: str
    weakest_label: str
    work: OpenWork | None
    countries: list[str]
    next_end: date | None
    next_standard: str
    waivers: list[WaiverLine]

    @property
    def is_due(self) -> bool:
        """Whether the result has outlived its time, so that a reassessment is due."""
        return self.result is not None and self.result.valid_until < timezone.localdate()


def all_frameworks() -> dict[int, Framework]:
    """Every published version by key, oldest first. One query."""
    return {framework.pk: framework for framework in Framework.objects.order_by("pk")}


def newest_of(frameworks: Iterable[Framework]) -> Framework | None:
    """The version in force whose labels pages use: the one that was published last."""
    return max(frameworks, key=lambda framework: framework.pk, default=None)


def with_results(vendors: QuerySet[Vendor]) -> QuerySet[Vendor]:
    """The vendors with what a row shows, without the frozen documents."""
    return (
        vendors.select_related("latest_result__assessment")
        .prefetch_related("sites")
        .defer("latest_result__snapshot")
    )


def rows_of(vendors: Sequence[Vendor], frameworks: dict[int, Framework]) -> list[VendorRow]:
    """The rows for one page of vendors from `matching`. Three queries for all of them."""
    work = open_work(vendors, frameworks)
    waived = waived_among(entry.latest_result for entry in vendors if entry.latest_result)
    return [_row(vendor, frameworks, work.get(vendor.pk), waived) for vendor in vendors]


def _row(
    vendor: Vendor,
    frameworks: dict[int, Framework],
    work: OpenWork | None,
    waived: dict[int, list[WaiverLine]],
) -> VendorRow:
    result = vendor.latest_result
    overall = None
    band_label = letter = weakest = weakest_band = weakest_label = ""
    if result is not None:
        rules = frameworks[result.assessment.framework_id].rules
        overall = getattr(vendor, "score_now", result.overall)
        letter = getattr(vendor, "band_now", result.band) or ""
        band_label = next((b.label for b in rules.scoring.bands if b.value == letter), "")
        if result.weakest_code and result.weakest_score is not None:
            weakest = rules.category(result.weakest_code).name
            band = category_band(rules.scoring, Fraction(result.weakest_score))
            weakest_band, weakest_label = band.value, band.label
    return VendorRow(
        vendor=vendor,
        result=result,
        overall=overall,
        band=letter,
        band_label=band_label,
        weakest_name=weakest,
        weakest_band=weakest_band,
        weakest_label=weakest_label,
        work=work,
        countries=countries_of(vendor.sites.all()),
        next_end=getattr(vendor, "next_end", None),
        next_standard=getattr(vendor, "next_standard", None) or "",
        waivers=waived.get(result.assessment_id, []) if result else [],
    )


def category_band(rules: scoring.Scoring, score: Fraction) -> scoring.Band:
    """The band of a category, taken from the whole number that pages show."""
    return rules.band(scoring.band_of(rules, scoring.rounded(score, 0)) or "")


def countries_of(sites: Iterable[Site]) -> list[str]:
    """The countries of some sites by name, each once, in the order of the sites."""
    return list(dict.fromkeys(COUNTRIES.get(site.country, site.country) for site in sites))


def open_work(vendors: Iterable[Vendor], frameworks: dict[int, Framework]) -> dict[int, OpenWork]:
    """The newest open assessment of each vendor with its progress. Two queries."""
    newest: dict[int, Assessment] = {}
    for assessment in Assessment.objects.filter(
        vendor__in=[vendor.pk for vendor in vendors], state__in=OPEN_STATES
    ).order_by("pk"):
        newest[assessment.vendor_id] = assessment
    asked = {
        (entry.framework_id, entry.tier): [
            item.code for item in frameworks[entry.framework_id].rules.asked(entry.tier)
        ]
        for entry in newest.values()
    }
    done = _done(list(newest.values()), asked)
    return {
        vendor: OpenWork(entry, done.get(entry.pk, 0), len(asked[entry.framework_id, entry.tier]))
        for vendor, entry in newest.items()
    }


def _done(assessments: list[Assessment], asked: dict[tuple[int, int], list[str]]) -> dict[int, int]:
    """Answered rows by assessment, among the criteria that its tier asks. One query."""
    if not assessments:
        return {}
    in_tier = Q()
    for (framework, tier), codes in asked.items():
        in_tier |= Q(assessment__framework=framework, assessment__tier=tier, code__in=codes)
    answered = Q(is_answered=True) | Q(not_applicable=True)
    counts = (
        Answer.objects.filter(answered, in_tier, assessment__in=assessments)
        .order_by()
        .values_list("assessment_id")
        .annotate(Count("pk"))
    )
    return dict(counts)


def plain_name(name: str) -> str:
    """A name without case, accents, punctuation and legal form, for comparing names."""
    spelled = unicodedata.normalize("NFKD", name.replace("&", " and ")).casefold()
    letters = "".join(mark for mark in spelled if not unicodedata.combining(mark))
    joined = re.sub(r"(?<=\b\w)[.](?=\w\b)", "", letters)
    words = re.findall(r"\w+", joined.replace("'", ""))
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def looks_like(first: str, second: str) -> bool:
    """Whether two plain names could mean one company: spelled alike, or one begins the other."""
    if not first or not second:
        return False
    tight = first.replace(" ", ""), second.replace(" ", "")
    if tight[0] == tight[1]:
        return True
    short, long = sorted((first.split(), second.split()), key=len)
    if len(short) > 1 and long[: len(short)] == short:
        return True
    matcher = SequenceMatcher(None, *tight, autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _besides(user: Actor, key: int | None) -> QuerySet[Vendor]:
    """All vendors but one."""
    vendors = Vendor.objects.visible_to(user)
    return vendors if key is None else vendors.exclude(pk=key)


def vendor_named(user: Actor, name: str, *, besides: int | None = None) -> Vendor | None:
    """The vendor with this very name, case and spaces aside. One query."""
    return _besides(user, besides).filter(name_key=name_key(name)).first()


def similar_vendors(
    user: Actor, names: Iterable[str], *, besides: int | None = None
) -> list[Vendor]:
    """Vendors whose name or legal name looks like one of these, archived ones too. One query."""
    wanted = [plain for plain in {plain_name(name) for name in names} if plain]
    found = []
    for vendor in _besides(user, besides).only(
        "public_id", "name", "legal_name", "is_sample", "archived_at"
    ):
        known = {plain_name(vendor.name), plain_name(vendor.legal_name)}
        if any(looks_like(mine, theirs) for mine in wanted for theirs in known):
            found.append(vendor)
    return found[:MOST_ALIKE]
