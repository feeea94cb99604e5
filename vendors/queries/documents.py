"""The portable document of an assessment: what is exported, frozen and imported elsewhere."""

from __future__ import annotations

from typing import Any, cast

from vendors import scoring
from vendors.models import Answer, Assessment, AssessmentResult, Vendor
from vendors.queries.assessments import plain_answers_of
from vendors.queries.scores import engine_answers, score_now
from vendors.scoring.strict_json import read_json


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
    return cast(dict[str, Any], read_json(result.snapshot))


def exported_assessment(assessment: Assessment) -> dict[str, Any]:
    """The document with its result: the frozen one when approved, else computed now."""
    if assessment.is_approved:
        snapshot = snapshot_of(assessment.result)
        return {**snapshot["document"], "result": snapshot["result"]}
    rows = plain_answers_of(assessment)
    result = score_now(assessment, rows)
    return {**portable_assessment(assessment, rows), "result": result.document()}
