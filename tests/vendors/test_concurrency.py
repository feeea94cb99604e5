"""Several people at once: at most one wins, and whoever loses is told."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections

from tests.factories import (
    answer_all,
    approved,
    make_assessment,
    make_framework,
    make_user,
    reviewed,
    small_framework,
    submitted,
)
from tests.vendors.editors import edit_at_once, lost_saves
from vendors.models import Assessment, AssessmentResult, AuditEvent, Certification
from vendors.permissions import Role
from vendors.services.answers import AnswerChange, save_answer
from vendors.services.approvals import approve_assessment, send_back_assessment
from vendors.services.assessments import change_tier, start_assessment, submit_assessment
from vendors.services.certifications import add_certification, edit_certification
from vendors.services.refusals import Refused
from vendors.services.reviews import take_review
from vendors.services.vendors import archive_vendor

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all at the same moment, each on a connection of its own; return results or refusals."""
    barrier = threading.Barrier(len(works))
    outcomes: list[object] = [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            outcomes[place] = work()
        except Refused as refusal:
            outcomes[place] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def refusals(outcomes: list[object]) -> int:
    return sum(isinstance(outcome, Refused) for outcome in outcomes)


@pytest.fixture
def assessment() -> Assessment:
    return make_assessment(framework=small_framework())


def fresh(assessment: Assessment) -> Assessment:
    """The row as another request would read it."""
    return Assessment.objects.select_related("vendor", "framework", "owner").get(pk=assessment.pk)


def test_of_ten_saves_of_one_version_one_wins(assessment: Assessment) -> None:
    def save(number: int) -> Callable[[], object]:
        mine = fresh(assessment)
        answer = mine.answers.get(code="L2")
        change = AnswerChange(value=str(60 + number), is_answered=True)
        return lambda: save_answer(
            assessment=mine, answer=answer, change=change, version=0, by=mine.owner
        )

    outcomes = at_once(*[save(number) for number in range(10)])
    assert refusals(outcomes) == 9
    row = assessment.answers.get(code="L2")
    events = AuditEvent.objects.filter(action="answer.save")
    assert (row.version, events.count()) == (1, 1)
    assert events.get().after["value"] == row.value


def test_of_many_saves_by_twenty_editors_none_is_lost() -> None:
    people = [make_user() for _ in range(20)]
    assessment = make_assessment(owner=people[0], framework=make_framework())
    assessment.helpers.set(people[1:])
    codes = list(assessment.answers.values_list("code", flat=True)[:10])
    tally = edit_at_once(assessment, people, saves=20, codes=codes)
    assert lost_saves(assessment, tally) == []
    assert tally.kept + tally.refused == 400
    assert sum(assessment.answers.values_list("version", flat=True)) == tally.kept


def test_a_save_and_a_submission_never_both_hold(assessment: Assessment) -> None:
    answer_all(assessment)
    mine = fresh(assessment)
    answer = mine.answers.get(code="L2")
    change = AnswerChange(value="61", is_answered=True)
    saved, _ = at_once(
        lambda: save_answer(
            assessment=mine, answer=answer, change=change, version=1, by=mine.owner
        ),
        lambda: submit_assessment(assessment=fresh(assessment), by=assessment.owner),
    )
    after = fresh(assessment)
    assert after.is_submitted
    row = assessment.answers.get(code="L2")
    assert (row.value == "61") == (not isinstance(saved, Refused))


def test_two_people_take_a_review_and_one_is_told(assessment: Assessment) -> None:
    answer_all(assessment)
    submitted(assessment)
    people = [make_user(Role.PROCUREMENT), make_user(Role.MANAGER)]
    outcomes = at_once(
        *[lambda by=by: take_review(assessment=fresh(assessment), by=by) for by in people]
    )
    assert refusals(outcomes) == 1
    assert fresh(assessment).is_in_review


def test_an_approval_and_sending_back_never_both_hold(assessment: Assessment) -> None:
    answer_all(assessment)
    reviewed(assessment)
    managers = [make_user(Role.MANAGER), make_user(Role.MANAGER)]
    outcomes = at_once(
        lambda: approve_assessment(assessment=fresh(assessment), by=managers[0]),
        lambda: send_back_assessment(assessment=fresh(assessment), reason="Wages", by=managers[1]),
    )
    assert refusals(outcomes) == 1
    after = fresh(assessment)
    assert after.is_approved != after.is_in_review
    assert AssessmentResult.objects.count() == int(after.is_approved)


def test_two_approvals_leave_one_result(assessment: Assessment) -> None:
    answer_all(assessment)
    reviewed(assessment)
    managers = [make_user(Role.MANAGER), make_user(Role.MANAGER)]
    outcomes = at_once(
        *[lambda by=by: approve_assessment(assessment=fresh(assessment), by=by) for by in managers]
    )
    assert refusals(outcomes) == 1
    assert AssessmentResult.objects.count() == 1


def test_archiving_and_starting_never_both_hold() -> None:
    done = make_assessment(framework=small_framework())
    vendor, owner = done.vendor, done.owner
    approved(done)
    outcomes = at_once(
        lambda: archive_vendor(vendor=vendor, by=owner),
        lambda: start_assessment(
            vendor=vendor, framework=small_framework(), intake={}, owner=owner, tier=1, by=owner
        ),
    )
    assert refusals(outcomes) == 1


def test_of_two_edits_of_a_register_entry_one_wins(assessment: Assessment) -> None:
    entry = add_certification(
        entry=Certification(vendor=assessment.vendor, standard="SOC 2"), by=assessment.owner
    )

    def edit(number: str) -> Callable[[], object]:
        mine = Certification.objects.select_related("vendor").get(pk=entry.pk)
        mine.number = number
        return lambda: edit_certification(entry=mine, version=0, by=assessment.owner)

    outcomes = at_once(edit("A-1"), edit("A-2"))
    assert refusals(outcomes) == 1
    stored = Certification.objects.get()
    assert stored.version == 1
    assert AuditEvent.objects.get(action="certification.edit").after["number"] == stored.number


def test_tier_changes_follow_one_another(assessment: Assessment) -> None:
    managers = [make_user(Role.MANAGER), make_user(Role.MANAGER)]
    outcomes = at_once(
        lambda: change_tier(assessment=fresh(assessment), tier=2, reason="Pilot", by=managers[0]),
        lambda: change_tier(assessment=fresh(assessment), tier=3, reason="Small", by=managers[1]),
    )
    assert refusals(outcomes) == 0
    events = list(AuditEvent.objects.filter(action="assessment.tier").order_by("pk"))
    assert events[1].before == events[0].after
    assert fresh(assessment).tier == events[1].after["tier"]


def test_the_suite_runs_on_a_database_that_several_can_reach() -> None:
    assert connection.settings_dict["NAME"] != ":memory:"
