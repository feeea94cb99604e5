"""People and roles: inviting, roles, ending access, and what must never happen with them."""

from __future__ import annotations

import csv
import io
import re
import threading
from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import PASSWORD, make_assessment, make_user, small_framework
from vendors.models import AuditEvent
from vendors.permissions import (
    Role,
    can_add_vendor,
    can_keep_profiles,
    can_manage_people,
    can_raise_finding,
    can_read,
    can_read_trail,
)
from vendors.services.refusals import Refused
from vetting.accounts import change_role, end_access
from vetting.context import SECTIONS, account_menu, navigation
from vetting.invitations import invite_user, renew_link, restore_access
from vetting.models import Invitation, Session, User
from vetting.people import Access, latest_changes, people
from vetting.roles import RIGHTS

NEW = "Nine green bottles 99"


@pytest.fixture
def admin(db):
    return make_user(Role.ADMINISTRATOR, name="Ines Moreau")


@pytest.fixture
def page(admin):
    client = Client()
    client.force_login(admin)
    return client


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def events(action):
    return list(AuditEvent.objects.filter(action=action))


def invite(admin, **fields):
    fields = {"email": "olena@sample.example", "name": "Olena Savchuk"} | fields
    return invite_user(role=fields.pop("role", Role.PROCUREMENT), by=admin, **fields)


def open_link(token):
    """A browser that opened the link, and the page it came to."""
    client = Client()
    response = client.get(reverse("invitation-open", args=[token]))
    assert response.status_code == 302
    assert response["Location"] == reverse("invitation-accept")
    return client, client.get(response["Location"])


def typed(**fields):
    return {"name": "Olena Savchuk", "new_password1": NEW, "new_password2": NEW} | fields


# --- Invitations ------------------------------------------------------------------------


def test_an_invitation_shows_its_link_once_and_lets_the_person_in(page, admin):
    data = {"email": "olena@sample.example", "name": "Olena  Savchuk", "role": "procurement"}
    response = page.post(reverse("person-invite"), data)
    assert response.status_code == 200
    token = re.search(r"/invitation/([\w-]{43})/", response.content.decode()).group(1)
    user = User.objects.get(email="olena@sample.example")
    assert (user.name, user.role, user.has_usable_password()) == (
        "Olena Savchuk",
        Role.PROCUREMENT,
        False,
    )
    assert token not in page.get(reverse("people-list")).content.decode()

    client, shown = open_link(token)
    assert shown.status_code == 200
    assert token not in shown.content.decode()
    response = client.post(reverse("invitation-accept"), typed(name="Olena S. Savchuk"))
    assert response["Location"] == reverse("dashboard")
    assert client.get(reverse("dashboard")).status_code == 200
    user = User.objects.get(pk=user.pk)
    assert user.name == "Olena S. Savchuk"
    assert user.check_password(NEW)
    accepted = events("user.accept")[0]
    assert accepted.actor == user
    assert accepted.before == {"name": "Olena Savchuk"}
    assert events("user.invite")[0].after["role"] == "procurement"


def test_no_token_is_stored_anywhere(admin):
    link = invite(admin)
    row = Invitation.objects.get()
    assert len(link.token) == 43
    assert row.token_digest != link.token
    assert re.fullmatch(r"[0-9a-f]{64}", row.token_digest)
    assert row.expires_at - row.created_at == timedelta(days=7)
    client, _page = open_link(link.token)
    assert link.token not in str(dict(client.session))
    assert all(link.token not in str(vars(event)) for event in AuditEvent.objects.all())


def used(admin):
    link = invite(admin)
    client, _page = open_link(link.token)
    assert client.post(reverse("invitation-accept"), typed()).status_code == 302
    return link.token


def expired(admin):
    with time_machine.travel(timezone.now() - timedelta(days=7, seconds=1), tick=False):
        return invite(admin).token


def replaced(admin):
    link = invite(admin)
    renew_link(user=link.user, by=admin)
    return link.token


def of_an_ended_account(admin):
    link = invite(admin)
    end_access(user=link.user, heir=None, reason="left", by=admin)
    return link.token


@pytest.mark.parametrize(
    "make", [used, expired, replaced, of_an_ended_account, lambda _admin: "never-was"]
)
def test_bad_links_are_answered_alike(make, admin):
    token = make(admin)
    before = User.objects.order_by("pk").values_list("pk", "password")
    before = list(before)
    client, page = open_link(token)
    assert page.status_code == 410
    assert "This link cannot be used" in page.content.decode()
    assert client.post(reverse("invitation-accept"), typed()).status_code == 410
    assert list(User.objects.order_by("pk").values_list("pk", "password")) == before


def test_bad_links_read_the_same(admin):
    pages = {
        re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", open_link(token)[1].content)
        for token in (used(admin), "never-was")
    }
    assert len(pages) == 1


def test_a_link_works_once_even_when_two_browsers_have_it_open(admin):
    link = invite(admin)
    first, _page = open_link(link.token)
    second, _page = open_link(link.token)
    assert first.post(reverse("invitation-accept"), typed()).status_code == 302
    other = typed(new_password1="Another password 7", new_password2="Another password 7")
    assert second.post(reverse("invitation-accept"), other).status_code == 410
    assert User.objects.get(pk=link.user.pk).check_password(NEW)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"new_password1": "short", "new_password2": "short"}, "at least 12 characters"),
        (
            {"new_password1": "olena@sample.example", "new_password2": "olena@sample.example"},
            "similar",
        ),
        ({"new_password2": "Nine green bottles 98"}, "match"),
        ({"name": "  "}, "Enter your name."),
    ],
)
def test_a_password_that_cannot_be_taken_keeps_the_link_open(fields, said, admin):
    link = invite(admin)
    client, _page = open_link(link.token)
    response = client.post(reverse("invitation-accept"), typed(**fields))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Invitation.objects.filter(used_at=None, revoked_at=None).count() == 1
    assert client.post(reverse("invitation-accept"), typed()).status_code == 302


def test_unknown_links_have_to_wait_after_eight_tries(admin):
    link = invite(admin)
    client = Client()
    for _number in range(8):
        client.get(reverse("invitation-open", args=["wrong"]))
        client.get(reverse("invitation-accept"))
    assert client.get(reverse("invitation-open", args=[link.token])).status_code == 429
    assert (
        Client(REMOTE_ADDR="192.0.2.7")
        .get(reverse("invitation-open", args=[link.token]))
        .status_code
        == 302
    )


def test_somebody_who_is_signed_in_cannot_use_the_link_of_another(page, admin):
    link = invite(admin)
    page.get(reverse("invitation-open", args=[link.token]))
    response = page.get(reverse("invitation-accept"))
    assert "Sign out first" in response.content.decode()
    page.post(reverse("invitation-accept"), typed())
    assert not User.objects.get(pk=link.user.pk).has_usable_password()


def test_inviting_a_known_address_again_is_refused(page, admin):
    data = {"email": admin.email.upper(), "name": "Somebody", "role": "auditor"}
    response = page.post(reverse("person-invite"), data)
    assert response.status_code == 422
    assert "Somebody signs in with this e-mail address already." in response.content.decode()
    assert User.objects.count() == 1
    with pytest.raises(Refused):
        invite(admin, email=admin.email.upper())


def test_a_new_link_lets_staff_set_a_forgotten_password(page, admin):
    user = make_user(Role.AUDITOR)
    browser = signed_in(user)
    response = page.post(reverse("person-link", args=[user.public_id]))
    token = re.search(r"/invitation/([\w-]{43})/", response.content.decode()).group(1)
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)
    client, _page = open_link(token)
    client.post(reverse("invitation-accept"), typed(name=user.name))
    assert User.objects.get(pk=user.pk).check_password(NEW)
    assert browser.get(reverse("dashboard")).status_code == 302
    assert events("user.invite_renew")[0].before == {"links_revoked": 0}


# --- Roles ------------------------------------------------------------------------------


def test_another_role_counts_from_the_next_click_and_has_a_reason(page, admin):
    user = make_user(Role.PROCUREMENT)
    theirs = signed_in(user)
    assert theirs.get(reverse("vendors:vendor-add")).status_code == 200
    url = reverse("person-role", args=[user.public_id])
    assert page.post(url, {"role": "auditor", "reason": " "}).status_code == 422
    assert page.post(url, {"role": "procurement", "reason": "same"}).status_code == 422
    assert page.post(url, {"role": "auditor", "reason": "moved"}).status_code == 302
    assert theirs.get(reverse("vendors:vendor-add")).status_code == 403
    event = events("user.role")[0]
    assert (event.before, event.after, event.reason) == (
        {"role": "procurement"},
        {"role": "auditor"},
        "moved",
    )


def test_the_page_says_what_another_role_means(page):
    user = make_user(Role.PROCUREMENT, name="Hana Novak")
    assessment = make_assessment(owner=user, framework=small_framework())
    row = assessment.answers.first()
    type(row).objects.filter(pk=row.pk).update(
        is_answered=True, value="1", answered_at=timezone.now(), answered_by=user
    )
    text = " ".join(
        page.get(reverse("person-role", args=[user.public_id])).content.decode().split()
    )
    assert "Hana Novak answered in 1 assessments and reviewed 0." in text
    assert "1 open assessment is theirs" in text


@pytest.mark.parametrize("name", ["person-role", "person-end"])
def test_nobody_changes_their_own_access(name, page, admin):
    make_user(Role.ADMINISTRATOR)
    url = reverse(name, args=[admin.public_id])
    assert "Ask another administrator" in page.get(url).content.decode()
    response = page.post(url, {"role": "auditor", "reason": "a test"})
    assert response.status_code == 422
    admin.refresh_from_db()
    assert (admin.is_active, User.objects.get(pk=admin.pk).role) == (True, Role.ADMINISTRATOR)


def test_a_person_has_one_role(admin):
    group = make_user(Role.AUDITOR).groups.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.groups.through.objects.create(user=admin, group=group)
    assert admin.groups.count() == 1


def test_who_is_no_administrator_any_more_changes_nothing(admin):
    other, third = make_user(Role.ADMINISTRATOR), make_user(Role.AUDITOR)
    end_access(user=other, heir=None, reason="left", by=admin)
    for change in (
        lambda: end_access(user=third, heir=None, reason="x", by=other),
        lambda: change_role(user=third, role=Role.MANAGER, reason="x", by=other),
        lambda: renew_link(user=third, by=other),
        lambda: restore_access(user=third, reason="x", by=other),
        lambda: invite(other),
    ):
        with pytest.raises(Refused):
            change()


# --- Ending and restoring access --------------------------------------------------------


def test_ending_access_ends_every_session_and_link_at_once(page, admin):
    user = make_user(Role.AUDITOR, name="Farid Nasser")
    browsers = [signed_in(user), signed_in(user)]
    renew_link(user=user, by=admin)
    url = reverse("person-end", args=[user.public_id])
    assert "2 sessions end at once" in page.get(url).content.decode()
    assert page.post(url, {"reason": ""}).status_code == 422
    assert Session.objects.filter(user=user).count() == 2
    assert page.post(url, {"reason": "left the company"}).status_code == 302
    assert not Session.objects.filter(user=user).exists()
    assert not Invitation.objects.filter(used_at=None, revoked_at=None).exists()
    for browser in browsers:
        assert browser.get(reverse("dashboard")).status_code == 302
    data = {"username": user.email, "password": PASSWORD}
    assert Client().post(reverse("sign-in"), data).status_code == 200
    user.refresh_from_db()
    assert (user.is_active, user.ended_by, user.ended_reason) == (False, admin, "left the company")
    event = events("user.end")[0]
    assert (event.after["sessions_ended"], event.after["links_revoked"]) == (2, 1)
    assert page.get(reverse("dashboard")).status_code == 200


def test_sessions_are_ended_by_one_query_without_reading_them(admin, django_assert_num_queries):
    user = make_user(Role.AUDITOR)
    for _number in range(3):
        signed_in(user)
    with django_assert_num_queries(1) as asked:
        Session.objects.filter(user=user).delete()
    assert asked[0]["sql"].startswith("DELETE")


@pytest.mark.parametrize("passes_on", [True, False])
def test_open_assessments_pass_to_somebody_or_nobody(passes_on, page):
    user, heir = make_user(Role.PROCUREMENT), make_user(Role.PROCUREMENT)
    assessment = make_assessment(owner=user, framework=small_framework())
    data = {"reason": "left", "heir": heir.pk if passes_on else ""}
    assert page.post(reverse("person-end", args=[user.public_id]), data).status_code == 302
    assessment.refresh_from_db()
    assert assessment.owner == (heir if passes_on else None)
    event = AuditEvent.objects.get(action="assessment.owner")
    assert event.assessment == assessment
    assert event.after == {"owner": heir.email if passes_on else None}


def test_only_procurement_takes_over(admin, page):
    user, auditor = make_user(Role.PROCUREMENT), make_user(Role.AUDITOR)
    make_assessment(owner=user, framework=small_framework())
    with pytest.raises(Refused):
        end_access(user=user, heir=auditor, reason="left", by=admin)
    url = reverse("person-end", args=[user.public_id])
    assert page.post(url, {"reason": "left", "heir": auditor.pk}).status_code == 422
    assert User.objects.get(pk=user.pk).is_active


def test_restored_access_needs_a_new_password(page, admin):
    user = make_user(Role.MANAGER)
    end_access(user=user, heir=None, reason="leave", by=admin)
    response = page.post(reverse("person-restore", args=[user.public_id]), {"reason": "back"})
    token = re.search(r"/invitation/([\w-]{43})/", response.content.decode()).group(1)
    user = User.objects.get(pk=user.pk)
    assert (user.is_active, user.ended_at, user.ended_reason) == (True, None, "")
    assert not user.has_usable_password()
    client, _page = open_link(token)
    client.post(reverse("invitation-accept"), typed(name=user.name))
    assert client.get(reverse("dashboard")).status_code == 200
    event = events("user.restore")[0]
    assert (event.before["ended_reason"], event.reason) == ("leave", "back")
    with pytest.raises(Refused):
        restore_access(user=user, reason="again", by=admin)


def test_the_database_holds_that_an_ended_account_has_moment_and_reason(admin):
    user = make_user(Role.AUDITOR)
    for fields in (
        {"is_active": False},
        {"is_active": False, "ended_at": timezone.now()},
        {"ended_reason": "why"},
        {"ended_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=user.pk).update(**fields)


def test_an_invited_administrator_does_not_count_as_one_who_remains(admin):
    other = make_user(Role.ADMINISTRATOR)
    User.objects.filter(pk=admin.pk).update(password="!unusable")
    with pytest.raises(Refused, match="last administrator"):
        end_access(user=other, heir=None, reason="left", by=admin)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_end_each_other_leave_one():
    pair = [make_user(Role.ADMINISTRATOR), make_user(Role.ADMINISTRATOR)]
    gate, outcomes = threading.Barrier(2), []

    def end(by, user):
        try:
            gate.wait(timeout=10)
            end_access(user=user, heir=None, reason="race", by=by)
            outcomes.append("ended")
        except Refused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=end, args=order) for order in (tuple(pair), tuple(reversed(pair)))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == ["ended", "refused"]
    assert User.objects.filter(is_active=True).count() == 1


# --- The list ---------------------------------------------------------------------------


def test_the_list_shows_states_and_counts(page, admin):
    long_ago = timezone.now() - timedelta(days=97)
    make_user(Role.AUDITOR, name="Pieter Vos", last_login=long_ago, date_joined=long_ago)
    invite(admin)
    ended = make_user(Role.MANAGER, name="Farid Nasser")
    end_access(user=ended, heir=None, reason="left", by=admin)
    text = page.get(reverse("people-list")).content.decode()
    for said in ("Dormant 97 days", "Invited until", "Pieter Vos", "Olena Savchuk", "(you)"):
        assert said in text
    assert "Farid Nasser</span>" not in text
    assert ">3</span>" in text
    ended_page = page.get(reverse("people-list"), {"group": "ended"}).content.decode()
    assert "Farid Nasser</span>" in ended_page and "left" in ended_page
    invited = page.get(reverse("people-list"), {"group": "invited"}).content.decode()
    assert "olena@sample.example" in invited and "pieter" not in invited.casefold()
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert {row.access for row in people() if row.user.is_invited} == {Access.LINK_ENDED}


def test_the_list_sorts_and_survives_odd_addresses(page, admin):
    make_user(Role.AUDITOR, name="Zoe")
    rows = page.get(reverse("people-list"), {"sort": "-name"}).context["rows"]
    assert [row.user.name for row in rows] == ["Zoe", "Ines Moreau"]
    odd = page.get(reverse("people-list"), {"sort": "password", "group": "x"})
    assert odd.status_code == 200
    assert odd.context["group"] == "staff"
    assert (
        "Nobody is invited"
        in page.get(reverse("people-list"), {"group": "invited"}).content.decode()
    )


def test_the_list_asks_the_same_however_many_people(page, django_assert_max_num_queries):
    for _number in range(12):
        signed_in(make_user(Role.AUDITOR))
    with django_assert_max_num_queries(8):
        page.get(reverse("people-list"))


def test_the_export_runs_no_formula(page):
    make_user(Role.AUDITOR, name="=HYPERLINK(1)", email="formula@sample.example")
    response = page.get(reverse("people-export"))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
    assert rows[0][:3] == ["Name", "E-mail", "Role"]
    assert events("user.export")[0].after == {"people": 2}
    assert ["'=HYPERLINK(1)", "formula@sample.example", "Auditor", "active"] in [
        r[:4] for r in rows
    ]


def test_the_table_of_rights_says_what_the_code_does(db):
    rules = [can_read, can_add_vendor, can_raise_finding, None, can_keep_profiles]
    rules += [can_read_trail, can_manage_people]
    for (text, roles), rule in zip(RIGHTS, rules, strict=True):
        if rule is not None:
            assert {role for role in Role if rule(make_user(role))} == set(roles), text


def test_the_changes_are_told_in_words(admin):
    link = invite(admin)
    change_role(user=link.user, role=Role.MANAGER, reason="deputy", by=admin)
    end_access(user=link.user, heir=None, reason="left", by=admin)
    texts = [change.text for change in latest_changes()]
    assert texts[:3] == [
        "Access of Olena Savchuk ended",
        "Olena Savchuk: Procurement to Manager",
        "Olena Savchuk invited as Procurement",
    ]


# --- Signing in and out, sessions, navigation -------------------------------------------


def test_signing_in_and_out_is_written_down(admin):
    client = Client()
    data = {"username": admin.email.upper(), "password": "wrong"}
    client.post(reverse("sign-in"), data)
    client.post(reverse("sign-in"), {"username": "a password by mistake", "password": "wrong"})
    client.post(reverse("sign-in"), {"username": admin.email, "password": ""})
    client.post(reverse("sign-in"), {"username": admin.email, "password": PASSWORD})
    client.post(reverse("sign-out"))
    kinds = ["user.sign_in_refused", "user.sign_in", "user.sign_out"]
    assert [e.action for e in AuditEvent.objects.filter(action__in=kinds).order_by("pk")] == kinds
    assert events("user.sign_in_refused")[0].actor is None
    assert events("user.sign_in_refused")[0].subject == admin.email
    assert events("user.sign_in")[0].actor == admin


def test_tries_of_a_locked_address_fill_no_trail(admin):
    client = Client()
    for _number in range(12):
        client.post(reverse("sign-in"), {"username": admin.email, "password": "wrong"})
    assert 7 <= len(events("user.sign_in_refused")) <= 8


def test_a_new_password_ends_the_other_sessions(admin):
    here, there = signed_in(admin), signed_in(admin)
    data = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert here.post(reverse("password-change"), data).status_code == 302
    assert here.get(reverse("dashboard")).status_code == 200
    assert there.get(reverse("dashboard")).status_code == 302
    assert Session.objects.filter(user=admin).count() == 1
    assert events("user.password")[0].after == {"sessions_ended": 1}


def test_a_session_knows_whose_it_is(admin):
    client = signed_in(admin)
    assert Session.objects.get(pk=client.session.session_key).user == admin
    store = import_module("vetting.sessions").SessionStore()
    store["x"] = 1
    store.save()
    assert Session.objects.get(pk=store.session_key).user is None


@pytest.mark.parametrize("role", list(Role))
def test_the_navigation_has_at_most_seven_entries(role):
    assert sum(role in section.roles for section in SECTIONS) <= 7
    labels = [str(item.label) for item in navigation(None, role)]
    assert [label for label in labels if label not in {"Reviews", "Portfolio"}][:3] == [
        "Dashboard",
        "Vendors",
        "Findings",
    ]
    assert ("Reviews" in labels) == (role == Role.PROCUREMENT)
    assert ("Portfolio" in labels) == (role == Role.MANAGER)
    assert ("People" in labels) == (role == Role.ADMINISTRATOR)
    assert ("Audit trail" in labels) == (role in {Role.AUDITOR, Role.ADMINISTRATOR})
    assert "Framework" in labels


@pytest.mark.parametrize(
    ("role", "entries"),
    [
        (Role.PROCUREMENT, []),
        (Role.MANAGER, ["Reviews", "Audit trail"]),
        (Role.AUDITOR, ["Portfolio"]),
        (Role.ADMINISTRATOR, ["System"]),
    ],
)
def test_what_a_role_opens_now_and_then_is_in_the_menu_of_its_account(role, entries):
    menu = account_menu(None, role)
    assert [str(item.label) for item in menu] == entries
    assert all(item.icon for item in menu)
    assert not {item.url for item in menu} & {item.url for item in navigation(None, role)}


@pytest.mark.parametrize("role", list(Role))
def test_the_navigation_leads_only_where_the_role_may_go(role, db):
    small_framework()
    client = signed_in(make_user(role))
    for item in (*navigation(None, role), *account_menu(None, role)):
        assert client.get(item.url).status_code == 200, item.url


def test_accounts_of_before_get_their_own_ids_and_a_reason(db):
    step = import_module("vetting.migrations.0003_people")
    people = [make_user(Role.AUDITOR), make_user(Role.AUDITOR)]
    former = {user.pk: user.public_id for user in people}
    step.give_public_ids(apps, None)
    ids = dict(User.objects.filter(pk__in=former).values_list("pk", "public_id"))
    assert len(set(ids.values())) == 2
    assert all(ids[key] != former[key] for key in former)


def test_a_link_for_another_password_stands_in_the_list(page, admin):
    user = make_user(Role.AUDITOR)
    renew_link(user=user, by=admin)
    said = "Link for a new password until"
    assert said in page.get(reverse("people-list")).content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        assert not any(row.has_password_link for row in people())
