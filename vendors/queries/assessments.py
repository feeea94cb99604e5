"""Assessments and their answers, as pages and services read them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet

from vendors.models import Answer, Assessment, Framework, Moderation, Review, WeightProfile
from vendors.permissions import Actor


def assessment_for(user: Actor, public_id: uuid.UUID) -> QuerySet[Assessment]:
    """The assessment with this id as the user may see it, with what every page of it shows."""
    return (
        Assessment.objects.visible_to(user)
        .filter(public_id=public_id)
        .select_related(
            "vendor", "framework", "owner", "submitted_by", "returned_by", "approved_by"
        )
    )


def answers_of(assessment: Assessment) -> list[Answer]:
    """All answers in the order of the framework, those outside the tier too. One query."""
    return list(
        assessment.answers.select_related(
            "answered_by", "decided_by", "returned_by", "criterion"
        ).order_by("criterion__position")
    )


def plain_answers_of(assessment: Assessment) -> list[Answer]:
    """All answers for the engine alone, without people. One query."""
    return list(assessment.answers.all().order_by())


def reviews_of(assessment: Assessment) -> list[Review]:
    """The reviews with their people, the first one first. One query."""
    return list(assessment.reviews.select_related("reviewer").order_by("position"))


def moderations_of(assessment: Assessment) -> list[Moderation]:
    """The differences between two reviewers, settled or not. One query."""
    return list(
        Moderation.objects.filter(answer__assessment=assessment)
        .select_related("answer")
        .order_by("answer__criterion__position")
    )


def frameworks_in_force() -> list[Framework]:
    """The newest version of each framework."""
    newest: dict[str, Framework] = {}
    for framework in Framework.objects.order_by("pk"):
        newest[framework.slug] = framework
    return list(newest.values())


def weight_profiles(framework_slug: str) -> list[WeightProfile]:
    """The profiles in force for a framework, Balanced first."""
    return list(
        WeightProfile.objects.filter(framework_slug=framework_slug, retired_at=None).order_by("pk")
    )


def scope_of(assessment: Assessment) -> dict[str, Any]:
    """Risk, who fills it in, until when and for what, as the trail keeps it. Three queries."""
    return {
        "intake": assessment.intake,
        "tier": assessment.tier,
        "owner": assessment.owner.email if assessment.owner else None,
        "helpers": sorted(assessment.helpers.values_list("email", flat=True)),
        "service": assessment.service,
        "sites": sorted(str(site) for site in assessment.sites.all()),
        "due_on": assessment.due_on.isoformat() if assessment.due_on else None,
    }
