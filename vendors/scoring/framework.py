"""Reading a framework file and checking all of it: every fault is named with its path.

The rules are in docs/scoring.md, "The framework file".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from vendors.scoring.canonical import canonical_json, digest, number_text
from vendors.scoring.criteria import (
    CHOICE_TYPES,
    CLAIMED,
    DOCUMENTED,
    LEVELS,
    NUMBER_TYPES,
    REJECTED,
    TIERS,
    VERIFIED,
    AnswerType,
    Band,
    Category,
    Choice,
    Criterion,
    EvidenceLevel,
    EvidenceRule,
    Framework,
    MustHave,
    Scale,
    Scoring,
    WeightProfile,
)
from vendors.scoring.criterion_file import read_criterion
from vendors.scoring.reading import WHOLE, DocumentError, Fault, Table
from vendors.scoring.strict_json import read_json
from vendors.scoring.yaml_events import read_yaml

#: The profile that every framework has: its own category weights.
BALANCED = "Balanced"
#: Letters a band may have; docs/scoring.md gives a residual risk for each.
BAND_LETTERS = ("A", "B", "C", "D", "E")

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_CATEGORY_CODE = re.compile(r"[A-Z][A-Z0-9]{0,19}")


class FrameworkError(DocumentError):
    """A framework file that cannot be used; `faults` names everything that is wrong with it."""


@lru_cache(maxsize=4)
def parse_framework(yaml_text: str) -> Framework:
    """The framework of a YAML file. Raises FrameworkError with every fault and its path.

    The last few are kept: a draft is read anew by each step from upload to publishing, a tenth of a
    second each time, and nothing of it can be changed.
    """
    try:
        return _framework(read_yaml(yaml_text.removeprefix("\ufeff")))
    except DocumentError as error:
        raise FrameworkError(error.faults) from None


def load_document(canonical_json_text: str) -> Framework:
    """The framework of a stored document, checked as a file is. Raises FrameworkError."""
    try:
        return _framework(read_json(canonical_json_text))
    except DocumentError as error:
        raise FrameworkError(error.faults) from None


def _framework(value: object) -> Framework:
    faults: list[Fault] = []
    if not isinstance(value, dict):
        raise DocumentError([Fault(WHOLE, "must be an object with framework, scoring, categories")])
    top = Table(value, "", faults)
    top.only("framework", "scoring", "weight_profiles", "categories")
    slug, name, version, description = _identity(top)
    scoring = _scoring(top)
    categories = _categories(top)
    profiles = _profiles(top, categories)
    if faults:
        raise DocumentError(faults)
    document = canonical_json(value)
    return Framework(
        slug=slug,
        name=name,
        version=version,
        description=description,
        scoring=scoring,
        weight_profiles=profiles,
        categories=categories,
        document=document,
        fingerprint=digest(document),
    )


def _identity(top: Table) -> tuple[str, str, str, str]:
    head = top.table("framework")
    if head is None:
        return "", "", "", ""
    head.only("slug", "name", "version", "description")
    slug, version = head.text("slug", limit=80), head.text("version", limit=40)
    if slug and not _SLUG.fullmatch(slug):
        head.fault("slug", "must be small letters, digits and hyphens")
    if version and not _VERSION.fullmatch(version):
        head.fault("version", "must be three numbers such as 1.0.0")
    description = head.text("description", required=False, limit=10_000)
    return slug, head.text("name", filled=True), version, description


def _scoring(top: Table) -> Scoring:
    empty = Scoring((), (), Fraction(0), "", Fraction(0))
    table = top.table("scoring")
    if table is None:
        return empty
    table.only("evidence_levels", "bands", "category_floor", "category_min_applicable_percent")
    levels = _levels(table)
    bands = _bands(table)
    below, cap = Fraction(0), ""
    if (floor := table.table("category_floor")) is not None:
        floor.only("below", "cap_band")
        below = floor.number("below", 0, 100) or Fraction(0)
        cap = floor.text("cap_band")
        if cap and cap not in {band.value for band in bands}:
            floor.fault("cap_band", f"{cap} is not one of the bands")
    share = table.number("category_min_applicable_percent", 0, 100)
    return Scoring(levels, bands, below, cap, share or Fraction(0))


def _levels(scoring: Table) -> tuple[EvidenceLevel, ...]:
    levels: list[EvidenceLevel] = []
    for item in scoring.tables("evidence_levels", required=True):
        item.only("value", "label", "coefficient")
        value, label = item.text("value"), item.text("label", filled=True)
        coefficient = item.number("coefficient", 0, 1)
        if value and value not in LEVELS:
            item.fault("value", f"must be one of {', '.join(LEVELS)}")
        if value in {level.value for level in levels}:
            item.fault("value", f"duplicate value {value}")
        levels.append(EvidenceLevel(value, label, coefficient or Fraction(0)))
    earned = {level.value: level.coefficient for level in levels}
    if "evidence_levels" in scoring and (lacking := [v for v in LEVELS if v not in earned]):
        scoring.fault("evidence_levels", f"missing: {', '.join(lacking)}")
    elif "evidence_levels" in scoring:
        if not earned[CLAIMED] <= earned[DOCUMENTED] <= earned[VERIFIED]:
            scoring.fault("evidence_levels", "coefficients must rise from claimed to verified")
        if earned[REJECTED] != 0:
            scoring.fault("evidence_levels", "the coefficient of rejected must be 0")
    return tuple(levels)


def _bands(scoring: Table) -> tuple[Band, ...]:
    bands: list[Band] = []
    for item in scoring.tables("bands", required=True):
        item.only("value", "label", "min")
        value, label = item.text("value"), item.text("label", filled=True)
        least = item.number("min", 0, 100)
        if value and value not in BAND_LETTERS:
            item.fault("value", f"must be one of {', '.join(BAND_LETTERS)}")
        if bands and value and value <= bands[-1].value:
            item.fault("value", "bands must follow one another from A to E, each once")
        if bands and least is not None and least >= bands[-1].min:
            item.fault("min", "not descending")
        bands.append(Band(value, label, least if least is not None else Fraction(0)))
    if "bands" in scoring and (not bands or bands[-1].min != 0):
        scoring.fault("bands", "must cover 0 to 100: the last band starts at 0")
    return tuple(bands)


def _categories(top: Table) -> tuple[Category, ...]:
    categories: list[Category] = []
    seen: set[str] = set()
    for item in top.tables("categories", required=True):
        item.only("code", "name", "weight", "description", "criteria")
        code, name = item.text("code"), item.text("name", filled=True)
        if code and not _CATEGORY_CODE.fullmatch(code):
            item.fault("code", "must be up to 20 capital letters and digits")
        if code and code in {category.code for category in categories}:
            item.fault("code", f"duplicate code {code}")
        weight = _weight(item)
        description = item.text("description", required=False, limit=10_000)
        criteria = tuple(
            read_criterion(table, seen) for table in item.tables("criteria", required=True)
        )
        _sums_to_100(item, "criteria", (criterion.weight for criterion in criteria))
        categories.append(Category(code, name, weight, criteria, description))
    _sums_to_100(top, "categories", (category.weight for category in categories))
    return tuple(categories)


def _weight(table: Table) -> Fraction:
    weight = table.number("weight", 0, 100)
    if weight == 0:
        table.fault("weight", "must be above 0")
    return weight or Fraction(0)


def _sums_to_100(table: Table, key: str, weights: Iterable[Fraction]) -> None:
    total = sum(weights, Fraction(0))
    if key in table and total != 100:
        table.fault(key, f"weights sum to {number_text(total)}, not 100")


def _profiles(top: Table, categories: tuple[Category, ...]) -> tuple[WeightProfile, ...]:
    codes = [category.code for category in categories]
    profiles: list[WeightProfile] = []
    for item in top.tables("weight_profiles"):
        item.only("name", "description", "weights")
        name = item.text("name", limit=80, filled=True)
        if name in {BALANCED, *(profile.name for profile in profiles)}:
            item.fault("name", f"duplicate name {name}")
        description = item.text("description", required=False, limit=10_000)
        weights: dict[str, Fraction] = {}
        if (table := item.table("weights")) is not None:
            for code in [key for key in table.values if key not in codes]:
                table.fault(code, "unknown category")
            weights = {code: table.number(code, 0, 100) or Fraction(0) for code in codes}
            _sums_to_100(item, "weights", weights.values())
        profiles.append(WeightProfile(name, description, weights))
    return tuple(profiles)


__all__ = [
    "BALANCED",
    "CHOICE_TYPES",
    "LEVELS",
    "NUMBER_TYPES",
    "TIERS",
    "AnswerType",
    "Band",
    "Category",
    "Choice",
    "Criterion",
    "EvidenceLevel",
    "EvidenceRule",
    "Fault",
    "Framework",
    "FrameworkError",
    "MustHave",
    "Scale",
    "Scoring",
    "WeightProfile",
    "load_document",
    "parse_framework",
]
