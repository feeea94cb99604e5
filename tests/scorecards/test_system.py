"""The page of the system: for administrators, in good days and bad."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from scorecards import signs
from scorecards.models import BuildState, Kind, Scorecard
from scorecards.paper import pdf
from scorecards.queries import machine
from scorecards.seal import keyring
from scorecards.services import scorecards as services
from tests import factories
from vendors.permissions import Role

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def page(client):
    client.force_login(factories.make_user(Role.ADMINISTRATOR))

    def get():
        answer = client.get(reverse("scorecards:system"))
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", answer.content.decode())

    return get


@pytest.fixture
def failed():
    factories.small_framework()
    assessment = factories.import_worked("Aurora")
    made = services.request_scorecard(assessment=assessment, by=None, wakes=False)
    Scorecard.objects.update(state=BuildState.FAILED, error="The <disk> is full.", attempts=5)
    made.refresh_from_db()
    return made


def test_an_empty_installation(page):
    text = page()
    assert "Nothing waits." in text
    assert "No document failed" in text
    assert "No worker seen within a day" in text
    assert "Nobody has looked for lost jobs" in text


def test_a_well_one(page):
    signs.leave("celery@one")
    signs.leave(signs.SWEEPER)
    text = page()
    assert "celery@one" in text
    assert "it seems to have ended" not in text
    assert "Lost jobs were last looked for on" in text
    database = "SQLite" if connection.vendor == "sqlite" else "PostgreSQL"
    assert database in text


def test_nothing_secret_stands_there(page, settings):
    text = page()
    assert settings.SECRET_KEY not in text
    assert str(settings.DATA_DIR) not in text
    assert str(settings.DATABASES["default"]["NAME"]) not in text


def test_what_failed_stands_with_its_reason_and_a_way_out(client, page, failed):
    text = page()
    assert "1 document could not be built." in text
    assert "The &lt;disk&gt; is full." in text
    again = reverse("scorecards:scorecard-retry", args=[failed.public_id])
    assert f'action="{again}"' in text
    client.post(again)
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == (BuildState.QUEUED, 0)
    assert failed.wanted_by.role == Role.ADMINISTRATOR


def test_what_an_administrator_may_not_open_is_not_listed(page, failed):
    Scorecard.objects.create(
        kind=Kind.PORTFOLIO,
        number="VET-2026-0001",
        is_draft=False,
        content="{}",
        digest="1" * 64,
        template_version="1",
        state=BuildState.FAILED,
        error="Secret portfolio.",
    )
    assert "Secret portfolio." not in page()


def test_a_queue_that_stands_still_is_said_first(page, failed):
    ago = timezone.now() - timedelta(minutes=9)
    Scorecard.objects.update(state=BuildState.QUEUED, wanted_at=ago, error="", attempts=0)
    text = page()
    assert "Nothing is being built." in text
    assert "1 job has waited for 9" in text


def test_what_the_machine_lacks(page, monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "missing_libraries", lambda: ["libpango-1.0.so.0"])
    monkeypatch.setattr(keyring, "unusable", lambda: "The signing key cannot be opened.")
    monkeypatch.setattr(
        machine.shutil, "disk_usage", lambda _path: SimpleNamespace(free=300 * 2**20)
    )
    text = page()
    assert "Pango is missing" in text
    assert "The signing key cannot be opened." in text
    assert "300.0" in text
    assert [check.met for check in machine.checks()] == sorted(c.met for c in machine.checks())


@pytest.mark.parametrize(("version", "is_sound"), [((3, 51, 2), False), ((3, 51, 3), True)])
def test_sqlite_with_the_fault_is_warned_of(monkeypatch, version, is_sound):
    if connection.vendor != "sqlite":
        assert machine._sqlite() is None
        return
    monkeypatch.setattr(machine.sqlite3, "sqlite_version_info", version)
    assert machine._sqlite().met is is_sound


def test_the_page_costs_few_queries(page, failed, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        page()


def test_the_version_is_the_packages():
    packaged = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert packaged["project"]["version"] == django_settings.VERSION
