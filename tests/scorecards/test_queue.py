"""What waits, who works, and what the health view says of it."""

import os
import time
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from scorecards import signs, tasks
from scorecards.models import BuildState, Bundle, Notice, Outcome, Scorecard
from scorecards.queries import queue
from scorecards.services import scorecards as services
from tests import factories
from vendors.models import EvidenceFile, PageState
from vendors.permissions import Role

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=6)


@pytest.fixture(autouse=True)
def _own_signs(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def scorecard():
    factories.small_framework()
    return services.request_scorecard(
        assessment=factories.import_worked("Aurora"), by=factories.make_user(), wakes=False
    )


def at(moment):
    return time_machine.travel(moment, tick=False)


def test_an_empty_queue_is_well(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert queue.queue_health() == ""
    answer = client.get(reverse("health"))
    assert answer.status_code == 200
    assert answer.json()["oldest_waiting_seconds"] == 0
    assert answer.json()["waiting"] == {"documents": 0, "bundles": 0, "pages": 0}


def test_what_waits_too_long_is_told_without_names(client, scorecard, django_assert_num_queries):
    with at(timezone.now() + timedelta(minutes=4)):
        assert client.get(reverse("health")).status_code == 200
    with at(timezone.now() + LATER):
        with django_assert_num_queries(2):
            assert queue.queue_health()
        answer = client.get(reverse("health"))
        assert answer.status_code == 503
        assert 355 <= answer.json()["oldest_waiting_seconds"] <= 365
        assert answer.json()["checks"]["database"] == "ok"
        assert "Aurora" not in answer.content.decode()
        assert str(scorecard.public_id) not in answer.content.decode()


def test_one_check_can_be_asked_for_alone(client, scorecard, django_assert_num_queries):
    with at(timezone.now() + LATER), django_assert_num_queries(1):
        answer = client.get(reverse("health"), {"only": "database"})
    assert (answer.status_code, answer.json()["checks"]) == (200, {"database": "ok"})
    answer = client.get(reverse("health"), {"only": "everything"})
    assert answer.status_code == 404
    assert answer.json()["known"] == ["database", "queue_health"]


def test_a_long_queue_that_is_worked_off_is_well(scorecard):
    now = timezone.now()
    done = factories.import_worked("Borealis")
    done = services.request_scorecard(assessment=done, by=None, wakes=False)
    finished = {"state": BuildState.READY, "file": "x", "file_sha256": "0" * 64}
    Scorecard.objects.filter(pk=done.pk).update(**finished, ready_at=now + LATER)
    with at(now + LATER + timedelta(minutes=1)):
        assert queue.queue_health() == ""
    with at(now + LATER * 2):
        assert "1 waiting" in queue.queue_health()


def test_a_worker_with_something_at_hand_is_no_standstill(scorecard):
    now = timezone.now()
    held = factories.make_user(Role.MANAGER)
    Bundle.objects.create(title="All", requested_by=held, token=1, lease_until=now + LATER * 2)
    with at(now + LATER):
        assert queue.queue_health() == ""
    with at(now + LATER * 2 + timedelta(seconds=1)):
        assert "no worker seems to run" in queue.queue_health()


def test_failures_are_an_end_too(scorecard):
    now = timezone.now()
    with at(now + LATER - timedelta(minutes=1)):
        Notice.objects.create(
            user=factories.make_user(), scorecard=scorecard, outcome=Outcome.FAILED
        )
    with at(now + LATER):
        assert queue.queue_health() == ""


def test_what_is_tried_again_waits_since_it_was_told(scorecard):
    now = timezone.now()
    Scorecard.objects.update(wanted_at=now - timedelta(days=7), token=3, woken_at=now)
    with at(now + timedelta(seconds=10)):
        assert queue.waiting_now().seconds == 10


def test_every_kind_of_work_counts(scorecard):
    user = factories.make_user(Role.MANAGER)
    Bundle.objects.create(title="All", requested_by=user)
    ended = timezone.now() - timedelta(seconds=1)
    Scorecard.objects.update(state=BuildState.BUILDING, lease_until=ended, token=1, woken_at=ended)
    waiting = queue.waiting_now()
    assert waiting.counts == {"documents": 1, "bundles": 1, "pages": 0}
    Scorecard.objects.update(lease_until=timezone.now() + timedelta(minutes=1))
    assert queue.waiting_now().total == 1
    lines = {line.what: (line.waiting, line.building) for line in queue.overview().lines}
    assert lines["documents"] == (0, 1)
    assert lines["bundles"] == (1, 0)
    assert not EvidenceFile.objects.filter(page_state=PageState.QUEUED).exists()


def test_a_database_that_does_not_answer_is_said(monkeypatch, client):
    def fail():
        raise DatabaseError("password=secret")

    monkeypatch.setattr(queue, "waiting_now", fail)
    answer = client.get(reverse("health"))
    assert answer.status_code == 503
    assert "cannot be asked" in answer.json()["checks"]["queue_health"]
    assert "secret" not in answer.content.decode()


# Signs of life


def test_signs_are_seen_until_they_are_old(settings):
    assert not signs.is_any_worker_seen()
    signs.leave(signs.SWEEPER)
    assert not signs.is_any_worker_seen()
    signs.leave("celery@one")
    assert signs.is_any_worker_seen()
    assert set(signs.seen()) == {signs.SWEEPER, "celery@one"}
    with at(timezone.now() + signs.SILENT_AFTER + timedelta(seconds=1)):
        assert not signs.is_any_worker_seen()
    with at(timezone.now() + signs.FORGOTTEN_AFTER + timedelta(seconds=1)):
        assert signs.seen() == {}
        signs.forget_old()
    assert not list((settings.DATA_DIR / signs.FOLDER).iterdir())


def test_a_folder_that_cannot_be_written_is_no_error(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "file"
    settings.DATA_DIR.write_text("in the way")
    signs.leave("celery@one")
    assert signs.seen() == {}


def test_a_sweep_leaves_its_sign():
    tasks.sweep()
    assert signs.SWEEPER in signs.seen()


# The page that waits


def waiting_page(client, scorecard):
    return client.get(scorecard.get_absolute_url()).content.decode()


def test_after_two_minutes_without_a_worker_the_page_says_so(client, scorecard):
    client.force_login(factories.make_user(Role.PROCUREMENT))
    words = "no worker seems to run"
    assert words not in waiting_page(client, scorecard)
    with at(timezone.now() + timedelta(minutes=3)):
        client.force_login(factories.make_user(Role.PROCUREMENT))
        page = waiting_page(client, scorecard)
        assert words in page
        assert "spin" not in page.partition("<main")[2]
        signs.leave("celery@one")
        now = time.time()
        for path in (signs._folder()).iterdir():
            os.utime(path, (now, now))
        page = waiting_page(client, scorecard)
        assert words not in page
        assert "spin" in page
