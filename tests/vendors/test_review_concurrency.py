"""Reviewers at the same moment: at most one wins, nothing is lost, and whoever loses is told."""

import pytest

from tests.factories import answer_all, make_assessment, make_user, small_framework, submitted
from tests.vendors.test_concurrency import at_once, refusals
from vendors.models import Assessment, AuditEvent, Mark, Review
from vendors.permissions import Role
from vendors.queries.answer_states import answer_state
from vendors.services.reviews import (
    Decision,
    ask_second_review,
    decide_answer,
    finish_review,
    return_answer,
    take_review,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def assessment():
    found = make_assessment(framework=small_framework())
    answer_all(found, "documented")
    found.answers.update(level="", rating=None, decided_at=None)
    return submitted(found)


def again(assessment):
    """The assessment as another request reads it."""
    return Assessment.objects.get(pk=assessment.pk)


def test_two_take_a_review(assessment):
    people = [make_user(Role.MANAGER), make_user(Role.PROCUREMENT)]
    outcomes = at_once(
        *(
            lambda person=person: take_review(assessment=again(assessment), by=person)
            for person in people
        )
    )
    assert refusals(outcomes) == 1
    assert Review.objects.get().position == 1
    assert AuditEvent.objects.filter(action="assessment.review").count() == 1


def test_two_take_the_second_review(assessment):
    people = [make_user(Role.MANAGER), make_user(Role.PROCUREMENT), make_user(Role.PROCUREMENT)]
    take_review(assessment=assessment, by=people[0])
    ask_second_review(assessment=assessment, by=people[0])
    outcomes = at_once(
        *(
            lambda person=person: take_review(assessment=again(assessment), by=person)
            for person in people[1:]
        )
    )
    assert refusals(outcomes) == 1
    assert sorted(Review.objects.values_list("position", flat=True)) == [1, 2]


def test_two_windows_decide_and_return_the_same_answer(assessment):
    reviewer = make_user(Role.PROCUREMENT)
    take_review(assessment=assessment, by=reviewer)
    answer = assessment.answers.get(code="L1")

    def decide():
        return decide_answer(
            assessment=again(assessment),
            answer=answer,
            decision=Decision(level="claimed"),
            version=answer.version,
            by=reviewer,
        )

    def send_back():
        return return_answer(
            assessment=again(assessment),
            answer=answer,
            remark="Which sites?",
            version=answer.version,
            by=reviewer,
        )

    outcomes = at_once(decide, send_back)
    assert refusals(outcomes) == 1
    stored = assessment.answers.get(code="L1")
    event = AuditEvent.objects.get(action__in=["answer.decide", "answer.return"])
    assert event.after == answer_state(stored)
    assert Mark.objects.count() == (0 if stored.is_returned else 1)
    assert (stored.decided_at is None) == stored.is_returned


def test_both_reviewers_finish_at_once(assessment):
    people = [make_user(Role.PROCUREMENT), make_user(Role.MANAGER)]
    ask_second_review(assessment=assessment, by=people[1])
    for person in people:
        take_review(assessment=assessment, by=person)
        for answer in assessment.answers.all():
            decide_answer(
                assessment=assessment,
                answer=answer,
                decision=Decision(level="documented", rating=4, remark="Seen."),
                version=answer.version,
                by=person,
            )
    outcomes = at_once(
        *(
            lambda person=person: finish_review(assessment=again(assessment), by=person)
            for person in people
        )
    )
    assert refusals(outcomes) == 0
    assert again(assessment).is_pending_approval
    assert AuditEvent.objects.filter(action="assessment.finish").count() == 1
    assert AuditEvent.objects.filter(action="answer.merge").count() == 1
