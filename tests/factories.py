"""Rows for tests, made through the services that people use."""

from __future__ import annotations

import itertools
import json
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group

from vendors import scoring
from vendors.models import Answer, Assessment, AssessmentResult, Framework, Vendor
from vendors.permissions import Role
from vendors.services.approvals import approve_assessment
from vendors.services.assessments import start_assessment, submit_assessment
from vendors.services.frameworks import publish_framework
from vendors.services.imports import import_assessment
from vendors.services.reviews import finish_review, take_review
from vendors.services.vendors import add_vendor
from vetting.models import User

ROOT = Path(__file__).resolve().parent.parent
WORKED = ROOT / "tests" / "worked"
SHIPPED = ROOT / "vendors" / "frameworks" / "ethical-bpo-vetting-1.0.0.yaml"
SAMPLES = ROOT / "vendors" / "samples"
PASSWORD = "correct horse battery staple"

#: A complete intake that proposes tier 1: inherent risk 61.3.
HIGH_RISK: dict[str, Any] = {
    "data_sensitivity": 2,
    "data_volume": 2,
    "service_criticality": 2,
    "hard_to_replace": 1,
    "labour_rights_risk": 2,
    "workforce_vulnerability": 2,
    "customer_contact": 2,
    "ai_autonomy": 1,
    "spend": 2,
    "harmful_content": False,
}
#: A complete intake that proposes tier 3.
LOW_RISK = dict.fromkeys(HIGH_RISK, 0) | {"spend": 1, "harmful_content": False}
_counter = itertools.count(1)


def make_user(role: str = Role.PROCUREMENT, **fields: Any) -> User:
    """A user with a role ("" for none) who signs in with PASSWORD."""
    number = next(_counter)
    fields.setdefault("email", f"{role or 'nobody'}{number}@sample.example")
    fields.setdefault("name", f"{(role or 'nobody').title()} {number}")
    user = User.objects.create_user(password=PASSWORD, **fields)
    if role:
        user.groups.set([Group.objects.get(name=role)])
    return user


def make_vendor(by: User | None = None, **fields: Any) -> Vendor:
    """A vendor without sites and contacts."""
    fields.setdefault("name", f"Vendor {next(_counter)}")
    return add_vendor(vendor=Vendor(**fields), sites=[], contacts=[], by=by)


def make_framework() -> Framework:
    """The shipped framework, published."""
    return publish_framework(text=SHIPPED.read_text(encoding="utf-8"), by=None).framework


def small_framework() -> Framework:
    """The worked example's framework: three categories, eight criteria."""
    text = (WORKED / "worked-example-framework.yaml").read_text(encoding="utf-8")
    return publish_framework(text=text, by=None).framework


def worked_example() -> dict[str, Any]:
    """The reference figures."""
    return json.loads((WORKED / "worked-example.json").read_text(encoding="utf-8"))


def make_assessment(
    vendor: Vendor | None = None,
    owner: User | None = None,
    framework: Framework | None = None,
    tier: int = 1,
    **fields: Any,
) -> Assessment:
    """An assessment in progress, nothing answered."""
    owner = owner or make_user()
    fields.setdefault("intake", dict(HIGH_RISK))
    return start_assessment(
        vendor=vendor or make_vendor(by=owner),
        framework=framework or make_framework(),
        owner=owner,
        tier=tier,
        by=owner,
        **fields,
    )


def best_answer(criterion: scoring.Criterion, *, best: bool = True) -> scoring.Answer:
    """The best (or worst) answer of a criterion, in force as of any day of the tests."""
    pick = max if best else min
    kind = criterion.answer_type
    value: Any = None
    rating = valid_to = None
    if criterion.choices:
        value = pick(criterion.choices, key=lambda choice: choice.score).value
        if criterion.scale and value in criterion.scale.expiring_values:
            valid_to = date(2099, 12, 31)
    elif kind in {scoring.AnswerType.PERCENTAGE, scoring.AnswerType.NUMBER}:
        value = pick(criterion.scale.points, key=lambda point: point[1])[0]
    elif kind == scoring.AnswerType.DATE:
        value = date(2026, 11, 1) if best else None
    else:
        value, rating = "The main laws, with owners and controls.", 5 if best else 0
    return scoring.Answer(value=value, valid_to=valid_to, rating=rating)


def answer_all(
    assessment: Assessment,
    level: str = "verified",
    *,
    best: bool = True,
    skip: tuple[str, ...] = (),
) -> None:
    """Answer each asked criterion, with the level proposed and decided, by the owner."""
    rules = assessment.framework.rules
    rows = []
    for row in assessment.answers.all():
        criterion = rules.criterion(row.code)
        if assessment.tier not in criterion.tiers or row.code in skip:
            continue
        answer = best_answer(criterion, best=best)
        row.is_answered, row.value = True, scoring.write_value(answer.value)
        row.valid_to, row.rating = answer.valid_to, answer.rating
        row.proposed_level = row.level = level
        row.answered_at = row.decided_at = assessment.created_at
        row.answered_by_id = assessment.owner_id
        row.version = 1
        rows.append(row)
    Answer.objects.bulk_update(
        rows,
        [
            "is_answered",
            "value",
            "valid_to",
            "rating",
            "proposed_level",
            "level",
            "answered_at",
            "decided_at",
            "answered_by",
            "version",
        ],
    )


def submitted(assessment: Assessment) -> Assessment:
    """The assessment, submitted by its owner."""
    submit_assessment(assessment=assessment, by=assessment.owner)
    return assessment


def reviewed(assessment: Assessment, by: User | None = None) -> Assessment:
    """The assessment, submitted where it isn't, gone through by a reviewer and passed on."""
    if assessment.is_in_progress:
        submitted(assessment)
    reviewer = by or make_user(Role.PROCUREMENT)
    take_review(assessment=assessment, by=reviewer)
    finish_review(assessment=assessment, by=reviewer)
    return assessment


def approved(assessment: Assessment, by: User | None = None) -> AssessmentResult:
    """The assessment answered where it isn't, submitted, reviewed and approved."""
    if not assessment.answers.filter(is_answered=True).exists():
        answer_all(assessment)
    if not assessment.is_pending_approval:
        reviewed(assessment)
    return approve_assessment(assessment=assessment, by=by or make_user(Role.MANAGER))


def import_worked(name: str, **options: Any) -> Assessment:
    """One of the six worked assessments, imported."""
    document = worked_example()["assessments"][name]
    return import_assessment(text=json.dumps(document), by=None, **options).assessment
