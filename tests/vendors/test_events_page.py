"""The page of the trail: who reads it, its filters, what it shows, its export and its check."""
# ruff: noqa: S608

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_assessment, make_user, make_vendor, small_framework
from tests.proved import save, tamper
from vendors.models import AuditEvent
from vendors.permissions import Role
from vendors.queries.event_lines import event_lines
from vendors.queries.event_words import action_text
from vendors.services.audit import record_event, trail_key
from vendors.services.heads import export_heads
from vendors.trail import FIELDS, digest_of

pytestmark = pytest.mark.django_db
LIST = "/trail/"


@pytest.fixture(autouse=True)
def data_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def assessment():
    found = make_assessment(owner=make_user(name="Maya Okafor"), framework=small_framework())
    save(found, "L2", "40", found.owner)
    save(found, "L2", "55", found.owner)
    return found


@pytest.fixture
def auditor(client):
    client.force_login(make_user(Role.AUDITOR))
    return client


def shown(client, **query):
    """The events that the page shows, newest first."""
    page = client.get(LIST, query)
    assert page.status_code == 200
    return [line.event for line in page.context["lines"]]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_reads_it(client, role):
    client.force_login(make_user(role))
    assert client.get(LIST).status_code == 200


def test_others_are_told_who_does(client):
    client.force_login(make_user(Role.PROCUREMENT))
    page = client.get(LIST)
    assert page.status_code == 403
    assert "Managers, auditors and administrators" in page.content.decode()


def test_newest_first_with_before_and_after(auditor, assessment):
    text = auditor.get(LIST).content.decode()
    event = AuditEvent.objects.filter(action="answer.save").last()
    assert shown(auditor)[0] == event
    for part in (
        "Answer saved",
        "Maya Okafor",
        "Procurement",
        event.digest[:8],
        f"{assessment.vendor.name}, L2",
        "40</del>",
        "55</ins>",
    ):
        assert part in text
    assert "answered_by" not in text
    assert "Version" not in text


def test_filters(auditor, assessment):
    other = make_vendor(name="Other Desk")
    everything = shown(auditor)
    assert len(everything) == AuditEvent.objects.count()
    assert {e.action for e in shown(auditor, kind="answers")} == {"answer.save"}
    assert {e.action for e in shown(auditor, kind="states")} == {"assessment.start"}
    assert {e.action for e in shown(auditor, kind="framework")} >= {"framework.publish"}
    by_owner = shown(auditor, person=assessment.owner.pk)
    assert {e.actor for e in by_owner} == {assessment.owner}
    assert {e.actor for e in shown(auditor, person="system")} == {None}
    assert [e.subject for e in shown(auditor, vendor=other.public_id)] == ["Other Desk"]
    of_it = shown(auditor, assessment=assessment.public_id)
    assert {e.assessment for e in of_it} == {assessment}
    assert len(of_it) == 3
    assert {e.subject for e in shown(auditor, q="L2")} == {"L2"}
    assert shown(auditor, q=str(everything[3].pk))[-1].pk in {e.pk for e in everything}
    assert shown(auditor, q=everything[0].digest[:10]) == [everything[0]]


def test_days_are_inclusive(auditor, assessment):
    today = timezone.localdate()
    count = AuditEvent.objects.count()
    assert len(shown(auditor, **{"from": today, "to": today})) == count
    assert not shown(auditor, **{"from": today + timedelta(days=1)})
    assert not shown(auditor, to=today - timedelta(days=1))


@pytest.mark.parametrize(
    "query",
    [
        {"from": "x", "to": "9999-12-31", "vendor": "x", "assessment": "1", "person": "0"},
        {"q": "\x00", "kind": "no", "page": "-1"},
        {"q": "9" * 90, "person": "system'"},
        {"from": "0001-01-01"},
    ],
)
def test_what_an_address_gets_wrong_is_left_out(auditor, assessment, query):
    assert auditor.get(LIST, query).status_code == 200


def test_nothing_matches(auditor, assessment):
    text = auditor.get(LIST, {"q": "no such thing"}).content.decode()
    assert "No event matches" in text
    assert "Search: no such thing" in text


def test_a_page_takes_few_queries(auditor, assessment, django_assert_max_num_queries):
    for number in range(60):
        record_event(action="test.do", by=None, vendor=assessment.vendor, after={"n": number})
    with django_assert_max_num_queries(12):
        page = auditor.get(LIST)
    assert len(page.context["lines"]) == 50
    assert len(auditor.get(LIST, {"page": "2"}).context["lines"]) > 10


def test_somebody_who_left_is_still_named(auditor):
    record_event(action="test.do", by=make_user(name="Farid Nasser"))
    type(make_user()).objects.filter(name="Farid Nasser").update(name="-")
    text = auditor.get(LIST).content.decode()
    assert "Farid Nasser" in text


def test_what_was_typed_is_text(auditor):
    record_event(
        action="test.do",
        by=None,
        subject="<script>alert(1)</script>",
        before={"<b>": "<i>"},
        after={"<b>": "<u>"},
        reason="<img src=x>",
    )
    text = auditor.get(LIST).content.decode()
    for raw in ("<script>alert", "<i>", "<u>", "<img src=x>"):
        assert raw not in text


# --- words --------------------------------------------------------------------------------


def changes(before, after):
    event = record_event(action="test.do", by=None, before=before, after=after)
    (line,) = event_lines([event])
    return [(change.label, change.before, change.after) for change in line.changes]


def test_days_and_moments_read_like_on_other_pages():
    with timezone.override("Europe/Berlin"):
        event = AuditEvent(
            action="waiver.grant",
            after={
                "ends_on": "2027-06-30",
                "valid_to": "2026-11-29T23:15:26.584788+00:00",
                "number": "2026-13-45",
                "source": "waiver",
            },
        )
        (line,) = event_lines([event])
    assert [change.after for change in line.changes] == [
        "30 Jun 2027",
        "30 Nov 2026, 00:15",
        "2026-13-45",
        "Waived must-have",
    ]


def test_only_what_differs_is_shown():
    assert changes({"a": 1, "b": 2}, {"a": 1, "b": 3}) == [("B", "2", "3")]
    assert changes(None, {"state": "submitted"}) == [("State", "", "Waits for review")]
    assert changes({"level": "claimed"}, {}) == [("Level", "Claimed", "")]
    assert changes("x", ["y", "z"]) == [("", "x", "y, z")]
    assert changes(None, None) == []


def test_several_answers_are_shown_by_code():
    before = {"answers": {"L1": {}, "L2": {"value": "1"}}}
    after = {"answers": {"L1": {"level": "verified"}, "L2": {"value": "2"}}, "count": 2}
    assert changes(before, after) == [
        ("L1 Level", "", "Verified"),
        ("L2 Value", "1", "2"),
        ("Count", "", "2"),
    ]


def test_people_and_documents_are_named():
    user = make_user(name="Maya Okafor")
    assert changes({}, {"answered_by_id": user.pk, "answered_at": "x"}) == [
        ("Answered by", "", "Maya Okafor")
    ]


def test_long_lists_and_texts_are_cut():
    many = {f"k{number}": number + 1 for number in range(20)}
    event = record_event(action="test.do", by=None, after=many | {"k0": "x" * 999})
    (line,) = event_lines([event])
    assert (len(line.changes), line.more) == (8, 12)
    assert len(line.changes[0].after) < 170


def test_unknown_actions_have_words_too():
    assert action_text("thing.do_it") == "Thing: do it"


# --- export -------------------------------------------------------------------------------


def exported(client, **query):
    address = reverse("vendors:event-export")
    page = client.post(f"{address}?" + "&".join(f"{k}={v}" for k, v in query.items()))
    assert page.status_code == 200
    text = b"".join(page.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_reader_can_check_the_chain_from_the_export(auditor, assessment):
    rows = exported(auditor, assessment=assessment.public_id)
    assert len(rows) == 3
    for row in rows:
        values = [row[name] for name in FIELDS]
        numbers = {"sequence", "actor", "vendor", "assessment"}
        for place, name in enumerate(FIELDS):
            if name in numbers:
                values[place] = int(row[name]) if row[name] else None
            elif name in {"before", "after"}:
                values[place] = row[name] or None
        assert digest_of(trail_key(), values) == row["hash"]
    assert [row["previous"] for row in rows[1:]] == [row["hash"] for row in rows[:-1]]
    assert json.loads(rows[-1]["after"])["value"] == "55"


def test_the_export_is_an_event(auditor, assessment):
    count = AuditEvent.objects.count()
    assert len(exported(auditor)) == count
    event = AuditEvent.objects.get(action="trail.export")
    assert event.after == {"events": count, "filters": {}}
    assert len(exported(auditor, kind="answers")) == 2


def test_no_cell_is_a_formula(auditor):
    record_event(action="test.do", by=None, subject="=1+1", reason="@SUM(A1)")
    row = exported(auditor)[-1]
    assert (row["subject"], row["reason"]) == ("'=1+1", "'@SUM(A1)")


# --- check --------------------------------------------------------------------------------


def test_it_says_when_nobody_checked(auditor, assessment):
    assert "Not checked yet" in auditor.get(LIST).content.decode()


def test_the_check_of_a_whole_trail(auditor, assessment):
    export_heads()
    last = AuditEvent.objects.latest("pk").pk
    page = auditor.post(reverse("vendors:event-verify"), follow=True)
    text = page.content.decode()
    assert f"Verified to event {last}" in text
    assert "All 3 chains hold" in text
    assert AuditEvent.objects.filter(action="trail.verify").count() == 1


def test_the_check_of_a_broken_trail(auditor, assessment):
    event = AuditEvent.objects.filter(action="answer.save").first()
    tamper(f"UPDATE vendors_auditevent SET reason = 'x' WHERE id = {event.pk}")
    text = auditor.post(reverse("vendors:event-verify"), follow=True).content.decode()
    assert "Broken: 1 fault" in text
    assert f"Event {event.sequence} of chain {event.chain}" in text
    assert "2 of 3 chains hold" in text
    assert "Verified to event" not in text
