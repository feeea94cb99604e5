"""The page of an assessment in each state, and what is done from it."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    answer_all,
    approved,
    import_worked,
    make_assessment,
    make_framework,
    make_user,
    make_vendor,
    small_framework,
    submitted,
    worked_example,
)
from vendors.models import Assessment, AuditEvent, Site
from vendors.permissions import Role
from vendors.services.answers import AnswerChange, save_answer
from vendors.services.assessments import cancel_assessment, submit_assessment
from vendors.services.reviews import (
    ask_second_review,
    finish_review,
    return_answer,
    send_returns,
    take_review,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def assessment(officer):
    return make_assessment(owner=officer, framework=small_framework())


def address(assessment, verb="detail"):
    return reverse(f"vendors:assessment-{verb}", args=[assessment.public_id])


def words(answer):
    """The text of a page without its tags, one space between words."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(html.unescape(text).split())


def seen(client, person, assessment):
    client.force_login(person)
    return client.get(address(assessment))


def test_in_progress_it_says_what_is_missing_and_where(client, officer):
    assessment = make_assessment(owner=officer, framework=make_framework())
    answer_all(assessment, skip=("LEG-02", "ENV-01"))
    answer = seen(client, officer, assessment)
    page = answer.content.decode()
    assert "1 must-have is unanswered. LEG-02" in words(answer)
    assert reverse("vendors:questionnaire", args=[assessment.public_id, "LEG"]) + "#LEG-02" in page
    assert "2 questions are open. Each scores 0." in words(answer)
    assert page.index("1 must-have is unanswered") < page.index("2 questions are open")
    assert page.index("2 questions are open") < page.index("No evidence has ended")
    assert address(assessment, "submit") not in page
    assert "Continue questionnaire" in words(answer)


@pytest.mark.parametrize("name", list(worked_example()["assessments"]))
def test_the_figures_are_the_reference_ones(client, officer, name):
    small_framework()
    assessment = import_worked(name, owner=officer)
    expected = worked_example()["expected"][name]
    answer = seen(client, officer, assessment)
    assert f"{expected['overall_display']} of 100" in words(answer)
    for line in answer.context["standing"].must_haves:
        assert line.result == expected["must_haves"][line.criterion.code]
        assert line.reason in words(answer)
    assert answer.context["standing"].result.gate == expected["gate"]


def test_must_haves_all_fifteen_failed_ones_first(client, officer):
    assessment = make_assessment(owner=officer, framework=make_framework())
    answer_all(assessment)
    assessment.answers.filter(code="LEG-04").update(value="no")
    lines = seen(client, officer, assessment).context["standing"].must_haves
    assert len(lines) == 15
    assert (lines[0].criterion.code, lines[0].result) == ("LEG-04", "fail")
    assert {line.result for line in lines[1:]} == {"pass"}


def test_a_failed_must_have_takes_the_band_and_the_residual_risk(client, officer):
    assessment = make_assessment(owner=officer, framework=make_framework())
    answer_all(assessment)
    assessment.answers.filter(code="LEG-04").update(value="no")
    text = words(seen(client, officer, assessment))
    assert "Not eligible" in text
    assert "There is none to state while a must-have fails" in text


def test_why_names_losses_gains_and_strengths(client, officer):
    assessment = make_assessment(owner=officer, framework=make_framework())
    answer_all(assessment, "documented")
    standing = seen(client, officer, assessment).context["standing"]
    losses = [line.points for line in standing.gaps]
    assert losses == sorted(losses, reverse=True)
    assert len(standing.gaps) == len(standing.gains) == len(standing.strengths) == 5
    assert all(line.level == "documented" for line in standing.gains)


def test_a_category_below_the_floor_says_that_it_caps_the_band(client, officer):
    assessment = make_assessment(owner=officer, framework=make_framework())
    answer_all(assessment)
    codes = [c.code for c in assessment.framework.rules.categories[-1].criteria if not c.must_have]
    assessment.answers.filter(code__in=codes).update(is_answered=False, value=None)
    answer = seen(client, officer, assessment)
    standing = answer.context["standing"]
    assert standing.headline.band.value == "C"
    assert standing.caps
    assert f"That caps the band, which would be {standing.uncapped.value}." in words(answer)


def test_submitting_locks_and_says_so(client, officer, assessment):
    answer_all(assessment)
    client.force_login(officer)
    assert address(assessment, "submit") in client.get(address(assessment)).content.decode()
    unattested = client.post(address(assessment, "submit"))
    assert unattested.status_code == 422
    assert "Attest that the answers are true." in words(unattested)
    assert Assessment.objects.get().is_in_progress
    answer = client.post(address(assessment, "submit"), {"attested": "on"}, follow=True)
    assert Assessment.objects.get().is_submitted
    assert "Waits for review" in words(answer)
    assert address(assessment, "submit") not in answer.content.decode()


def test_submitting_too_early_is_refused_in_words(client, officer, assessment):
    client.force_login(officer)
    answer = client.post(address(assessment, "submit"), {"attested": "on"})
    assert answer.status_code == 422
    assert "must-haves are unanswered. Answer them, then submit." in words(answer)
    assert Assessment.objects.get().is_in_progress


def test_cancelling_keeps_what_was_typed_until_it_can_be_stored(client, officer, assessment):
    client.force_login(officer)
    page = client.get(address(assessment)).content.decode()
    assert '<dialog class="dlg" id="dlg-cancel"' in page
    assert '<summary data-open="dlg-cancel">' in page
    answer = client.post(address(assessment, "cancel"), {"reason": "  "})
    assert answer.status_code == 422
    assert "Say why it is cancelled." in words(answer)
    assert '<details class="disc sub" id="cancel" open>' in answer.content.decode()
    answer = client.post(address(assessment, "cancel"), {"reason": "x" * 2001})
    assert answer.status_code == 422
    assert "x" * 2001 in answer.content.decode()
    answer = client.post(
        address(assessment, "cancel"), {"reason": "Contract fell through"}, follow=True
    )
    assert "Contract fell through" in words(answer)
    assert f"Cancelled by {officer}" in words(answer)
    assert Assessment.objects.get().cancelled_by == officer


def test_only_a_manager_changes_the_tier_and_lowering_needs_a_reason(client, officer, manager):
    assessment = make_assessment(owner=officer, framework=make_framework())
    client.force_login(officer)
    assert client.post(address(assessment, "tier"), {"tier": "1"}).status_code == 403
    assert address(assessment, "tier") not in client.get(address(assessment)).content.decode()
    client.force_login(manager)
    assert address(assessment, "tier") in client.get(address(assessment)).content.decode()
    answer = client.post(address(assessment, "tier"), {"tier": "3", "reason": " "})
    assert answer.status_code == 422
    assert "Say why fewer questions are enough." in words(answer)
    assert client.post(address(assessment, "tier"), {"tier": "4"}).status_code == 422
    answer = client.post(
        address(assessment, "tier"), {"tier": "3", "reason": "A pilot of ten people"}, follow=True
    )
    assert "Tier 3 is used: A pilot of ten people" in words(answer)
    assert Assessment.objects.get().tier == 3


def test_taken_back_it_shows_who_and_why(client, officer, manager, assessment):
    answer_all(assessment)
    submitted(assessment)
    client.force_login(manager)
    refused = client.post(address(assessment, "take-back"), {"reason": " "})
    assert refused.status_code == 422
    assert "Say why it goes back" in words(refused)
    client.post(address(assessment, "take-back"), {"reason": "Which sites?"})
    text = words(seen(client, officer, assessment))
    assert f"Taken back by {manager}" in text
    assert "Which sites?" in text


def under_review(assessment, reviewer):
    answer_all(assessment)
    submitted(assessment)
    take_review(assessment=assessment, by=reviewer)
    return assessment


def test_each_state_says_for_whom_it_waits_and_what_is_missing(
    client, officer, manager, assessment
):
    reviewer = make_user(Role.PROCUREMENT)
    assert f"Waits for {officer}." in words(seen(client, manager, assessment))
    answer_all(assessment)
    submitted(assessment)
    text = words(seen(client, reviewer, assessment))
    assert "Waits for a reviewer" in text
    assert "Take the review" in text
    assert "Take the review" not in words(seen(client, officer, assessment))
    take_review(assessment=assessment, by=reviewer)
    text = words(seen(client, officer, assessment))
    assert f"Waits for {reviewer}." in text
    assert f"{reviewer} is not done yet." in text
    finish_review(assessment=assessment, by=reviewer)
    text = words(seen(client, officer, assessment))
    assert f"Waits for {manager}." in text
    assert "8 answers are decided" in text


def test_what_is_undecided_in_review_is_counted(client, officer, assessment):
    reviewer = make_user(Role.PROCUREMENT)
    under_review(assessment, reviewer)
    assessment.answers.filter(code="L1").update(level="", decided_at=None)
    page = seen(client, reviewer, assessment)
    assert "1 of 8 answers is not decided." in words(page)
    assert (
        reverse("vendors:assessment-review", args=[assessment.public_id]) in page.content.decode()
    )


def test_returned_answers_are_listed_with_what_came_of_them(client, officer, assessment):
    reviewer = make_user(Role.PROCUREMENT)
    under_review(assessment, reviewer)
    row = assessment.answers.get(code="L1")
    return_answer(
        assessment=assessment, answer=row, remark="Which sites?", version=row.version, by=reviewer
    )
    send_returns(assessment=assessment, by=reviewer)
    page = seen(client, officer, assessment)
    assert "L1 is returned: Which sites?" in words(page)
    assert [(line.criterion.code, line.is_open) for line in page.context["returns"]] == [
        ("L1", True)
    ]
    early = client.post(address(assessment, "submit"), {"attested": "on"})
    assert "Returned and not saved again: L1" in words(early)
    row.refresh_from_db()
    save_answer(
        assessment=assessment,
        answer=assessment.answers.get(code="L1"),
        change=AnswerChange(
            value="yes", is_answered=True, comment="Both", proposed_level="documented"
        ),
        version=row.version,
        by=officer,
    )
    page = seen(client, officer, assessment)
    assert "Send back for review" in words(page)
    assert not page.context["returns"][0].is_open
    client.post(address(assessment, "submit"), {"attested": "on"})
    assert Assessment.objects.get().is_in_review


def test_a_blind_reviewer_does_not_see_what_the_other_returned(client, officer, assessment):
    first, second = make_user(Role.PROCUREMENT), make_user(Role.PROCUREMENT)
    under_review(assessment, first)
    ask_second_review(assessment=assessment, by=first)
    take_review(assessment=assessment, by=second)
    row = assessment.answers.get(code="L1")
    return_answer(
        assessment=assessment, answer=row, remark="Which sites?", version=row.version, by=first
    )
    assert "Which sites?" not in words(seen(client, second, assessment))
    assert "Which sites?" in words(seen(client, first, assessment))


def test_an_approved_one_shows_the_frozen_figures_for_good(client, officer, manager):
    assessment = make_assessment(owner=officer, framework=make_framework())
    answer_all(assessment)
    ends = timezone.localdate() + timedelta(days=10)
    assessment.answers.filter(code="LAB-01").update(level_valid_to=ends)
    frozen = approved(assessment, manager)
    answer = seen(client, officer, assessment)
    assert answer.context["standing"].today is None
    assert frozen.digest in answer.content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=11)):
        answer = seen(client, officer, assessment)
        standing = answer.context["standing"]
        assert standing.headline.overall == frozen.overall
        assert standing.headline.gate == "pass"
        assert standing.today.gate == "pending"
        assert "As of today it would be" in words(answer)
        assert "100.0 of 100" in words(answer)


def test_people_and_who_may_approve(client, officer, manager):
    helper = make_user(Role.PROCUREMENT)
    assessment = make_assessment(owner=officer, framework=small_framework(), helpers=[helper])
    answer_all(assessment)
    assessment.answers.filter(code="L1").update(answered_by=helper)
    submit_assessment(assessment=assessment, by=officer)
    client.force_login(manager)
    people = {
        entry.person: entry for entry in client.get(address(assessment)).context["participants"]
    }
    assert people[officer].did == "answered 7; submitted"
    assert people[officer].why_not == "No, not a manager"
    assert people[helper].capacity == "Procurement, helper"
    assert (people[manager].may_approve, people[helper].may_approve) == (True, False)


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        (Role.AUDITOR, ["Answers", "Draft PDF"], ["Continue questionnaire", "Cancel assessment"]),
        (Role.MANAGER, ["Change the tier", "Cancel assessment"], ["Continue questionnaire"]),
        (Role.PROCUREMENT, ["Answers"], ["Change the tier", "Cancel assessment"]),
    ],
)
def test_actions_by_permission(client, assessment, role, shown, hidden):
    text = words(seen(client, make_user(role), assessment))
    assert all(word in text for word in shown)
    assert not any(word in text for word in hidden)


@pytest.mark.parametrize("verb", ["submit", "cancel", "tier"])
def test_who_may_not_gets_a_page_that_says_who_can(client, assessment, verb):
    client.force_login(make_user(Role.AUDITOR))
    answer = client.post(address(assessment, verb), {"reason": "Because", "tier": "1"})
    assert answer.status_code == 403
    assert re.search(r"[Tt]he owner|[Mm]anager", words(answer))
    assert client.get(address(assessment, verb)).status_code == 405
    assert Assessment.objects.get().is_in_progress


def test_a_cancelled_one_offers_nothing_more(client, officer, assessment):
    cancel_assessment(assessment=assessment, reason="Not needed", by=officer)
    text = words(seen(client, officer, assessment))
    assert "Not needed" in text
    assert "Next step" not in text


@pytest.mark.parametrize("state", ["open", "submitted", "approved"])
@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_number_of_questions_whatever_the_rows(
    client, officer, manager, django_assert_max_num_queries, state, rows
):
    vendor = make_vendor(by=officer)
    sites = [Site.objects.create(vendor=vendor, city=f"C{n}", country="PH") for n in range(rows)]
    helpers = [make_user(Role.PROCUREMENT) for _ in range(rows)]
    assessment = make_assessment(
        vendor=vendor, owner=officer, framework=make_framework(), sites=sites, helpers=helpers
    )
    answer_all(assessment)
    if state == "submitted":
        submitted(assessment)
    if state == "approved":
        approved(assessment, make_user(Role.MANAGER))
    client.force_login(manager)
    with django_assert_max_num_queries(24):
        client.get(address(assessment))


def test_every_move_from_the_page_is_in_the_trail(client, officer, assessment):
    answer_all(assessment)
    client.force_login(officer)
    client.post(address(assessment, "submit"), {"attested": "on"})
    assert AuditEvent.objects.latest("pk").action == "assessment.submit"
