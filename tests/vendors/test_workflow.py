"""States and moves: the printed table, each allowed move, each refusal, and what approval freezes."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.factories import (
    HIGH_RISK,
    answer_all,
    approved,
    make_assessment,
    make_framework,
    make_user,
    make_vendor,
    small_framework,
    submitted,
)
from vendors import scoring
from vendors.models import TRANSITIONS, Assessment, AuditEvent, State
from vendors.permissions import Role
from vendors.services.answers import AnswerChange, save_answer
from vendors.services.approvals import approve_assessment
from vendors.services.assessments import (
    cancel_assessment,
    change_intake,
    change_tier,
    return_assessment,
    start_assessment,
    submit_assessment,
)
from vendors.services.refusals import FaultyInput, Refused
from vendors.services.reviews import Decision, accept_proposals, decide_answer
from vendors.services.vendors import archive_vendor, edit_vendor, profile_of, save_certification

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).parents[2] / "docs" / "workflow.md"


@pytest.fixture
def officer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def assessment(officer):
    return make_assessment(owner=officer, framework=small_framework())


def in_state(assessment, state):
    """Bring it there by the services that people use."""
    if state == State.CANCELLED:
        cancel_assessment(assessment=assessment, reason="Not needed", by=assessment.owner)
    elif state == State.SUBMITTED:
        answer_all(assessment)
        submitted(assessment)
    elif state == State.APPROVED:
        approved(assessment)
    assessment.refresh_from_db()
    return assessment


def move(verb, assessment, by):
    """Make one move."""
    if verb == "submit":
        submit_assessment(assessment=assessment, by=by)
    elif verb == "return":
        return_assessment(assessment=assessment, reason="Sites differ", by=by)
    elif verb == "approve":
        approve_assessment(assessment=assessment, by=by)
    else:
        cancel_assessment(assessment=assessment, reason="Not needed", by=by)


def test_the_printed_table_is_the_one_in_force():
    rows = re.findall(
        r"^\| (\w+) \| (\w+) \| (\w+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    printed = {}
    for verb, source, target in rows:
        if verb in TRANSITIONS:
            printed.setdefault(verb, {})[State(source)] = State(target)
    assert printed == TRANSITIONS


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("verb", list(TRANSITIONS))
def test_each_move_is_allowed_where_the_table_says_and_nowhere_else(
    assessment, manager, verb, state
):
    in_state(assessment, state)
    if state == State.IN_PROGRESS:
        answer_all(assessment)
    target = TRANSITIONS[verb].get(state)
    if target is None:
        with pytest.raises(Refused):
            move(verb, assessment, manager)
        target = state
    else:
        move(verb, assessment, manager)
        event = AuditEvent.objects.filter(assessment=assessment).latest("pk")
        assert (event.action, event.actor) == (f"assessment.{verb}", manager)
    assert Assessment.objects.get(pk=assessment.pk).state == target


def test_submitting_waits_for_each_must_have(assessment, officer):
    answer_all(assessment, skip=("L1",))
    with pytest.raises(Refused, match="1 must-have"):
        submit_assessment(assessment=assessment, by=officer)
    assert assessment.answers.filter(code="L1", is_answered=False).exists()


@pytest.mark.parametrize("words", ["", "   "])
def test_returning_and_cancelling_need_a_reason(assessment, manager, words):
    in_state(assessment, State.SUBMITTED)
    for service in (return_assessment, cancel_assessment):
        with pytest.raises(Refused):
            service(assessment=assessment, reason=words, by=manager)
    assert Assessment.objects.get(pk=assessment.pk).is_submitted


def test_a_return_opens_the_answers_and_keeps_other_decisions(assessment, officer, manager):
    in_state(assessment, State.SUBMITTED)
    return_assessment(assessment=assessment, reason="Name the sites", by=manager)
    row = assessment.answers.get(code="L1")
    change = AnswerChange(
        value="yes", is_answered=True, comment="All three", proposed_level="claimed"
    )
    save_answer(assessment=assessment, answer=row, change=change, version=row.version, by=officer)
    assert assessment.answers.get(code="L1").level == ""
    assert assessment.answers.get(code="L2").level == "verified"
    assert assessment.return_reason == "Name the sites"


def test_one_open_assessment_a_vendor_and_framework(assessment, officer, manager):
    fields = {"owner": officer, "framework": assessment.framework}
    with pytest.raises(Refused, match="open assessment"):
        make_assessment(vendor=assessment.vendor, **fields)
    in_state(assessment, State.SUBMITTED)
    with pytest.raises(Refused, match="open assessment"):
        make_assessment(vendor=assessment.vendor, **fields)
    approve_assessment(assessment=assessment, by=manager)
    second = make_assessment(vendor=assessment.vendor, **fields)
    assert (second.number, second.state) == (2, State.IN_PROGRESS)


def test_an_archived_vendor_and_an_incomplete_intake_start_nothing(officer, manager):
    framework, vendor = small_framework(), make_vendor(by=officer)
    common = {"vendor": vendor, "framework": framework, "owner": officer, "by": officer}
    with pytest.raises(FaultyInput) as refusal:
        start_assessment(intake={"data_volume": 1}, **common)
    assert "spend" in {fault.path for fault in refusal.value.faults}
    archive_vendor(vendor=vendor, by=manager)
    vendor.refresh_from_db()
    with pytest.raises(Refused, match="archived"):
        start_assessment(intake=dict(HIGH_RISK), **common)
    assert not Assessment.objects.exists()


def test_intake_and_tier_are_locked_by_submission(assessment, officer, manager):
    in_state(assessment, State.SUBMITTED)
    with pytest.raises(Refused):
        change_tier(assessment=assessment, tier=2, reason="Smaller", by=manager)
    with pytest.raises(Refused):
        change_intake(
            assessment=assessment,
            intake=dict(HIGH_RISK),
            owner=officer,
            due_on=None,
            service="Voice",
            sites=[],
            helpers=[],
            by=officer,
        )
    assert Assessment.objects.get(pk=assessment.pk).tier == 1


def test_nobody_decides_their_own_answer(assessment, manager):
    in_state(assessment, State.SUBMITTED)
    assessment.answers.filter(code="L1").update(
        answered_by=manager, level="", decided_at=None, decided_by=None
    )
    own = assessment.answers.get(code="L1")
    with pytest.raises(Refused, match="somebody else"):
        decide_answer(
            assessment=assessment,
            answer=own,
            decision=Decision(level="claimed"),
            version=own.version,
            by=manager,
        )
    assert accept_proposals(assessment=assessment, by=manager) == 0
    with pytest.raises(Refused, match="somebody else"):
        approve_assessment(assessment=assessment, by=manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        assessment.answers.filter(code="L1").update(decided_by=manager, decided_at=timezone.now())


def test_not_applicable_waits_for_consent(assessment, manager):
    answer_all(assessment, skip=("S3",))
    row = assessment.answers.get(code="S3")
    save_answer(
        assessment=assessment,
        answer=row,
        change=AnswerChange(not_applicable=True, reason="No card data"),
        version=row.version,
        by=assessment.owner,
    )
    submitted(assessment)
    with pytest.raises(Refused, match="S3"):
        approve_assessment(assessment=assessment, by=manager)
    assert accept_proposals(assessment=assessment, by=manager) == 1
    assert approve_assessment(assessment=assessment, by=manager).gate == "pass"


def test_proposals_outside_the_tier_are_not_accepted(officer, manager):
    assessment = make_assessment(owner=officer, framework=make_framework())
    answer_all(assessment)
    assessment.answers.update(level="", decided_at=None)
    change_tier(assessment=assessment, tier=3, reason="A pilot of ten people", by=manager)
    submitted(assessment)
    asked = len(assessment.framework.rules.asked(3))
    assert asked < assessment.answers.count()
    assert accept_proposals(assessment=assessment, by=manager) == asked
    assert assessment.answers.filter(decided_at=None).count() == assessment.answers.count() - asked


def test_approval_freezes_whatever_changes_later(assessment, officer, manager):
    entry = save_certification(
        entry=assessment.vendor.certifications.model(
            vendor=assessment.vendor, standard="ISO/IEC 27001", expires_on=date(2027, 5, 1)
        ),
        by=officer,
    )
    frozen = approved(assessment, manager)
    snapshot, digest = frozen.snapshot, frozen.digest
    assert scoring.digest(snapshot) == digest

    vendor, before = assessment.vendor, profile_of(assessment.vendor)
    vendor.name = "Another name"
    edit_vendor(vendor=vendor, sites=[], contacts=[], removed=[], before=before, by=officer)
    entry.expires_on = date(2026, 1, 1)
    save_certification(entry=entry, before=entry, by=officer)
    framework = assessment.framework
    framework.name = "Renamed"
    framework.save()
    framework.criterion_rows.update(position=9)
    officer.name = "Somebody Else"
    officer.save()

    frozen.refresh_from_db()
    assert (frozen.snapshot, frozen.digest) == (snapshot, digest)
    assert "Another name" not in frozen.snapshot
