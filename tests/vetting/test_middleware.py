"""Headers of every answer, who is counted at sign-in, and how long a session lasts."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.test import RequestFactory
from django.urls import reverse

from vetting.throttle import client_address, sign_in_name

PASSWORD = "correct horse battery staple"


@pytest.fixture
def person(db):
    return get_user_model().objects.create_user("ana@example.org", PASSWORD, name="Ana")


def test_an_answer_carries_an_id_and_closes_what_nobody_needs(client, db):
    answer = client.get("/healthz")
    assert len(answer["X-Request-ID"]) == 32
    assert answer["Cache-Control"] == "private, no-store"
    assert "camera=()" in answer["Permissions-Policy"]
    policy = answer["Content-Security-Policy"]
    for rule in (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    ):
        assert rule in policy
    assert "unsafe" not in policy


def test_only_a_trusted_proxy_gives_the_id(client, db, settings):
    given = {"X-Request-ID": "from-the-proxy-1"}
    assert client.get("/healthz", headers=given)["X-Request-ID"] != given["X-Request-ID"]
    settings.SECURE_PROXY = True
    assert client.get("/healthz", headers=given)["X-Request-ID"] == given["X-Request-ID"]
    odd = {"X-Request-ID": "two words\x0bx"}
    assert client.get("/healthz", headers=odd)["X-Request-ID"] != odd["X-Request-ID"]


def test_the_health_view_tells_what_fails(client, db, settings):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["checks"]["database"]) == (200, "ok")
    settings.HEALTH_CHECKS = ["tests.vetting.test_middleware.broken"]
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing", "checks": {"broken": "is broken"}}


def broken():
    return "is broken"


def test_the_address_is_the_callers_unless_a_proxy_is_trusted(settings):
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    assert client_address(request) == "127.0.0.1"
    settings.SECURE_PROXY = True
    assert client_address(request) == "198.51.100.7"


def test_the_name_counts_in_any_spelling():
    request = RequestFactory().post("/", {"username": " Ana@Example.org "})
    assert sign_in_name(request, None) == "ana@example.org"
    assert sign_in_name(None, {"username": "ANA@example.org"}) == "ana@example.org"
    assert sign_in_name(None, None) == ""


def test_eight_wrong_passwords_lock_the_name_from_that_address(client, person):
    def sign_in(name, password, address="127.0.0.1"):
        return client.post(
            reverse("sign-in"), {"username": name, "password": password}, REMOTE_ADDR=address
        ).status_code

    with time_machine.travel("2026-11-21T10:00:00Z", tick=False) as clock:
        for attempt in range(8):
            name = "ana@example.org" if attempt % 2 else "Ana@Example.ORG"
            last = sign_in(name, "wrong")
        assert last == 429
        assert sign_in("ana@example.org", PASSWORD) == 429
        assert sign_in("ana@example.org", PASSWORD, "127.0.0.2") == 302
        clock.shift(dt.timedelta(minutes=15, seconds=1))
        assert sign_in("ana@example.org", PASSWORD) == 302


def test_a_session_ends_twelve_hours_after_sign_in_however_busy(client, person):
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        client.force_login(person)
        clock.shift(dt.timedelta(hours=11, minutes=59))
        session = client.session
        assert "_auth_user_id" in session
        session["busy"] = True
        session.save()
        clock.shift(dt.timedelta(minutes=2))
        assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_a_visit_to_a_form_address_gets_a_page(client):
    answer = client.get("/sign-out/", headers={"Accept": "text/html"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")
    assert b"only takes a form" in answer.content
    assert client.get("/sign-out/", headers={"Accept": "application/json"}).content == b""
