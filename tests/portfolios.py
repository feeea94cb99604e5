"""Many vendors at once, rated twice, with sites and certifications: rows as approvals leave them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from vendors import scoring
from vendors.models import (
    SERVICES,
    Assessment,
    AssessmentResult,
    CategoryScore,
    Certification,
    Framework,
    Site,
    State,
    Vendor,
    name_key,
)
from vendors.queries.movements import last_quarter_end
from vetting.models import User

COUNTRIES = ("PH", "IN", "PL", "PT", "ZA", "KE", "MX", "RO", "IE", "CO", "EG", "BG", "MA", "VN")
STANDARDS = ("ISO/IEC 27001", "SOC 2", "PCI DSS", "ISO 45001", "SA8000", "ISO 14001")
NAMES = (
    "Aldermoor", "Brackwater", "Copperline", "Dunmere", "Estuary", "Fenwick", "Gannet", "Hollin",
    "Inverleith", "Juniper", "Kestrel", "Lantern", "Mallow", "Northgate", "Otterburn", "Palisade",
    "Quayside", "Rowan", "Saltmarsh", "Tern Island", "Ullswater", "Verdant", "Wharf", "Yarrow",
)  # fmt: skip
KINDS = ("Back Office", "Contact", "Support Group", "Claims", "Service Desk", "Digital")


def fill(
    count: int,
    framework: Framework,
    *,
    owner: User,
    approver: User,
    seed: int = 1,
    snapshot: str = "{}",
    rated: float = 0.9,
) -> list[Vendor]:
    """So many vendors, `rated` of them rated, twice each. The same seed makes the same ones."""
    draw = random.Random(seed)
    vendors = Vendor.objects.bulk_create(
        (_vendor(number, draw) for number in range(count)), batch_size=2_000
    )
    now = timezone.now()
    quarter = timezone.make_aware(
        datetime.combine(last_quarter_end(now.date()), datetime.min.time())
    )
    chosen = [vendor for vendor in vendors if draw.random() < rated]
    people = {"owner": owner, "approver": approver, "framework": framework}
    earlier = [_rated(vendor, 1, quarter - timedelta(days=90), people, draw) for vendor in chosen]
    later = [_rated(vendor, 2, now - timedelta(days=3), people, draw) for vendor in chosen]
    for one, other in zip(earlier, later, strict=True):
        one.state, one.superseded_at, other.tier = State.SUPERSEDED, other.approved_at, one.tier
    left = {vendor.pk for vendor in vendors} - {vendor.pk for vendor in chosen}
    waiting = [
        _open(vendor, people, draw) for vendor in vendors if vendor.pk in left and vendor.pk % 2
    ]
    Assessment.objects.bulk_create([*earlier, *later, *waiting], batch_size=1_000)
    bases = {vendor.pk: draw.gauss(70, 12) for vendor in chosen}
    _results([*earlier, *later], bases, framework.rules, draw, snapshot)
    newest = AssessmentResult.objects.filter(
        assessment__vendor=OuterRef("pk"), assessment__state=State.APPROVED
    )
    Vendor.objects.filter(pk__in=Subquery(_pks(later))).update(
        latest_result=Subquery(newest.values("pk")[:1])
    )
    Site.objects.bulk_create(_sites(vendors, draw), batch_size=2_000)
    Certification.objects.bulk_create(_certifications(vendors, draw), batch_size=2_000)
    return vendors


def _pks(assessments: Sequence[Assessment]) -> Any:
    first, last = assessments[0].pk, assessments[-1].pk
    return Assessment.objects.filter(pk__range=(first, last)).order_by().values("vendor")


def _vendor(number: int, draw: random.Random) -> Vendor:
    name = f"{NAMES[number % len(NAMES)]} {KINDS[number // len(NAMES) % len(KINDS)]}"
    if number >= len(NAMES) * len(KINDS):
        name = f"{name} {number}"
    services = draw.sample(list(SERVICES), draw.randint(1, 3))
    return Vendor(name=name, name_key=name_key(name), services=services, is_sample=True)


def _rated(
    vendor: Vendor, number: int, at: datetime, people: dict[str, Any], draw: random.Random
) -> Assessment:
    return Assessment(
        vendor=vendor,
        framework=people["framework"],
        framework_slug=people["framework"].slug,
        number=number,
        state=State.APPROVED,
        tier=draw.choice(scoring.TIERS),
        owner=people["owner"],
        as_of=at.date(),
        submitted_at=at,
        submitted_by=people["owner"],
        approved_at=at,
        approved_by=people["approver"],
    )


def _open(vendor: Vendor, people: dict[str, Any], draw: random.Random) -> Assessment:
    return Assessment(
        vendor=vendor,
        framework=people["framework"],
        framework_slug=people["framework"].slug,
        number=1,
        state=State.IN_PROGRESS,
        tier=draw.choice(scoring.TIERS),
        owner=people["owner"],
    )


def _results(
    assessments: Sequence[Assessment],
    bases: dict[int, float],
    rules: scoring.Framework,
    draw: random.Random,
    snapshot: str,
) -> None:
    scores = [_scores(rules, bases[one.vendor_id], draw) for one in assessments]
    results = AssessmentResult.objects.bulk_create(
        (
            _result(one, found, rules, draw, snapshot)
            for one, found in zip(assessments, scores, strict=True)
        ),
        batch_size=1_000,
    )
    CategoryScore.objects.bulk_create(_category_rows(results, scores, rules), batch_size=5_000)


def _scores(rules: scoring.Framework, base: float, draw: random.Random) -> dict[str, Fraction]:
    return {
        category.code: Fraction(round(min(max(draw.gauss(base, 10), 0), 100) * 1_000), 1_000)
        for category in rules.categories
    }


def _result(
    assessment: Assessment,
    scores: dict[str, Fraction],
    rules: scoring.Framework,
    draw: random.Random,
    snapshot: str,
) -> AssessmentResult:
    total = sum(category.weight for category in rules.categories)
    overall = sum(category.weight * scores[category.code] for category in rules.categories) / total
    low = any(score < rules.scoring.floor_below for score in scores.values())
    band = scoring.band_of(rules.scoring, overall, low) or ""
    weakest = min(scores, key=lambda code: scores[code])
    as_of = assessment.as_of
    assert as_of is not None
    gate = scoring.FAIL if draw.random() < 0.05 else scoring.PASS
    return AssessmentResult(
        assessment=assessment,
        snapshot=snapshot,
        digest="0" * 64,
        engine_version="1",
        framework_fingerprint="0" * 64,
        as_of=as_of,
        valid_until=as_of + timedelta(days=draw.randint(-60, 700)),
        tier=assessment.tier,
        overall=_decimal(overall),
        claimed=_decimal(overall),
        confidence=_decimal(Fraction(round(min(max(draw.gauss(84, 7), 40), 100) * 100), 100)),
        band=band,
        gate=gate,
        residual_risk=scoring.residual_risk(assessment.tier, band),
        must_haves_met=8 if gate == scoring.PASS else 7,
        must_haves_total=8,
        weakest_code=weakest,
        weakest_score=_decimal(scores[weakest]),
    )


def _decimal(value: Fraction) -> Decimal:
    return Decimal(str(round(float(value), 8)))


def _category_rows(
    results: Sequence[AssessmentResult],
    scores: Sequence[dict[str, Fraction]],
    rules: scoring.Framework,
) -> Iterator[CategoryScore]:
    for result, found in zip(results, scores, strict=True):
        for position, category in enumerate(rules.categories):
            score = found[category.code]
            yield CategoryScore(
                result=result,
                code=category.code,
                position=position,
                weight=str(category.weight),
                score=str(score),
                score_value=_decimal(score),
            )


def _sites(vendors: Sequence[Vendor], draw: random.Random) -> Iterator[Site]:
    for vendor in vendors:
        for country in draw.sample(COUNTRIES, draw.randint(1, 2)):
            yield Site(vendor=vendor, city="Sample City", country=country)


def _certifications(vendors: Sequence[Vendor], draw: random.Random) -> Iterator[Certification]:
    today = timezone.localdate()
    for vendor in vendors:
        for standard in draw.sample(STANDARDS, draw.randint(0, 2)):
            ends = today + timedelta(days=draw.randint(-30, 900))
            yield Certification(vendor=vendor, standard=standard, expires_on=ends)
