"""The bell: what ended, how much of it is unseen, and what marks it seen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scorecards import builder
from scorecards.models import Bundle, BundleState, Notice, Scorecard
from scorecards.services.scorecards import request_scorecard, retry_scorecard
from tests import factories
from vendors.permissions import Role

pytestmark = pytest.mark.django_db
LIST = "/notices/"


@pytest.fixture
def person(client):
    person = factories.make_user(Role.MANAGER)
    client.force_login(person)
    return person


@pytest.fixture
def failed(person):
    """A scorecard that the person asked for and that could not be built."""
    factories.small_framework()
    row = request_scorecard(assessment=factories.import_worked("Aurora"), by=person, wakes=False)
    Scorecard.objects.filter(pk=row.pk).update(content="{}")
    builder.build(row.public_id)
    return row


@pytest.fixture
def bundle(person):
    made = Bundle.objects.create(
        title="All scorecards in force", requested_by=person, state=BundleState.FAILED
    )
    Notice.objects.create(user=person, bundle=made, outcome="failed")
    return made


def bell(client, at="/"):
    return client.get(LIST, {"bell": 1, "at": at}, headers={"HX-Request": "true"})


def test_the_list_says_what_ended_and_marks_nothing(client, failed, bundle):
    page = client.get(LIST).content.decode()
    assert page.index("All scorecards in force") < page.index("Draft, Aurora")
    assert page.count("Could not be built") == 2
    assert failed.get_absolute_url() in page
    assert Notice.objects.filter(seen_at=None).count() == 2
    assert client.post(reverse("scorecards:notice-seen"))["Location"] == LIST
    assert not Notice.objects.filter(seen_at=None).exists()
    assert "Mark all seen" not in client.get(LIST).content.decode()


def test_nothing_yet(client, person):
    assert b"Nothing yet" in client.get(LIST).content


def test_the_bell_counts_the_unseen(client, failed, bundle):
    assert bell(client).json() == {
        "unseen": 2,
        "label": "Notices, 2 new notices",
        "said": "2 new notices",
        "here": False,
    }
    assert bell(client, failed.get_absolute_url()).json()["here"]
    assert Notice.objects.filter(seen_at=None).count() == 2


@pytest.mark.parametrize("address", ["/nowhere", "", "\x00", "/scorecards/", "http://["])
def test_odd_addresses_are_about_nothing(client, failed, address):
    assert not bell(client, address).json()["here"]
    if address:
        client.post(reverse("scorecards:notice-seen"), {"at": address})
        assert Notice.objects.filter(seen_at=None).count() == 1


def test_what_is_about_the_page_at_hand_is_marked_alone(client, failed, bundle):
    answer = client.post(reverse("scorecards:notice-seen"), {"at": bundle.get_absolute_url()})
    assert answer.json()["unseen"] == 1
    assert Notice.objects.get(seen_at=None).scorecard == failed


def test_nobody_sees_or_marks_what_is_anothers(client, failed):
    client.force_login(factories.make_user(Role.MANAGER))
    assert bell(client).json()["unseen"] == 0
    assert b"Draft, Aurora" not in client.get(LIST).content
    client.post(reverse("scorecards:notice-seen"))
    assert Notice.objects.filter(seen_at=None).count() == 1


def test_signed_out_the_bell_gets_a_plain_no(client):
    assert bell(client).status_code == 401


def test_the_bell_asks_little_and_pages_ask_nothing_for_it(client, failed):
    with CaptureQueriesContext(connection) as asked:
        bell(client)
    assert len(asked) <= 5
    with CaptureQueriesContext(connection) as asked:
        page = client.get(reverse("scorecards:scorecard-list"))
    assert b"data-bell" in page.content
    assert not [one for one in asked if "scorecards_notice" in one["sql"]]


def test_who_asks_for_what_waits_already_is_told_as_well(person):
    factories.small_framework()
    aurora = factories.import_worked("Aurora")
    others = [factories.make_user(Role.AUDITOR), factories.make_user(Role.MANAGER)]
    for who in (person, *others, others[0], person):
        row = request_scorecard(assessment=aurora, by=who, wakes=False)
    assert Scorecard.objects.count() == 1
    Scorecard.objects.update(content="{}")
    builder.build(row.public_id)
    told = Notice.objects.filter(scorecard=row).values_list("user", "outcome")
    assert sorted(told) == sorted((who.pk, "failed") for who in (person, *others))
    # Each is told of what they asked for, not of what somebody else tries again later.
    row.refresh_from_db()
    retry_scorecard(scorecard=row, by=others[1], wakes=False)
    builder.build(row.public_id)
    again = Notice.objects.filter(scorecard=row).order_by("-pk")
    assert len(again) == 4
    assert again[0].user == others[1]
