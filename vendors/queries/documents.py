"""The portable document of an assessment: what is exported, frozen and imported elsewhere."""

from __future__ import annotations

import json
from datetime import UTC
from decimal import Decimal
from typing import Any, cast

from vendors import scoring
from vendors.models import Answer, Assessment, AssessmentResult, AuditEvent, Vendor
from vendors.queries.assessments import plain_answers_of
from vendors.queries.scores import engine_answers, score_now

SNAPSHOT_FORMAT = "vetting-snapshot/1"


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
    """The document with its result: the frozen one when approved, else computed now."""
    if assessment.is_approved:
        snapshot = snapshot_of(assessment.result)
        return {**snapshot["document"], "result": snapshot["result"]}
    rows = plain_answers_of(assessment)
    result = score_now(assessment, rows)
    return {**portable_assessment(assessment, rows), "result": result.document()}


def _person(user: Any) -> dict[str, str] | None:
    """A name and role as they are now."""
    return {"name": str(user), "role": user.role_label} if user else None


def _moment(value: Any) -> str | None:
    """A moment in UTC, to the second."""
    return value.astimezone(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


def scope_of(assessment: Assessment) -> dict[str, Any]:
    """What the assessment is about, beside its answers."""
    return {
        "id": str(assessment.public_id),
        "title": assessment.title,
        "service": assessment.service,
        "sites": [f"{site.city}, {site.country}" for site in assessment.sites.all()],
        "is_sample": assessment.vendor.is_sample,
        "tier_reason": assessment.tier_reason,
        "note": assessment.approval_note,
    }


def people_of(assessment: Assessment) -> list[dict[str, Any]]:
    """Who prepared, submitted and approved, with role and moment in UTC."""
    steps = [
        ("prepared", assessment.owner, assessment.created_at),
        ("submitted", assessment.submitted_by, assessment.submitted_at),
        ("approved", assessment.approved_by, assessment.approved_at),
    ]
    return [
        {"step": step, "person": _person(person), "at": _moment(moment)}
        for step, person, moment in steps
        if moment is not None
    ]


def trail_of(assessment: Assessment) -> list[dict[str, Any]]:
    """The changes of state so far, oldest first. One query."""
    events = AuditEvent.objects.filter(assessment=assessment, action__startswith="assessment.")
    return [
        {
            "at": _moment(event.at),
            "who": event.actor_label,
            "action": event.action.removeprefix("assessment."),
            "reason": event.reason,
        }
        for event in events.order_by("pk")
    ]


def snapshot_now(
    assessment: Assessment, rows: list[Answer], result: scoring.Result
) -> dict[str, Any]:
    """Everything a scorecard may say of an assessment as it stands; approval freezes it."""
    rules = assessment.framework.rules
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
        "people": people_of(assessment),
        "trail": trail_of(assessment),
    }
