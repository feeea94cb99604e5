"""The trail: what the database refuses, how events are chained, whom and where they name."""
# ruff: noqa: S608, ARG002

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from tests.factories import (
    answer_all,
    approved,
    make_assessment,
    make_user,
    make_vendor,
    small_framework,
)
from vendors import triggers
from vendors.models import AuditEvent, ChainHead
from vendors.services.audit import chained_values, record_event, trail_key
from vendors.trail import FIELDS, digest_of, origin

pytestmark = pytest.mark.django_db


@pytest.fixture
def result():
    """The frozen result of an approved assessment: a row in each of the four tables."""
    assessment = make_assessment(framework=small_framework())
    answer_all(assessment)
    return approved(assessment)


def refused(statement):
    """Whether the database refuses a statement, and says why."""
    with pytest.raises(IntegrityError, match="only ever added") as caught, transaction.atomic():
        run(statement)
    return bool(caught.value)


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def copy_of(table):
    """The values of the first row as a list of columns that names each but the last one anew."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 1")
        return [column[0] for column in cursor.description]


@pytest.mark.parametrize("table", triggers.TABLES)
class TestTheDatabaseRefuses:
    def test_an_update(self, result, table):
        assert refused(f"UPDATE {table} SET id = id")

    def test_a_deletion(self, result, table):
        assert refused(f"DELETE FROM {table}")

    def test_another_row_in_the_place_of_one(self, result, table):
        """REPLACE on SQLite, whether that connection has recursive triggers or not."""
        if connection.vendor != "sqlite":
            pytest.skip("only SQLite has REPLACE")
        columns = copy_of(table)
        same = f"SELECT {', '.join(columns)} FROM {table} LIMIT 1"
        assert refused(f"REPLACE INTO {table} ({', '.join(columns)}) {same}")
        others = ", ".join("id + 1000" if name == "id" else name for name in columns)
        assert refused(f"REPLACE INTO {table} SELECT {others} FROM {table} LIMIT 1")

    def test_emptying_it(self, result, table):
        if connection.vendor == "sqlite":
            pytest.skip("only PostgreSQL has TRUNCATE")
        connection.check_constraints()  # else it refuses for what is still to be checked
        assert refused(f"TRUNCATE {table} CASCADE")

    def test_the_orm_no_more_than_sql(self, result, table):
        model = {
            "vendors_auditevent": AuditEvent,
            "vendors_assessmentresult": type(result),
            "vendors_categoryscore": result.categories.model,
            "vendors_framework": type(result.assessment.framework),
        }[table]
        row = model.objects.first()
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.filter(pk=row.pk)._raw_delete("default")


def test_each_table_has_its_triggers():
    assert triggers.missing(connection) == []
    run(
        "DROP TRIGGER vendors_auditevent_no_update"
        + ("" if connection.vendor == "sqlite" else " ON vendors_auditevent")
    )
    assert triggers.missing(connection) == ["vendors_auditevent_no_update"]


@pytest.mark.django_db(transaction=True)
def test_tests_that_empty_the_tables_leave_the_triggers_behind_1():
    make_vendor()
    assert refused("DELETE FROM vendors_auditevent")


@pytest.mark.django_db(transaction=True)
def test_tests_that_empty_the_tables_leave_the_triggers_behind_2():
    assert not AuditEvent.objects.exists()
    make_vendor()
    assert triggers.missing(connection) == []


# --- chains -------------------------------------------------------------------------------


def test_each_vendor_assessment_and_the_site_have_a_chain():
    assessment = make_assessment(framework=small_framework())
    chains = {
        f"assessment:{assessment.public_id}",
        f"vendor:{assessment.vendor.public_id}",
        "site",
    }
    assert set(AuditEvent.objects.values_list("chain", flat=True)) == chains
    for chain in chains:
        events = list(AuditEvent.objects.filter(chain=chain).order_by("sequence"))
        assert [event.sequence for event in events] == list(range(1, len(events) + 1))
        assert events[0].previous == ""
        for one, next_one in pairwise(events):
            assert next_one.previous == one.digest
        head = ChainHead.objects.get(pk=chain)
        assert (head.sequence, head.digest) == (len(events), events[-1].digest)


def test_the_digest_covers_each_field_and_needs_the_key():
    user = make_user()
    event = record_event(action="test.do", by=user, before={"a": 1}, after={"a": 2}, reason="x")
    stored = AuditEvent.objects.get(pk=event.pk)
    values = chained_values(stored)
    assert digest_of(trail_key(), values) == stored.digest
    assert digest_of(b"another", values) != stored.digest
    for place in range(len(FIELDS)):
        other = [*values]
        other[place] = "other"
        assert digest_of(trail_key(), other) != stored.digest
    with pytest.raises(ValueError, match="values for"):
        digest_of(b"", values[1:])


def test_a_refused_change_leaves_no_event_and_no_gap():
    vendor = make_vendor()
    with transaction.atomic():
        record_event(action="test.do", by=None, vendor=vendor)
        transaction.set_rollback(True)
    event = record_event(action="test.do", by=None, vendor=vendor)
    assert event.sequence == 2


def test_names_and_roles_are_copied():
    user = make_user(name="Maya Okafor")
    event = record_event(action="test.do", by=user)
    type(user).objects.filter(pk=user.pk).update(name="Somebody else")
    user.groups.clear()
    stored = AuditEvent.objects.get(pk=event.pk)
    assert (stored.actor_label, stored.actor_role) == ("Maya Okafor", "procurement")


# --- from where ---------------------------------------------------------------------------


def test_an_event_of_a_request_names_the_address(client):
    client.force_login(make_user())
    client.post("/vendors/new/", FORM, REMOTE_ADDR="10.20.4.18")
    event = AuditEvent.objects.get(action="vendor.add")
    assert event.origin == "10.20.4.18"
    assert not origin.get(), "and the next one does not inherit it"


def test_behind_a_proxy_it_is_the_address_that_the_proxy_saw(client, settings):
    settings.SECURE_PROXY = True
    client.force_login(make_user())
    client.post("/vendors/new/", FORM, HTTP_X_FORWARDED_FOR="1.2.3.4, 10.20.4.9")
    assert AuditEvent.objects.get(action="vendor.add").origin == "10.20.4.9"


def test_an_address_of_any_length_fits(client, settings):
    settings.SECURE_PROXY = True
    client.force_login(make_user())
    client.post("/vendors/new/", FORM, HTTP_X_FORWARDED_FOR="x" * 500)
    assert AuditEvent.objects.get(action="vendor.add").origin == "x" * 60


FORM = {
    "name": "Sample Desk",
    "sites-TOTAL_FORMS": "0",
    "sites-INITIAL_FORMS": "0",
    "contacts-TOTAL_FORMS": "0",
    "contacts-INITIAL_FORMS": "0",
}


# --- heads --------------------------------------------------------------------------------


def test_heads_are_exported_once_a_day_under_the_key(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    make_vendor()
    call_command("export_heads", verbosity=0)
    (path,) = (tmp_path / "heads").iterdir()
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["heads"] == {
        head.chain: {"sequence": head.sequence, "digest": head.digest}
        for head in ChainHead.objects.all()
    }
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stem == document["at"][:10]
    assert len(document["hmac"]) == 64


def test_a_task_exports_them_each_day():
    schedule = settings.CELERY_BEAT_SCHEDULE["export-heads"]
    assert schedule["task"] == "scorecards.tasks.export_heads"


# --- downloads ----------------------------------------------------------------------------


def test_each_table_and_file_that_is_taken_away_is_an_event(client):
    framework = small_framework()
    user = make_user("administrator")
    client.force_login(user)
    for name in ("vendors:finding-export", "people-export"):
        assert client.get(reverse(name)).status_code == 200
    address = reverse("vendors:framework-download", args=[framework.public_id])
    assert client.get(address).status_code == 200
    found = AuditEvent.objects.filter(actor=user).values_list("action", flat=True)
    assert set(found) >= {"finding.export", "user.export", "framework.export"}
