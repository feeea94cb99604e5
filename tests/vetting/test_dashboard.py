"""The dashboard: what waits for whom, and its budget."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import (
    answer_all,
    approved,
    make_assessment,
    make_framework,
    make_user,
    make_vendor,
    reviewed,
)
from tests.factories import submitted as submit
from vendors.models import Certification
from vendors.permissions import Role
from vendors.services.assessments import start_assessment
from vendors.services.reviews import (
    ask_second_review,
    drop_second_review,
    finish_review,
    return_answer,
    send_returns,
    take_review,
)

pytestmark = pytest.mark.django_db
BUDGET = 25


def waits(assessment) -> None:
    """Bring it to a manager's decision."""
    answer_all(assessment)
    reviewed(assessment)


def page_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("dashboard")).content.decode()


@pytest.mark.parametrize(
    ("role", "count"),
    [(Role.PROCUREMENT, 3), (Role.MANAGER, 2), (Role.AUDITOR, 0), (Role.ADMINISTRATOR, 0)],
)
def test_who_reviews_finds_the_reviews(role, count) -> None:
    text = page_of(make_user(role))
    assert text.count('href="/reviews/"') == count
    assert ("All reviews" in text) == (count > 0)


def test_an_intake_shows_no_progress() -> None:
    owner = make_user()
    assessment = start_assessment(
        vendor=make_vendor(by=owner, name="Skerry Voice"),
        framework=make_framework(),
        intake={},
        owner=owner,
        is_draft=True,
        by=owner,
    )
    text = page_of(owner)
    assert "Complete the intake of Skerry Voice" in text
    assert "Nothing is asked until the intake is complete." in text
    assert "Not asked yet" in text
    assert "answered" not in text
    client = Client()
    client.force_login(owner)
    text = client.get(assessment.vendor.get_absolute_url()).content.decode()
    assert "Nothing is asked until the intake is complete." in text
    assert "Draft score <b>" not in text


def test_each_sees_what_waits_for_them() -> None:
    framework = make_framework()
    owner, other, manager = make_user(), make_user(), make_user(Role.MANAGER)
    reviewer = make_user()
    waiting = make_assessment(owner=owner, framework=framework)
    answer_all(waiting)
    submit(waiting)
    mine = make_assessment(owner=owner, framework=framework, helpers=[other])
    finish = f"Finish the questionnaire of {mine.vendor.name}"
    take = f"Take the review of {waiting.vendor.name}"
    decide = f"Decide on {waiting.vendor.name}"
    assert finish in page_of(owner)
    assert finish in page_of(other)
    assert take not in page_of(owner)
    assert take in page_of(reviewer)
    assert take in page_of(manager)
    assert "Nothing waits for you" in page_of(make_user(Role.AUDITOR))

    take_review(assessment=waiting, by=reviewer)
    assert take not in page_of(manager)
    assert f"Review the answers of {waiting.vendor.name}" in page_of(reviewer)
    ask_second_review(assessment=waiting, by=reviewer)
    assert take in page_of(other)
    assert take not in page_of(owner)
    drop_second_review(assessment=waiting, by=manager)
    finish_review(assessment=waiting, by=reviewer)
    assert decide in page_of(manager)
    assert decide not in page_of(reviewer)


def test_a_manager_who_reviewed_is_not_asked_to_decide() -> None:
    manager = make_user(Role.MANAGER)
    waiting = make_assessment(framework=make_framework())
    answer_all(waiting)
    reviewed(waiting, by=manager)
    decide = f"Decide on {waiting.vendor.name}"
    assert decide not in page_of(manager)
    assert decide in page_of(make_user(Role.MANAGER))


def test_returned_answers_wait_for_whoever_fills_in() -> None:
    owner, reviewer = make_user(), make_user()
    one = make_assessment(owner=owner, framework=make_framework())
    answer_all(one)
    submit(one)
    take_review(assessment=one, by=reviewer)
    row = one.answers.get(code="LEG-01")
    return_answer(
        assessment=one, answer=row, remark="Which sites?", version=row.version, by=reviewer
    )
    send_returns(assessment=one, by=reviewer)
    page = page_of(owner)
    assert f"Mend the returned answers of {one.vendor.name}" in page
    assert "1 answer is returned and not saved again." in page


@pytest.mark.parametrize("role", list(Role))
def test_queries_do_not_grow_with_rows(role, django_assert_max_num_queries) -> None:
    framework = make_framework()
    owner = make_user(Role.PROCUREMENT)
    reader = owner if role == Role.PROCUREMENT else make_user(role)
    client = Client()
    client.force_login(reader)
    used = []
    for _ in range(3):
        for state in (lambda _one: None, submit, approved, waits):
            one = make_assessment(owner=owner, framework=framework)
            Certification.objects.create(vendor=one.vendor, standard="ISO 9001")
            if state is submit:
                answer_all(one)
            state(one)
        with django_assert_max_num_queries(BUDGET) as captured:
            assert client.get(reverse("dashboard")).status_code == 200
        used.append(len(captured))
    assert used[1] == used[2]
