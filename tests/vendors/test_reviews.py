"""Reviewing: who takes it, what is decided, what goes back, and two people at once."""

import pytest
from django.db import IntegrityError, transaction

from tests.factories import (
    answer_all,
    approved,
    make_assessment,
    make_user,
    make_vendor,
    small_framework,
    submitted,
)
from vendors.models import Answer, AuditEvent, Mark, Moderation, Review
from vendors.permissions import Role
from vendors.queries.answer_states import answer_state
from vendors.queries.last_answers import CHANGED, NEW, RENEWED, UNCHANGED, kind_of, last_of
from vendors.services.moves import move_assessment
from vendors.services.refusals import FaultyInput, Refused, StaleAnswer
from vendors.services.reviews import (
    Decision,
    accept_proposals,
    ask_second_review,
    decide_answer,
    drop_second_review,
    finish_review,
    reopen_reviews,
    return_answer,
    send_returns,
    settle_difference,
    take_review,
    undo_return,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def first():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def second():
    return make_user(Role.MANAGER)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


def waiting(officer, vendor=None, level="documented"):
    """Submitted with all answers at their best, nothing decided."""
    assessment = make_assessment(vendor=vendor, owner=officer, framework=small_framework())
    answer_all(assessment, level)
    assessment.answers.update(level="", rating=None, decided_at=None)
    return submitted(assessment)


@pytest.fixture
def assessment(officer):
    return waiting(officer)


@pytest.fixture
def taken(assessment, first):
    take_review(assessment=assessment, by=first)
    return assessment


def row(assessment, code):
    return Answer.objects.get(assessment=assessment, code=code)


def decide(assessment, code, by, level="documented", version=None, **fields):
    answer = row(assessment, code)
    fields.setdefault("remark", "Seen at the office.")
    is_text = assessment.framework.rules.criterion(code).answer_type == "text"
    if is_text:
        fields.setdefault("rating", 4)
    return decide_answer(
        assessment=assessment,
        answer=answer,
        decision=Decision(level=level, **fields),
        version=answer.version if version is None else version,
        by=by,
    )


def codes(assessment):
    return [item.code for item in assessment.framework.rules.asked(assessment.tier)]


def decide_all(assessment, by, level="documented", skip=()):
    for code in codes(assessment):
        if code not in skip:
            decide(assessment, code, by, level)


def send_back(assessment, code, by, remark="Which sites?"):
    answer = row(assessment, code)
    return return_answer(
        assessment=assessment, answer=answer, remark=remark, version=answer.version, by=by
    )


def last_state(assessment, code):
    """What the trail holds of an answer."""
    for event in AuditEvent.objects.filter(assessment=assessment).order_by("-pk"):
        after = event.after or {}
        if event.action.startswith("answer.") and event.subject == code:
            return after
        if code in after.get("answers", {}):
            return after["answers"][code]
    return None


def test_a_review_is_taken_once_with_a_declaration(assessment, first, second):
    stale = type(assessment).objects.get(pk=assessment.pk)
    review = take_review(assessment=assessment, by=first)
    assert (assessment.state, assessment.reviewer) == ("in_review", first)
    assert review.declared_at is not None
    assert AuditEvent.objects.get(action="assessment.review").after["declared"]
    with pytest.raises(Refused, match="meanwhile"):
        take_review(assessment=stale, by=second)
    assert Review.objects.count() == 1


@pytest.mark.parametrize("who", ["owner", "helper", "answerer"])
def test_nobody_reviews_what_they_filled(assessment, officer, who):
    person = officer
    if who == "helper":
        person = make_user(Role.PROCUREMENT)
        assessment.helpers.add(person)
    if who == "answerer":
        person = make_user(Role.MANAGER)
        assessment.answers.filter(code="L1").update(answered_by=person)
    assessment.__dict__.pop("helper_ids", None)
    with pytest.raises(Refused):
        take_review(assessment=assessment, by=person)
    assert not Review.objects.exists()


def test_the_database_holds_reviewer_and_submitter_apart(assessment, officer):
    with pytest.raises(IntegrityError), transaction.atomic():
        type(assessment).objects.filter(pk=assessment.pk).update(reviewer=officer)


def test_a_decision_stands_on_the_answer_and_on_the_trail(taken, first):
    answer = decide(taken, "L1", first, remark="Read the audit report.")
    stored = row(taken, "L1")
    assert (stored.level, stored.remark, stored.decided_by) == (
        "documented",
        "Read the audit report.",
        first,
    )
    assert stored.version == answer.version == 2
    assert last_state(taken, "L1") == answer_state(stored)
    assert Mark.objects.get(answer=stored).level == "documented"


@pytest.mark.parametrize(
    ("level", "fields", "path"),
    [
        ("", {}, "level"),
        ("certain", {}, "level"),
        ("verified", {"remark": ""}, "remark"),
        ("verified", {"remark": "   "}, "remark"),
        ("rejected", {"remark": ""}, "remark"),
        ("documented", {"remark": ""}, "remark"),
        ("claimed", {"remark": "x" * 10_001}, "remark"),
    ],
)
def test_a_decision_that_lacks_something_stores_nothing(taken, first, level, fields, path):
    with pytest.raises(FaultyInput) as caught:
        decide(taken, "L1", first, level, **fields)
    assert path in [fault.path for fault in caught.value.faults]
    assert row(taken, "L1").decided_at is None
    assert not Mark.objects.exists()


def test_a_level_may_be_raised_with_a_remark(taken, first):
    decide(taken, "L1", first, "verified", remark="Called the certifier.")
    assert row(taken, "L1").level == "verified"


def test_claimed_needs_no_remark_and_backed_documents_neither(taken, first):
    decide(taken, "L1", first, "claimed", remark="")
    answer = row(taken, "S1")
    answer.certifications.add(taken.vendor.certifications.create(standard="ISO/IEC 27001"))
    decide(taken, "S1", first, "documented", remark="")
    assert row(taken, "S1").level == "documented"


def test_only_the_reviewer_decides(taken, second, officer):
    for person in (second, officer, make_user(Role.AUDITOR)):
        with pytest.raises(Refused, match="do not review"):
            decide(taken, "L1", person)


def test_two_windows_one_wins(taken, first):
    decide(taken, "L1", first, "claimed", version=1)
    with pytest.raises(StaleAnswer) as caught:
        decide(taken, "L1", first, "verified", version=1)
    assert caught.value.current.level == "claimed"
    assert row(taken, "L1").level == "claimed"


def test_not_applicable_waits_for_consent(officer, first):
    assessment = waiting(officer)
    Answer.objects.filter(assessment=assessment, code="S3").update(
        not_applicable=True, is_answered=False, value=None, valid_to=None, reason="No card data"
    )
    take_review(assessment=assessment, by=first)
    with pytest.raises(FaultyInput):
        decide(assessment, "S3", first, consented=False)
    decide_all(assessment, first, skip=("S3",))
    with pytest.raises(Refused, match="S3"):
        finish_review(assessment=assessment, by=first)
    decide(assessment, "S3", first, consented=True)
    finish_review(assessment=assessment, by=first)
    assert row(assessment, "S3").consented
    assert assessment.is_pending_approval


def test_finishing_waits_for_every_answer(taken, first):
    decide_all(taken, first, skip=("L2",))
    with pytest.raises(Refused, match="L2"):
        finish_review(assessment=taken, by=first)
    assert taken.is_in_review
    decide(taken, "L2", first)
    finish_review(assessment=taken, by=first)
    assert taken.is_pending_approval
    assert taken.reviewed_at is not None
    with pytest.raises(Refused):
        finish_review(assessment=taken, by=first)


def test_an_unanswered_question_holds_nothing_back(officer, first):
    assessment = waiting(officer)
    Answer.objects.filter(assessment=assessment, code="L2").update(is_answered=False, value=None)
    take_review(assessment=assessment, by=first)
    with pytest.raises(Refused, match="no answer"):
        decide(assessment, "L2", first)
    decide_all(assessment, first, skip=("L2",))
    finish_review(assessment=assessment, by=first)
    assert assessment.is_pending_approval


def test_a_return_voids_what_was_decided_and_opens_that_answer_alone(taken, first):
    decide(taken, "L1", first)
    send_back(taken, "L1", first)
    stored = row(taken, "L1")
    assert (stored.level, stored.decided_at, stored.returned_by) == ("", None, first)
    assert stored.return_remark == "Which sites?"
    assert not Mark.objects.exists()
    assert last_state(taken, "L1") == answer_state(stored)
    with pytest.raises(Refused, match="Take the return back"):
        decide(taken, "L1", first)
    with pytest.raises(Refused, match="Send the returned"):
        finish_review(assessment=taken, by=first)
    assert send_returns(assessment=taken, by=first) == 1
    assert taken.is_in_clarification
    assert taken.return_reason == "1 answer is returned: L1"


def test_a_return_needs_a_remark_and_can_be_taken_back(taken, first, second):
    with pytest.raises(FaultyInput):
        send_back(taken, "L1", first, remark="  ")
    send_back(taken, "L1", first)
    answer = row(taken, "L1")
    with pytest.raises(Refused):
        undo_return(assessment=taken, answer=answer, version=answer.version, by=second)
    undo_return(assessment=taken, answer=answer, version=answer.version, by=first)
    stored = row(taken, "L1")
    assert (stored.returned_at, stored.return_remark) == (None, "")
    assert last_state(taken, "L1") == answer_state(stored)
    with pytest.raises(Refused, match="No answer"):
        send_returns(assessment=taken, by=first)


def test_a_corrected_answer_is_decided_anew(taken, first):
    send_back(taken, "L1", first)
    send_returns(assessment=taken, by=first)
    Answer.objects.filter(assessment=taken, code="L1").update(
        corrected_at=taken.created_at, version=9
    )
    move_assessment(assessment=taken, verb="resubmit", by=taken.owner)
    decide(taken, "L1", first)
    stored = row(taken, "L1")
    assert (stored.returned_at, stored.corrected_at, stored.level) == (None, None, "documented")


def renew(frozen, officer):
    """The vendor's next assessment with the same answers, nothing decided, in review."""
    return waiting(officer, vendor=frozen.assessment.vendor)


def test_what_changed_since_the_last_assessment(officer, manager):
    earlier = make_assessment(owner=officer, framework=small_framework())
    answer_all(earlier, "documented", skip=("S2",))
    frozen = approved(earlier, manager)
    now = renew(frozen, officer)
    Answer.objects.filter(assessment=now, code="L2").update(value="92")
    row(now, "S1").certifications.add(now.vendor.certifications.create(standard="ISO/IEC 27001"))
    last = last_of(now)
    assert last.assessment == earlier
    assert kind_of(row(now, "L2"), last) == CHANGED
    assert kind_of(row(now, "S1"), last) == RENEWED
    assert kind_of(row(now, "L1"), last) == UNCHANGED
    assert kind_of(row(now, "S2"), last) == NEW
    assert kind_of(row(now, "L1"), None) == NEW


def test_only_what_stands_unchanged_is_accepted_together(officer, first, manager):
    earlier = make_assessment(owner=officer, framework=small_framework())
    answer_all(earlier, "documented")
    frozen = approved(earlier, manager)
    now = renew(frozen, officer)
    rows = Answer.objects.filter(assessment=now)
    rows.filter(code="L1").update(proposed_level="verified")
    rows.filter(code="L2").update(value="92")
    rows.filter(code="L3").update(comment="Another comment", proposed_level="claimed")
    take_review(assessment=now, by=first)
    accepted = accept_proposals(assessment=now, by=first)
    assert "L1" not in accepted  # another level than last time
    assert "L2" not in accepted  # another answer
    assert "L3" in accepted  # claimed: nobody says that there is proof
    assert row(now, "L3").level == "claimed"
    assert row(now, "S1").level == "documented"
    assert row(now, "S1").remark == f"Unchanged since assessment {earlier.title}."
    assert set(accepted) == {*codes(now)} - {"L1", "L2"}
    for code in accepted:
        assert last_state(now, code) == answer_state(row(now, code))
    assert accept_proposals(assessment=now, by=first) == []


def test_nothing_verified_is_accepted_without_an_earlier_one(taken, first):
    Answer.objects.filter(assessment=taken).update(proposed_level="verified")
    assert accept_proposals(assessment=taken, by=first) == []


# two reviewers


@pytest.fixture
def both(assessment, first, second):
    """Two reviewers, nothing decided."""
    ask_second_review(assessment=assessment, by=second)
    take_review(assessment=assessment, by=first)
    take_review(assessment=assessment, by=second)
    return assessment


def test_marks_stay_apart_until_both_are_done(both, first, second):
    decide_all(both, first)
    finish_review(assessment=both, by=first)
    assert both.is_in_review
    assert not both.answers.exclude(decided_at=None).exists()
    with pytest.raises(Refused, match="finished"):
        decide(both, "L1", first)
    decide_all(both, second)
    finish_review(assessment=both, by=second)
    assert both.is_pending_approval
    assert both.answers.filter(level="documented").count() == len(codes(both))
    for code in codes(both):
        assert last_state(both, code) == answer_state(row(both, code))


def test_below_the_limit_the_careful_mark_stands_and_is_named(both, first, second):
    Answer.objects.filter(assessment=both, code="L2").update(value="90")
    decide_all(both, first, "verified")
    decide_all(both, second, "verified", skip=("L2",))
    decide(both, "L2", second, "documented")
    for person in (first, second):
        finish_review(assessment=both, by=person)
    assert both.is_pending_approval
    assert not Moderation.objects.exists()
    answer = row(both, "L2")
    assert (answer.level, answer.decided_by) == ("documented", second)
    event = AuditEvent.objects.get(action="answer.merge")
    assert event.reason.endswith("fewer points stands: L2.")
    assert last_state(both, "L2") == answer_state(answer)


def test_twenty_points_are_settled_with_a_reason(both, first, second, manager):
    decide_all(both, first, "verified")
    decide_all(both, second, "verified", skip=("L1",))
    decide(both, "L1", second, "claimed")
    for person in (first, second):
        finish_review(assessment=both, by=person)
    assert both.is_in_moderation
    assert Moderation.objects.get().spread == "50"
    assert row(both, "L1").decided_at is None
    answer = row(both, "L1")

    def settle(by, level="documented", reason="The report covers one site of two."):
        return settle_difference(
            assessment=both,
            answer=answer,
            decision=Decision(level=level),
            reason=reason,
            version=answer.version,
            by=by,
        )

    for person in (second, manager):
        with pytest.raises(Refused, match="first reviewer"):
            settle(person)
    with pytest.raises(FaultyInput):
        settle(first, reason=" ")
    with pytest.raises(FaultyInput):
        settle(first, level="")
    settle(first)
    assert both.is_pending_approval
    stored = row(both, "L1")
    assert (stored.level, stored.remark) == ("documented", "The report covers one site of two.")
    assert last_state(both, "L1") == answer_state(stored)
    assert Moderation.objects.get().settled_by == first


def test_what_was_settled_stays_settled_when_it_is_sent_back(both, first, second, manager):
    decide_all(both, first, "verified")
    decide_all(both, second, "verified", skip=("L1",))
    decide(both, "L1", second, "claimed")
    for person in (first, second):
        finish_review(assessment=both, by=person)
    answer = row(both, "L1")
    settle_difference(
        assessment=both,
        answer=answer,
        decision=Decision(level="documented"),
        reason="One site of two.",
        version=answer.version,
        by=first,
    )
    move_assessment(assessment=both, verb="send_back", reason="Look at L2 again", by=manager)
    assert reopen_reviews(both) == 2
    decide(both, "L2", second, "documented")
    decide(both, "L2", first, "documented")
    for person in (first, second):
        finish_review(assessment=both, by=person)
    assert both.is_pending_approval
    assert (row(both, "L1").level, row(both, "L2").level) == ("documented", "documented")


def test_a_second_review_takes_the_first_ones_marks_off_the_answers(taken, first, manager):
    decide_all(taken, first)
    ask_second_review(assessment=taken, by=manager)
    assert not taken.answers.exclude(decided_at=None).exists()
    assert Mark.objects.count() == len(codes(taken))
    assert last_state(taken, "L1") == answer_state(row(taken, "L1"))
    with pytest.raises(Refused, match="already"):
        ask_second_review(assessment=taken, by=manager)
    with pytest.raises(Refused):
        drop_second_review(assessment=taken, by=first)
    finish_review(assessment=taken, by=first)
    assert taken.is_in_review
    drop_second_review(assessment=taken, by=manager)
    assert taken.is_pending_approval
    assert row(taken, "L1").level == "documented"
    assert last_state(taken, "L1") == answer_state(row(taken, "L1"))


def test_a_taken_second_review_is_not_dropped(both, manager):
    with pytest.raises(Refused, match="taken"):
        drop_second_review(assessment=both, by=manager)


def test_a_return_reopens_the_review_of_who_was_done(both, first, second):
    decide_all(both, first)
    finish_review(assessment=both, by=first)
    decide(both, "L1", second)
    send_back(both, "L1", second)
    assert Review.objects.filter(finished_at=None).count() == 2
    assert not Mark.objects.filter(answer__code="L1").exists()
    assert Mark.objects.filter(review__reviewer=first).count() == len(codes(both)) - 1


def test_own_marks_are_swapped_by_version(both, first):
    answer = row(both, "L1")
    for expected in (0, 1):
        decide_answer(
            assessment=both,
            answer=answer,
            decision=Decision(level="claimed"),
            version=answer.version,
            mark_version=expected,
            by=first,
        )
    with pytest.raises(StaleAnswer):
        decide_answer(
            assessment=both,
            answer=answer,
            decision=Decision(level="rejected", remark="No"),
            version=answer.version,
            mark_version=1,
            by=first,
        )
    assert Mark.objects.get().level == "claimed"


def test_accepting_together_leaves_marks_alone_while_two_review(officer, first, second, manager):
    earlier = make_assessment(owner=officer, framework=small_framework())
    answer_all(earlier, "documented")
    frozen = approved(earlier, manager)
    now = renew(frozen, officer)
    ask_second_review(assessment=now, by=manager)
    take_review(assessment=now, by=first)
    assert len(accept_proposals(assessment=now, by=first)) == len(codes(now))
    assert not now.answers.exclude(decided_at=None).exists()
    assert Mark.objects.count() == len(codes(now))
    assert not AuditEvent.objects.filter(assessment=now, action="answer.accept").exists()


def test_a_vendor_of_its_own_has_nothing_to_compare_with(officer, manager):
    other = make_vendor(by=officer)
    approved(make_assessment(owner=officer, framework=small_framework()), manager)
    assert last_of(waiting(officer, vendor=other)) is None
