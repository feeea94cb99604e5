"""Targeted reassessments: what is carried over, what is asked again, and what it could change."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    answer_all,
    approved,
    make_assessment,
    make_user,
    small_framework,
    submitted,
)
from tests.vendors.test_findings import close, make_file, make_finding, reported
from vendors.models import (
    Answer,
    AnswerEvidence,
    Assessment,
    AuditEvent,
    Certification,
    State,
)
from vendors.permissions import Role, can_answer, can_change, can_reassess
from vendors.queries.answer_states import answer_states, recorded_answers
from vendors.queries.assessments import plain_answers_of
from vendors.queries.rescores import rescore_of
from vendors.queries.scores import score_now
from vendors.services.answers import AnswerChange, save_answer
from vendors.services.approvals import approve_assessment
from vendors.services.assessments import cancel_assessment
from vendors.services.marks import Decision, decide_answer
from vendors.services.reassessments import start_reassessment
from vendors.services.refusals import FaultyInput, Refused
from vendors.services.reviews import finish_review, take_review
from vendors.services.vendors import archive_vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def first(owner, manager):
    """An approved assessment: everything at its worst but proven, one entry behind an answer."""
    assessment = make_assessment(owner=owner, framework=small_framework(), service="Voice")
    answer_all(assessment)
    reviewer = make_user(Role.PROCUREMENT)
    assessment.answers.filter(is_answered=True).update(decided_by=reviewer, remark="Seen.")
    row = assessment.answers.get(code="L1")
    entry = Certification.objects.create(vendor=assessment.vendor, standard="SA8000")
    row.certifications.add(entry)
    document = make_file(assessment.vendor).evidence
    AnswerEvidence.objects.create(answer=row, evidence=document, page="4", linked_by=owner)
    approved(assessment, by=manager)
    assessment.refresh_from_db()
    return assessment


def reassess(assessment, by, codes=("L1",), **parts):
    parts.setdefault("owner", by)
    return start_reassessment(previous=assessment, codes=codes, by=by, **parts)


def test_all_else_is_carried_over_with_its_decision(first, owner):
    new = reassess(first, owner, due_on=date(2027, 1, 1), reason="F-001 is closed.")
    assert (new.previous, new.targets, new.state) == (first, ["L1"], State.IN_PROGRESS)
    assert (new.framework, new.tier, new.intake, new.service) == (
        first.framework,
        first.tier,
        first.intake,
        "Voice",
    )
    old = {row.code: row for row in first.answers.all()}
    names = ["is_answered", "value", "valid_to", "proposed_level", "answered_at", "answered_by_id"]
    decided = ["level", "rating", "consented", "remark", "decided_at", "decided_by_id"]
    for row in new.answers.all():
        before = old[row.code]
        assert [getattr(row, name) for name in names] == [getattr(before, name) for name in names]
        if row.code == "L1":
            assert not row.is_carried
            assert (row.level, row.rating, row.remark) == ("", None, "")
            assert (row.decided_at, row.decided_by) == (None, None)
        else:
            assert row.is_carried
            assert [getattr(row, name) for name in decided] == [
                getattr(before, name) for name in decided
            ]
    target = new.answers.get(code="L1")
    assert [str(entry) for entry in target.certifications.all()] == ["SA8000"]
    assert [(link.evidence.title, link.page) for link in target.evidence_links.all()] == [
        ("List", "4")
    ]
    assert old["L1"].certifications.count() == 1


def test_the_trail_holds_the_full_state_of_each_copy(first, owner):
    new = reassess(first, owner, reason="F-001 is closed.")
    event = AuditEvent.objects.get(action="answer.carry")
    assert event.assessment == new
    assert event.after["answers"] == answer_states(recorded_answers(new))
    assert event.after["answers"]["L1"]["evidence"]
    start = AuditEvent.objects.get(action="assessment.reassess")
    assert start.after["targets"] == ["L1"]
    assert (start.before["title"], start.reason) == (first.title, "F-001 is closed.")


def test_only_what_is_asked_again_is_open(first, owner):
    new = reassess(first, owner)
    rows = {row.code: row for row in new.answers.all()}
    assert can_answer(owner, new)
    assert [code for code, row in rows.items() if can_change(owner, new, row)] == ["L1"]
    other = next(row for code, row in rows.items() if code != "L1" and row.is_carried)
    change = AnswerChange(value=other.value, is_answered=True, comment="Other")
    with pytest.raises(Refused, match="carried over"):
        save_answer(assessment=new, answer=other, change=change, version=1, by=owner)
    target = rows["L1"]
    change = AnswerChange(value=target.value, is_answered=True, comment="Firms added.")
    save_answer(assessment=new, answer=target, change=change, version=1, by=owner)
    target.refresh_from_db()
    assert (target.comment, target.version, target.is_carried) == ("Firms added.", 2, False)


def test_carried_answers_count_as_before_and_the_rest_as_claimed(first, owner):
    new = reassess(first, owner)
    was = score_now(first, plain_answers_of(first))
    now = score_now(new, plain_answers_of(new), as_of=first.as_of)
    for code, item in now.criteria.items():
        if code == "L1":
            assert item.level == "claimed"
        else:
            assert item == was.criteria[code]
    assert now.overall < was.overall
    assert score_now(first, plain_answers_of(first)).overall == was.overall


def test_it_goes_its_normal_way_and_takes_the_place_of_the_one_before(first, owner, manager):
    was = score_now(first, plain_answers_of(first)).overall
    new = reassess(first, owner)
    submitted(new)
    first.refresh_from_db()
    assert first.is_approved
    reviewer = make_user(Role.PROCUREMENT)
    take_review(assessment=new, by=reviewer)
    with pytest.raises(Refused):
        finish_review(assessment=new, by=reviewer)
    row = new.answers.get(code="L1")
    decision = Decision(level="verified", remark="Called both firms.")
    decide_answer(assessment=new, answer=row, decision=decision, version=row.version, by=reviewer)
    finish_review(assessment=new, by=reviewer)
    result = approve_assessment(assessment=new, by=manager)
    first.refresh_from_db()
    assert (first.state, new.is_approved) == (State.SUPERSEDED, True)
    assert result.overall == first.result.overall
    assert score_now(new, plain_answers_of(new), as_of=first.as_of).overall == was


def test_codes_must_have_been_asked(first, owner):
    for codes in ((), ("XX",), ("L1", "XX")):
        with pytest.raises(FaultyInput) as refusal:
            reassess(first, owner, codes=codes)
        assert refusal.value.faults[0].path == "codes"
    assert Assessment.objects.count() == 1


def test_only_what_is_in_force_is_asked_again_and_one_at_a_time(first, owner, manager):
    assert can_reassess(owner, first)
    assert not can_reassess(manager, first)
    new = reassess(first, owner)
    assert not can_reassess(owner, new)
    with pytest.raises(Refused, match="in force"):
        reassess(new, owner)
    with pytest.raises(Refused, match="open assessment"):
        reassess(first, owner)
    assert Assessment.objects.count() == 2
    assert Answer.objects.filter(is_carried=True).exclude(assessment=new).count() == 0
    cancel_assessment(assessment=new, reason="Too early.", by=owner)
    again = reassess(first, owner)
    assert again.number == 3
    cancel_assessment(assessment=again, reason="Too early.", by=owner)
    archive_vendor(vendor=first.vendor, by=owner)
    with pytest.raises(Refused, match="archived"):
        reassess(first, owner)


def test_a_closed_finding_says_what_a_new_answer_could_change(owner, manager):
    first = make_assessment(owner=owner, framework=small_framework())
    answer_all(first)
    first.answers.filter(code="L2").update(level="claimed")
    approved(first, by=manager)
    first.refresh_from_db()
    finding = make_finding(first.vendor, owner, owner, assessment=first, code="L2")
    close(reported(finding), manager)
    rescore = rescore_of(finding)
    before = score_now(first, plain_answers_of(first))
    first.answers.filter(code="L2").update(level="verified")
    # what was decided stays as it is, whatever becomes of its rows
    assert rescore_of(finding) == rescore
    after = score_now(first, plain_answers_of(first))
    category = before.criteria["L2"].category
    assert rescore.lost == before.criteria["L2"].lost > 0
    assert (rescore.overall.now, rescore.overall.most) == (before.overall, after.overall)
    assert rescore.category.now == before.categories[category].score
    assert rescore.category.most == after.categories[category].score
    assert (rescore.criterion.now, rescore.criterion.most) == (before.criteria["L2"].score, 100)
    assert (rescore.blocked_by, rescore.asked_again, rescore.is_done) == (None, None, False)
    new = reassess(first, owner, codes=["L2"])
    assert rescore_of(finding).asked_again == new
    Assessment.objects.filter(pk=first.pk).update(
        state=State.SUPERSEDED, superseded_at=timezone.now()
    )
    assert rescore_of(finding) is None


def test_a_finding_without_a_criterion_or_an_assessment_proposes_nothing(owner, first):
    assert rescore_of(make_finding(first.vendor, owner, owner)) is None
    other = make_assessment(owner=owner, framework=first.framework)
    assert rescore_of(make_finding(other.vendor, owner, owner, code="L1")) is None


def test_one_that_was_asked_since_says_so(first, owner, manager):
    finding = make_finding(first.vendor, owner, owner, code="L1")
    close(reported(finding), manager)
    Assessment.objects.filter(pk=first.pk).update(
        targets=["L1"], created_at=timezone.now() + timedelta(minutes=1)
    )
    assert rescore_of(finding).is_done
