"""The dashboard: what waits for whom, and its budget."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import answer_all, approved, make_assessment, make_framework, make_user
from tests.factories import submitted as submit
from vendors.models import Certification
from vendors.permissions import Role

pytestmark = pytest.mark.django_db
BUDGET = 20


def page_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("dashboard")).content.decode()


def test_each_sees_what_waits_for_them() -> None:
    framework = make_framework()
    owner, other, manager = make_user(), make_user(), make_user(Role.MANAGER)
    waiting = make_assessment(owner=owner, framework=framework)
    answer_all(waiting)
    submit(waiting)
    mine = make_assessment(owner=owner, framework=framework, helpers=[other])
    finish = f"Finish the questionnaire of {mine.vendor.name}"
    decide = f"Decide on {waiting.vendor.name}"
    assert finish in page_of(owner)
    assert finish in page_of(other)
    assert decide not in page_of(owner)
    assert decide in page_of(manager)
    assert "Nothing waits for you" in page_of(make_user(Role.AUDITOR))


@pytest.mark.parametrize("role", list(Role))
def test_queries_do_not_grow_with_rows(role, django_assert_max_num_queries) -> None:
    framework = make_framework()
    owner = make_user(Role.PROCUREMENT)
    reader = owner if role == Role.PROCUREMENT else make_user(role)
    client = Client()
    client.force_login(reader)
    used = []
    for _ in range(3):
        for state in (lambda _one: None, submit, approved):
            one = make_assessment(owner=owner, framework=framework)
            Certification.objects.create(vendor=one.vendor, standard="ISO 9001")
            if state is not submit:
                state(one)
            else:
                answer_all(one)
                state(one)
        with django_assert_max_num_queries(BUDGET) as captured:
            assert client.get(reverse("dashboard")).status_code == 200
        used.append(len(captured))
    assert used[1] == used[2]
