"""One person has one part: nobody takes a second one by going round about."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.factories import (
    HIGH_RISK,
    LOW_RISK,
    answer_all,
    make_assessment,
    make_user,
    make_vendor,
    reviewed,
    small_framework,
    submitted,
)
from tests.proved import save
from vendors.models import AuditEvent, Certification
from vendors.permissions import Role, can_approve, can_take_review
from vendors.queries.approvers import why_not_decide
from vendors.queries.evidence import evidence_register
from vendors.queries.review_work import review_work
from vendors.services.approvals import approve_assessment
from vendors.services.assessments import (
    change_intake,
    change_tier,
    submit_assessment,
    take_back_assessment,
)
from vendors.services.certifications import (
    add_certification,
    edit_certification,
    verify_certification,
)
from vendors.services.evidence import (
    add_evidence,
    edit_evidence,
    link_evidence,
    replace_evidence,
)
from vendors.services.refusals import Refused
from vendors.services.reviews import finish_review, return_answer, send_returns, take_review

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def former():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def assessment(officer, former):
    """The former helper has a part in it."""
    return make_assessment(owner=officer, framework=small_framework(), helpers=[former])


def leave(assessment, owner, **fields):
    """The owner works on alone."""
    fields = {"due_on": None, "service": "", "sites": (), "helpers": (), **fields}
    intake = fields.pop("intake", dict(HIGH_RISK))
    change_intake(assessment=assessment, intake=intake, owner=owner, by=owner, **fields)


def upload(text=b"Wages are paid.\n"):
    return SimpleUploadedFile("audit.txt", text)


def add(vendor, by, text=b"Wages are paid.\n"):
    return add_evidence(vendor=vendor, upload=upload(text), title="Audit", by=by)


def link(assessment, code, evidence, by):
    answer = assessment.answers.get(code=code)
    return link_evidence(
        assessment=assessment, answer=answer, evidence=evidence, version=answer.version, by=by
    )


# --- who filled does not review or decide ---------------------------------------------------


@pytest.mark.parametrize("part", ["answer", "evidence", "submit"])
def test_a_former_helper_who_filled_does_not_review(assessment, officer, former, part):
    if part == "answer":
        save(assessment, "L1", "yes", former)
    elif part == "evidence":
        link(assessment, "L1", add(assessment.vendor, officer), former)
    leave(assessment, officer)
    answer_all(assessment)
    if part == "submit":
        submit_assessment(assessment=assessment, by=former)
        take_back_assessment(assessment=assessment, reason="Too early.", by=officer)
    submitted(assessment)
    assessment.forget_people()
    assert not can_take_review(former, assessment)
    assert not review_work(former).to_take
    with pytest.raises(Refused):
        take_review(assessment=assessment, by=former)
    take_review(assessment=assessment, by=make_user())


def test_nor_approves_as_a_manager(assessment, officer, former):
    save(assessment, "L1", "yes", former)
    leave(assessment, officer)
    answer_all(assessment)
    reviewed(assessment)
    former.groups.set(make_user(Role.MANAGER).groups.all())
    former = type(former).objects.get(pk=former.pk)
    assert former.role == Role.MANAGER
    assert not can_approve(former, assessment)
    assert "You answered part of it" in why_not_decide(former, assessment)
    with pytest.raises(Refused, match="answered part"):
        approve_assessment(assessment=assessment, by=former)


def test_who_lowered_nothing_reviews_and_approves_in_tier_3(officer, manager):
    assessment = make_assessment(
        owner=officer, framework=small_framework(), tier=3, intake=dict(LOW_RISK)
    )
    answer_all(assessment)
    reviewed(assessment, by=manager)
    approve_assessment(assessment=assessment, by=manager)
    assert assessment.is_approved


def test_a_tier_lowered_to_3_still_needs_a_second_person(officer, manager):
    """A manager would otherwise lower it, review it and approve it alone."""
    assessment = make_assessment(owner=officer, framework=small_framework(), tier=1)
    change_tier(assessment=assessment, tier=3, reason="It is small.", by=manager)
    answer_all(assessment)
    reviewed(assessment, by=manager)
    assert "You reviewed it" in why_not_decide(manager, assessment)
    with pytest.raises(Refused, match="You reviewed it"):
        approve_assessment(assessment=assessment, by=manager)
    approve_assessment(assessment=assessment, by=make_user(Role.MANAGER))


def test_the_trail_says_who_helps_and_what_is_in_scope(assessment, officer, former):
    leave(assessment, officer, service="Voice", due_on=timezone.localdate())
    event = AuditEvent.objects.get(action="assessment.intake")
    assert (event.before["helpers"], event.after["helpers"]) == ([former.email], [])
    assert (event.before["service"], event.after["service"]) == ("", "Voice")
    assert event.after["due_on"] == timezone.localdate().isoformat()
    start = AuditEvent.objects.get(action="assessment.start").after
    assert (start["owner"], start["helpers"]) == (officer.email, [former.email])


# --- a certification ------------------------------------------------------------------------


def test_who_changed_an_entry_does_not_verify_it(officer, former, manager):
    vendor = make_vendor(by=officer)
    entry = add_certification(entry=Certification(vendor=vendor, standard="ISO 27001"), by=officer)
    entry = Certification.objects.get(pk=entry.pk)
    entry.number = "IS 7"
    entry = edit_certification(entry=entry, version=entry.version, by=former)
    for person in (officer, former):
        with pytest.raises(Refused, match="added or changed"):
            verify_certification(
                entry=entry, where="iafcertsearch.org", version=entry.version, by=person
            )
    entry = verify_certification(
        entry=entry, where="iafcertsearch.org", version=entry.version, by=manager
    )
    assert entry.verified_by == manager


# --- documents under review -----------------------------------------------------------------


def test_a_document_under_review_stays_what_the_reviewer_saw(assessment, officer):
    evidence = add(assessment.vendor, officer)
    answer_all(assessment)
    link(assessment, "L1", evidence, officer)
    assessment.answers.update(level="verified", decided_at=timezone.now())
    edit_evidence(evidence=evidence, title="Audit 2026", by=officer)
    submitted(assessment)
    reviewer = make_user()

    def is_locked():
        with pytest.raises(Refused, match="under review at L1"):
            replace_evidence(
                evidence=evidence, upload=upload(b"Another text.\n"), reason="Newer.", by=officer
            )
        day = timezone.localdate() + timedelta(days=900)
        with pytest.raises(Refused, match="under review at L1"):
            edit_evidence(evidence=evidence, title="Audit 2026", expires_on=day, by=officer)

    is_locked()
    take_review(assessment=assessment, by=reviewer)
    is_locked()
    answer = assessment.answers.get(code="L2")
    return_answer(
        assessment=assessment, answer=answer, remark="Which?", version=answer.version, by=reviewer
    )
    send_returns(assessment=assessment, by=reviewer)
    is_locked()
    assert [entry["version"] for entry in evidence_register(assessment)] == [1]
    save(assessment, "L2", "55", officer)
    submit_assessment(assessment=assessment, by=officer)
    answer = assessment.answers.get(code="L1")
    return_answer(
        assessment=assessment, answer=answer, remark="Older.", version=answer.version, by=reviewer
    )
    send_returns(assessment=assessment, by=reviewer)
    replace_evidence(
        evidence=evidence, upload=upload(b"Another text.\n"), reason="Newer.", by=officer
    )


def test_a_decided_assessment_locks_no_document(assessment, officer, manager):
    evidence = add(assessment.vendor, officer)
    answer_all(assessment)
    link(assessment, "L1", evidence, officer)
    assessment.answers.filter(code="L1").update(level="verified", decided_at=timezone.now())
    submitted(assessment)
    reviewer = make_user()
    take_review(assessment=assessment, by=reviewer)
    finish_review(assessment=assessment, by=reviewer)
    approve_assessment(assessment=assessment, by=manager)
    replace_evidence(
        evidence=evidence, upload=upload(b"Another text.\n"), reason="Newer.", by=officer
    )
    assert [entry["version"] for entry in evidence_register(assessment)] == [1]
