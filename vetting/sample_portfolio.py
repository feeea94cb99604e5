"""A portfolio of fictional vendors for the demo: portable documents, made from a table.

Answers follow from a strength for each vendor and category, and from a digest of names, so that
every start makes the same documents. Days are counted back from today, so that nothing ages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from vendors import scoring


@dataclass(frozen=True, slots=True)
class Past:
    """An assessment: how many days ago, and how strong the vendor was, 0 to 1."""

    days: int
    strength: float


@dataclass(frozen=True, slots=True)
class SampleVendor:
    """One vendor. `proof` is how well answers are backed, 0 to 1; `uneven` moves single categories."""

    name: str
    services: tuple[str, ...]
    sites: tuple[tuple[str, str, int], ...]
    tier: int
    proof: float
    assessed: tuple[Past, ...]
    uneven: Mapping[str, float] = field(default_factory=dict)
    certifications: tuple[tuple[str, str, int], ...] = ()


VENDORS = (
    SampleVendor(
        "Solway Process Partners",
        ("voice", "back_office"),
        (("Porto", "PT", 640), ("Gdansk", "PL", 310)),
        1,
        0.8,
        (Past(160, 0.88), Past(4, 0.93)),
        {"ENV": -0.2},
        (("ISO/IEC 27001", "", 700), ("SOC 2", "Type 2", 200), ("ISO 45001", "", 420)),
    ),
    SampleVendor(
        "Palisade Claims",
        ("claims", "voice"),
        (("Cork", "IE", 280),),
        1,
        0.75,
        (Past(11, 0.84),),
        {"AIE": -0.35, "EMP": 0.1},
        (("ISO/IEC 27001", "", 61), ("ISO 9001", "", 500)),
    ),
    SampleVendor(
        "Verdant Ridge CX",
        ("voice", "chat"),
        (("Nairobi", "KE", 520), ("Kigali", "RW", 180)),
        2,
        0.7,
        (Past(190, 0.74), Past(9, 0.8)),
        {"ENV": 0.2, "SEC": -0.15},
        (("ISO/IEC 27001", "", 160),),
    ),
    SampleVendor(
        "Aldermoor Back Office",
        ("back_office", "data_entry"),
        (("Leeds", "GB", 220),),
        2,
        0.9,
        (Past(21, 0.9),),
        {"DEI": -0.2},
        (("ISO/IEC 27001", "", 330), ("ISO 9001", "", 330)),
    ),
    SampleVendor(
        "Estuary Claims Support",
        ("claims", "back_office"),
        (("Galway", "IE", 140), ("Lisbon", "PT", 90)),
        2,
        0.55,
        (Past(170, 0.82), Past(15, 0.76)),
        {"PRI": 0.15, "TRA": -0.2},
        (("SOC 2", "Type 1", 20),),
    ),
    SampleVendor(
        "Northgate Back Office",
        ("payroll", "back_office"),
        (("Cluj-Napoca", "RO", 410),),
        2,
        0.45,
        (Past(200, 0.78), Past(18, 0.68)),
        {"GOV": -0.25, "LEG": 0.1},
        (("ISO/IEC 27001", "", -20),),
    ),
    SampleVendor(
        "Copperline Contact",
        ("voice", "collections"),
        (("Durban", "ZA", 760),),
        2,
        0.5,
        (Past(6, 0.66),),
        {"HRT": -0.2, "SVC": 0.2},
        (("PCI DSS", "", 80),),
    ),
    SampleVendor(
        "Kestrel Point Services",
        ("it_support",),
        (("Tallinn", "EE", 85),),
        3,
        0.85,
        (Past(30, 0.9),),
        {},
        (("ISO/IEC 27001", "", 610),),
    ),
    SampleVendor(
        "Lantern Quay BPO",
        ("data_entry", "content_moderation"),
        (("Mombasa", "KE", 190),),
        3,
        0.3,
        (Past(26, 0.55),),
        {"ENV": -0.2, "LAB": 0.1},
    ),
    SampleVendor(
        "Pinnace Support Group",
        ("voice", "sales"),
        (("Monterrey", "MX", 930), ("Bogota", "CO", 310)),
        2,
        0.25,
        (Past(13, 0.5),),
        {"TRA": -0.2, "SEC": 0.15},
        (("ISO 9001", "", 45),),
    ),
)


#: Those of a comparison that was saved and chosen from; the first one was chosen.
COMPARED = ("Solway Process Partners", "Palisade Claims", "Estuary Claims Support")


def documents(vendor: SampleVendor, rules: scoring.Framework, today: date) -> list[dict[str, Any]]:
    """The vendor's portable assessments, the oldest first."""
    return [_document(vendor, rules, past, today) for past in vendor.assessed]


def _document(
    vendor: SampleVendor, rules: scoring.Framework, past: Past, today: date
) -> dict[str, Any]:
    as_of = today - timedelta(days=past.days)
    answers = {
        criterion.code: _answer(criterion, rules, vendor, past.strength, as_of)
        for criterion in rules.asked(vendor.tier)
    }
    return {
        "format": scoring.FORMAT,
        "vendor": {
            "name": vendor.name,
            "services": list(vendor.services),
            "languages": ["en"],
            "headcount": sum(people for _city, _country, people in vendor.sites),
            "sites": [
                {"city": city, "country": country, "headcount": people}
                for city, country, people in vendor.sites
            ],
            "certifications": [
                _certification(standard, level, today + timedelta(days=left))
                for standard, level, left in vendor.certifications
            ],
        },
        "framework": {"slug": rules.slug, "version": rules.version},
        "tier": vendor.tier,
        "as_of": as_of.isoformat(),
        "answers": answers,
    }


def _certification(standard: str, level: str, ends_on: date) -> dict[str, str]:
    return {
        "standard": standard,
        "level": level,
        "issuer": "Albion Audits",
        "issued_on": (ends_on - timedelta(days=1095)).isoformat(),
        "expires_on": ends_on.isoformat(),
    }


def _share(*words: str) -> float:
    """A number from 0 to 1 that follows from words alone."""
    digest = hashlib.sha256("|".join(words).encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def _answer(
    criterion: scoring.Criterion,
    rules: scoring.Framework,
    vendor: SampleVendor,
    strength: float,
    as_of: date,
) -> dict[str, Any]:
    """An answer near the vendor's strength; a must-have is always met."""
    category = rules.category_of(criterion.code)
    wanted = strength + vendor.uneven.get(category.code, 0.0)
    wanted = 100 * min(max(wanted + 0.5 * (_share(vendor.name, criterion.code) - 0.5), 0.0), 1.0)
    if criterion.must_have:
        wanted = max(wanted, float(criterion.must_have.min_score))
    found = _value(criterion, wanted, as_of)
    if criterion.evidence.required:
        found["evidence"] = _level(criterion, vendor, rules)
        found["evidence_valid_to"] = (as_of + timedelta(days=500)).isoformat()
    return found


def _level(criterion: scoring.Criterion, vendor: SampleVendor, rules: scoring.Framework) -> str:
    """An evidence level that follows from the vendor's proof; never less than a must-have asks."""
    share = vendor.proof + 0.6 * (_share(vendor.name, criterion.code, "proof") - 0.5)
    levels = (scoring.CLAIMED, scoring.DOCUMENTED, scoring.VERIFIED)
    level = levels[(share > 0.3) + (share > 0.65)]
    if criterion.must_have is None:
        return level
    least = criterion.must_have.min_evidence
    return max(level, least, key=lambda value: rules.scoring.level(value).coefficient)


def _value(criterion: scoring.Criterion, wanted: float, as_of: date) -> dict[str, Any]:
    """The value whose score comes nearest to what is wanted, from above where it can."""

    def distance(score: Fraction) -> tuple[bool, float]:
        return score < wanted and bool(criterion.must_have), abs(float(score) - wanted)

    scale = criterion.scale
    if criterion.choices:
        choice = min(criterion.choices, key=lambda item: distance(item.score))
        found: dict[str, Any] = {"value": choice.value}
        if scale and choice.value in scale.expiring_values:
            found["valid_to"] = (as_of + timedelta(days=500)).isoformat()
        return found
    if scale is None:
        return {"value": None}
    at = min(scale.points, key=lambda point: distance(point[1]))[0]
    if criterion.answer_type == scoring.AnswerType.DATE:
        return {"value": (as_of - timedelta(days=int(at * 30))).isoformat()}
    if criterion.answer_type == scoring.AnswerType.TEXT:
        return {"value": "Written procedure with named owners (Sample).", "rating": int(at)}
    return {"value": int(at) if at.denominator == 1 else float(at)}


def portable_texts(rules: scoring.Framework, today: date) -> dict[str, list[str]]:
    """Every vendor's documents as JSON texts, by its name."""
    return {
        vendor.name: [json.dumps(item) for item in documents(vendor, rules, today)]
        for vendor in VENDORS
    }
