"""The portable document of an assessment: what is exported, frozen and imported elsewhere."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, cast

from vendors import scoring
from vendors.models import Answer, Assessment, AssessmentResult, Vendor
from vendors.queries.assessments import plain_answers_of
from vendors.queries.evidence import evidence_register
from vendors.queries.scores import engine_answers, score_now
from vendors.queries.snapshots import (
    decided_answers,
    decision_of,
    finding_entries,
    findings_of,
    head_of,
    moderations_of,
    not_applicable_of,
    people_of,
    remarks_of,
    reviewers_of,
    reviews_of,
    scope_of,
    trail_of,
    weights_of,
)

SNAPSHOT_FORMAT = "vetting-snapshot/2"


def portable_vendor(vendor: Vendor) -> scoring.PortableVendor:
    """The vendor as a portable file names it. Three queries."""
    return scoring.PortableVendor(
        name=vendor.name,
        legal_name=vendor.legal_name,
        website=vendor.website,
        services=tuple(vendor.services),
        languages=tuple(vendor.languages),
        headcount=vendor.headcount,
        sites=tuple(
            scoring.PortableSite(city=site.city, country=site.country, headcount=site.headcount)
            for site in vendor.sites.all()
        ),
        contacts=tuple(
            scoring.PortableContact(name=contact.name, email=contact.email, role=contact.role)
            for contact in vendor.contacts.all()
        ),
        certifications=tuple(
            scoring.PortableCertification(
                standard=entry.standard,
                level=entry.level,
                issuer=entry.issuer,
                number=entry.number,
                issued_on=entry.issued_on,
                expires_on=entry.expires_on,
            )
            for entry in vendor.certifications.filter(removed_at=None)
        ),
    )


def portable_assessment(assessment: Assessment, rows: list[Answer] | None = None) -> dict[str, Any]:
    """The document without its result, for canonical_json."""
    rules = assessment.framework.rules
    rows = plain_answers_of(assessment) if rows is None else rows
    return scoring.portable_document(
        vendor=portable_vendor(assessment.vendor),
        framework=rules,
        tier=assessment.tier,
        as_of=assessment.scored_on,
        intake=assessment.intake,
        answers=engine_answers(rules, rows),
    )


def snapshot_of(result: AssessmentResult) -> dict[str, Any]:
    """The frozen snapshot; its numbers are exact."""
    return cast(dict[str, Any], json.loads(result.snapshot, parse_float=Decimal))


def exported_assessment(assessment: Assessment) -> dict[str, Any]:
    """The document with its result: the frozen one once it was decided, else computed now."""
    if assessment.is_frozen:
        snapshot = snapshot_of(assessment.result)
        return {**snapshot["document"], "result": snapshot["result"]}
    rows = plain_answers_of(assessment)
    result = score_now(assessment, rows)
    return {**portable_assessment(assessment, rows), "result": result.document()}


def snapshot_now(
    assessment: Assessment, rows: list[Answer], result: scoring.Result
) -> dict[str, Any]:
    """Everything a scorecard may say of an assessment as it stands; its decision freezes it.

    Conditions, waivers and the event of the decision must be stored before. At most 25 queries.
    """
    rules = assessment.framework.rules
    reviews, findings = reviews_of(assessment), findings_of(assessment)
    decided = decided_answers(assessment)
    asked = [criterion.code for criterion in rules.asked(assessment.tier)]
    return {
        "format": SNAPSHOT_FORMAT,
        "engine_version": scoring.ENGINE_VERSION,
        "framework": {
            "slug": rules.slug,
            "name": rules.name,
            "version": rules.version,
            "fingerprint": rules.fingerprint,
        },
        "assessment": scope_of(assessment),
        "document": portable_assessment(assessment, rows),
        "result": result.document(),
        "weights": weights_of(result),
        "decision": decision_of(assessment, findings),
        "reviewers": reviewers_of(reviews),
        "remarks": remarks_of(decided),
        "moderation": moderations_of(assessment),
        "not_applicable": not_applicable_of(decided, asked),
        "evidence": evidence_register(assessment),
        "findings": finding_entries(findings),
        "people": people_of(assessment, reviews),
        "trail": trail_of(assessment),
        "head": head_of(assessment),
    }
