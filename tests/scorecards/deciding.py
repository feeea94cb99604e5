"""Assessments that were decided in ways other than plain approval."""

from datetime import timedelta

from django.utils import timezone

from tests.factories import (
    answer_all,
    best_answer,
    make_assessment,
    make_user,
    reviewed,
    small_framework,
)
from vendors import scoring
from vendors.models import Assessment
from vendors.permissions import Role
from vendors.services.approvals import (
    Condition,
    WaiverRequest,
    approve_assessment,
    reject_assessment,
)


def waiting(framework=None, *, failing=False, **options):
    """An assessment that waits for a decision; with `failing` its first must-have fails."""
    assessment = make_assessment(framework=framework or small_framework(), **options)
    answer_all(assessment)
    if failing:
        fail_first(assessment)
    return reviewed(assessment)


def fail_first(assessment):
    """Give the first must-have its worst answer; return the criterion."""
    criterion = assessment.framework.rules.must_haves[0]
    worst = best_answer(criterion, best=False)
    assessment.answers.filter(code=criterion.code).update(value=scoring.write_value(worst.value))
    return criterion


def waived(assessment=None, *, days=120, conditions=(), **options):
    """An assessment approved with its first must-have waived for some days."""
    assessment = assessment or waiting(failing=True, **options)
    manager = make_user(Role.MANAGER, name="Adriana Ferreira")
    owner = make_user(Role.PROCUREMENT, name="Maya Okafor")
    code = assessment.framework.rules.must_haves[0].code
    request = WaiverRequest(
        code=code,
        reason="The certificate covers one of two sites.",
        ends_on=timezone.localdate() + timedelta(days=days),
        owner=owner,
        action="Certify the second site.",
    )
    approve_assessment(
        assessment=assessment,
        by=manager,
        note="Work at the first site alone.",
        waivers=[request],
        conditions=[
            Condition(title=title, severity="minor", owner=owner, code=code) for title in conditions
        ],
    )
    return Assessment.objects.get(pk=assessment.pk)


def rejected(assessment=None, **options):
    """An assessment that was rejected for its failing must-have."""
    assessment = assessment or waiting(failing=True, **options)
    manager = make_user(Role.MANAGER, name="Adriana Ferreira")
    reject_assessment(assessment=assessment, reason="No second site until it is safe.", by=manager)
    return Assessment.objects.get(pk=assessment.pk)
