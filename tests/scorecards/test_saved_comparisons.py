"""Comparisons that were kept: saving, finding, what they said, and which vendor was chosen."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scorecards.comparison import Asked, compare
from scorecards.models import Choice, SavedComparison
from scorecards.queries.saved import document_of, latest_comparisons
from scorecards.services.comparisons import StaleChoice, choose_vendor, save_comparison
from tests.factories import (
    answer_all,
    approved,
    make_assessment,
    make_user,
    make_vendor,
    small_framework,
)
from tests.scorecards.comparing import words
from tests.scorecards.deciding import waived
from vendors.models import AuditEvent, Vendor
from vendors.permissions import Role
from vendors.services.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return make_user(Role.MANAGER, name="Adriana Ferreira")


@pytest.fixture
def page(client, manager):
    """A client that is signed in as the manager."""
    client.force_login(manager)
    return client


def side_by_side(*vendors, **query):
    asked = Asked.from_query({"v": [str(vendor.public_id) for vendor in vendors], **query})
    return compare(Vendor.objects.all(), asked)


def kept(*vendors, by, purpose="Voice support 2027", note="", **query):
    return save_comparison(
        comparison=side_by_side(*vendors, **query), purpose=purpose, note=note, by=by
    )


def rated(name, level="verified", framework=None):
    assessment = make_assessment(
        vendor=make_vendor(name=name), framework=framework or small_framework()
    )
    answer_all(assessment, level)
    approved(assessment)
    return Vendor.objects.get(pk=assessment.vendor_id)


def save_url(*vendors, **query):
    ids = "&".join(f"v={vendor.public_id}" for vendor in vendors)
    rest = "".join(f"&{key}={value}" for key, value in query.items())
    return f"{reverse('scorecards:comparison-save')}?{ids}{rest}"


def choose_url(saved):
    return reverse("scorecards:comparison-choose", args=[saved.public_id])


def event(action):
    return AuditEvent.objects.get(action=action)


# saving


def test_the_form_says_in_words_what_is_kept(page, worked):
    text = words(page.get(save_url(worked["Aurora"], worked["Borealis"], profile="Balanced")))
    assert "Borealis leads Aurora by 3.3 points." in text
    assert "Borealis 1st with 83.1" in text
    assert "Profile Balanced" in text
    assert "tried out" not in text


def test_saving_keeps_figures_vendors_and_an_event(page, manager, worked):
    vendors = [worked["Aurora"], worked["Borealis"]]
    response = page.post(
        save_url(*vendors, open="all", differ=5),
        {"purpose": " Voice support ", "note": "As agreed."},
    )
    saved = SavedComparison.objects.get()
    assert response.url == saved.get_absolute_url()
    assert (saved.purpose, saved.note, saved.profile) == ("Voice support", "As agreed.", "Balanced")
    assert (saved.saved_by, saved.on) == (manager, timezone.localdate())
    assert saved.query == "&".join(f"v={vendor.public_id}" for vendor in vendors)
    assert {vendor.name for vendor in saved.vendors.all()} == {"Aurora", "Borealis"}
    assert document_of(saved)["sentences"]["lead"] == "Borealis leads Aurora by 3.3 points."
    assert event("comparison.save").after == {
        "digest": saved.digest,
        "vendors": ["Borealis", "Aurora"],
        "profile": "Balanced",
        "on": saved.on.isoformat(),
        "query": saved.query,
    }


@pytest.mark.parametrize(
    ("purpose", "said"),
    [("", "Say what the comparison is for."), ("   ", "Say what"), ("x" * 201, "at most 200")],
)
def test_a_purpose_that_will_not_do_keeps_what_was_typed(page, worked, purpose, said):
    given = {"purpose": purpose, "note": "Keep this note"}
    response = page.post(save_url(worked["Aurora"], worked["Borealis"]), given)
    assert response.status_code == 422
    assert said in words(response)
    assert "Keep this note" in response.content.decode()
    assert not SavedComparison.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_one_vendor_is_no_comparison_to_keep(page, worked, method):
    response = getattr(page, method)(save_url(worked["Aurora"]), {"purpose": "Alone"})
    assert response.status_code == 422
    assert "A comparison needs at least two vendors" in words(response)
    assert not SavedComparison.objects.exists()


def test_an_auditor_keeps_nothing_and_sees_no_button(client, worked):
    client.force_login(make_user(Role.AUDITOR))
    response = client.post(save_url(worked["Aurora"], worked["Borealis"]), {"purpose": "Mine"})
    assert response.status_code == 403
    assert "Procurement staff and managers keep comparisons." in words(response)
    assert not SavedComparison.objects.exists()
    ids = [str(worked[name].public_id) for name in ("Aurora", "Borealis")]
    shown = client.get(reverse("scorecards:comparison"), {"v": ids}).content.decode()
    assert reverse("scorecards:comparison-save") not in shown
    assert reverse("scorecards:comparison-csv") in shown


def test_the_page_offers_to_keep_what_its_address_says(page, worked):
    ids = [str(worked[name].public_id) for name in ("Aurora", "Borealis")]
    query = {"v": ids, "profile": "Balanced"}
    shown = page.get(reverse("scorecards:comparison"), query).content.decode()
    address = f"?v={ids[0]}&amp;v={ids[1]}&amp;profile=Balanced"
    assert f"{reverse('scorecards:comparison-save')}{address}" in shown
    for name in ("csv", "xlsx", "pdf"):
        assert f'action="{reverse(f"scorecards:comparison-{name}")}{address}"' in shown
    assert shown.count("data-follows-address") >= 4


def test_a_double_click_makes_one_and_a_later_one_another(manager, worked):
    vendors = [worked["Aurora"], worked["Borealis"]]
    with time_machine.travel("2026-11-20 09:00", tick=False) as clock:
        first = kept(*vendors, by=manager)
        clock.shift(timedelta(seconds=5))
        assert kept(*vendors, by=manager) == first
        assert kept(*vendors, by=manager, purpose="Another purpose") != first
        assert kept(*vendors, by=make_user(Role.MANAGER)) != first
        clock.shift(timedelta(minutes=2))
        assert kept(*vendors, by=manager) != first
    assert AuditEvent.objects.filter(action="comparison.save").count() == 4


def test_a_note_is_text_and_never_markup(page, manager, worked):
    saved = kept(
        worked["Aurora"], worked["Borealis"], by=manager, purpose="<script>x</script>", note="<b>no"
    )
    shown = page.get(saved.get_absolute_url()).content.decode()
    assert "<script>x" not in shown
    assert "&lt;script&gt;x" in shown
    assert "&lt;b&gt;no" in shown


# finding


def test_the_list_is_empty_and_says_what_belongs_there(page):
    text = words(page.get(reverse("scorecards:comparison-list")))
    assert "No comparison was saved yet" in text


def test_the_newest_stands_first_with_what_it_said(page, manager, worked):
    kept(worked["Aurora"], worked["Borealis"], by=manager, purpose="Older")
    newest = kept(worked["Aurora"], worked["Fjord"], by=manager, purpose="Newer")
    choose_vendor(
        comparison=newest, vendor_id=str(worked["Fjord"].public_id), reason="Nearer", by=manager
    )
    text = words(page.get(reverse("scorecards:comparison-list")))
    assert text.index("Newer") < text.index("Older")
    assert "Borealis leads Aurora by 3.3 points." in text
    assert "Not decided" in text


@pytest.mark.parametrize(
    ("asked", "found"),
    [("voice", ["Voice"]), ("FJORD", ["Chat"]), ("aurora", ["Chat", "Voice"]), ("nobody", [])],
)
def test_it_is_found_by_purpose_and_by_vendor(page, manager, worked, asked, found):
    kept(worked["Aurora"], worked["Borealis"], by=manager, purpose="Voice")
    kept(worked["Aurora"], worked["Fjord"], by=manager, purpose="Chat")
    response = page.get(reverse("scorecards:comparison-list"), {"q": asked})
    assert [row.purpose for row in response.context["page_obj"]] == found
    if not found:
        assert 'No comparison matches "nobody"' in words(response)


def test_the_list_costs_the_same_with_one_and_with_three(page, manager, worked):
    counts = []
    for times in (1, 2):
        for turn in range(times):
            kept(worked["Aurora"], worked["Fjord"], by=manager, purpose=f"Round {times} {turn}")
        page.get(reverse("scorecards:comparison-list"))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page.get(reverse("scorecards:comparison-list"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[1] <= 8


def test_the_latest_five_are_offered(manager, worked):
    for turn in range(6):
        kept(worked["Aurora"], worked["Fjord"], by=manager, purpose=f"Round {turn}")
    offered = latest_comparisons(manager)
    assert [item.purpose for item in offered] == [f"Round {turn}" for turn in (5, 4, 3, 2, 1)]
    assert latest_comparisons(make_user("")) == []


# what it said


def test_the_page_says_what_it_said_then(page, manager, worked):
    saved = kept(worked["Aurora"], worked["Borealis"], worked["Cinder"], by=manager, note="Why so.")
    response = page.get(saved.get_absolute_url())
    text = words(response)
    assert "Saved by Adriana Ferreira" in text
    assert "Borealis leads Aurora by 3.3 points." in text
    assert "Opened today it shows the same figures." in text
    assert "Why so." in text
    assert saved.digest in text
    assert "Not ranked" in text
    assert "No vendor was chosen yet" in text
    live = response.content.decode()
    assert f'href="{reverse("scorecards:comparison")}?{saved.query.replace("&", "&amp;")}"' in live


def test_changed_figures_are_said_and_the_old_ones_stay(page, manager):
    framework = small_framework()
    first, second = rated("Alpha", "verified", framework), rated("Beta", "documented", framework)
    saved = kept(first, second, by=manager)
    before = words(page.get(saved.get_absolute_url()))
    assert "Opened today it shows the same figures." in before
    later = make_assessment(vendor=second, framework=framework)
    answer_all(later, "verified")
    approved(later)
    text = words(page.get(saved.get_absolute_url()))
    assert "Since then the figures of Beta have changed. What follows is as it stood then." in text
    assert document_of(saved)["sentences"]["lead"] in text


def test_a_day_later_the_figures_of_drafts_are_still_the_same(page, manager, worked):
    with time_machine.travel("2026-11-20 09:00", tick=False):
        saved = kept(worked["Aurora"], worked["Borealis"], by=manager)
    assert "Opened today it shows the same figures." in words(page.get(saved.get_absolute_url()))


def test_an_address_that_shows_nothing_any_more_says_so(page, manager, worked):
    saved = kept(worked["Aurora"], worked["Borealis"], by=manager)
    SavedComparison.objects.filter(pk=saved.pk).update(
        query="v=00000000-0000-4000-8000-000000000000"
    )
    text = words(page.get(saved.get_absolute_url()))
    assert "Its vendors can no longer be compared as they were." in text


def test_figures_that_were_changed_in_the_database_are_not_believed(page, manager, worked):
    saved = kept(worked["Aurora"], worked["Borealis"], by=manager)
    text = saved.document.replace('"rank":2', '"rank":1')
    assert text != saved.document
    SavedComparison.objects.filter(pk=saved.pk).update(document=text)
    assert "their hash differs" in words(page.get(saved.get_absolute_url()))
    given = {"vendor": str(worked["Aurora"].public_id), "reason": "First now"}
    response = page.post(choose_url(saved), given)
    assert response.status_code == 422
    assert "The stored figures are not those that were saved." in words(response)
    assert not Choice.objects.exists()


# choosing


def test_choosing_records_vendor_place_and_reason(page, manager, worked):
    saved = kept(worked["Aurora"], worked["Borealis"], by=manager)
    given = {"vendor": str(worked["Aurora"].public_id), "reason": "Nearer to our site."}
    response = page.post(choose_url(saved), given)
    assert response.url == saved.get_absolute_url()
    choice = Choice.objects.get()
    assert (choice.vendor, choice.place, choice.decided_by) == (worked["Aurora"], 2, manager)
    recorded = event("comparison.choose")
    assert recorded.after == {"vendor": "Aurora", "place": 2, "digest": saved.digest}
    assert recorded.reason == "Nearer to our site."
    text = words(page.get(saved.get_absolute_url()))
    assert "Chosen Aurora 2nd" in text
    assert "Nearer to our site." in text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": "Because"}, "Choose a vendor."),
        ({"vendor": "Aurora", "reason": ""}, "Say why this vendor was chosen."),
        ({"vendor": "Cinder", "reason": "Because"}, "This vendor cannot be chosen."),
        ({"vendor": "Fjord", "reason": "Because"}, "This vendor cannot be chosen."),
    ],
)
def test_an_incomplete_choice_is_sent_back_as_it_was_typed(page, manager, worked, given, said):
    saved = kept(worked["Aurora"], worked["Borealis"], worked["Cinder"], by=manager)
    typed = {**given}
    if "vendor" in given:
        typed["vendor"] = str(worked[given["vendor"]].public_id)
    response = page.post(choose_url(saved), typed)
    assert response.status_code == 422
    assert said in words(response)
    assert given["reason"] in response.content.decode()
    assert not Choice.objects.exists()


def test_who_the_gate_keeps_out_is_off_and_refused(page, manager, worked):
    saved = kept(worked["Aurora"], worked["Cinder"], worked["Ember"], by=manager)
    shown = page.get(choose_url(saved)).content.decode()
    assert shown.count("disabled") == 2
    text = words(page.get(choose_url(saved)))
    assert "failed and no waiver holds." in text
    assert "Not met yet:" in text
    for name in ("Cinder", "Ember"):
        with pytest.raises(Refused, match=name):
            choose_vendor(
                comparison=saved, vendor_id=str(worked[name].public_id), reason="No", by=manager
            )
    with pytest.raises(Refused, match="not part of the comparison"):
        choose_vendor(
            comparison=saved, vendor_id=str(worked["Fjord"].public_id), reason="No", by=manager
        )
    assert not Choice.objects.exists()


def test_a_waived_must_have_lets_a_vendor_be_chosen_while_the_waiver_runs(manager):
    assessment = waived(days=30)
    vendor = Vendor.objects.get(pk=assessment.vendor_id)
    other = rated("Alpha", framework=assessment.framework)
    saved = kept(vendor, other, by=manager)
    then = next(
        item for item in document_of(saved)["vendors"] if item["id"] == str(vendor.public_id)
    )
    assert then["gate"] == "fail" and then["waivers"]
    with (
        time_machine.travel(timezone.now() + timedelta(days=31)),
        pytest.raises(Refused, match="no waiver holds"),
    ):
        choose_vendor(
            comparison=saved, vendor_id=str(vendor.public_id), reason="Waived", by=manager
        )
    choice = choose_vendor(
        comparison=saved, vendor_id=str(vendor.public_id), reason="Waived", by=manager
    )
    assert choice.place is None


def test_a_later_choice_replaces_the_earlier_and_both_stay(page, manager, worked):
    saved = kept(worked["Aurora"], worked["Borealis"], by=manager)
    first = choose_vendor(
        comparison=saved, vendor_id=str(worked["Aurora"].public_id), reason="Nearer", by=manager
    )
    shown = page.get(choose_url(saved))
    assert "Aurora is chosen." in words(shown)
    given = {"vendor": str(worked["Borealis"].public_id), "reason": "Cheaper", "seen": first.pk}
    page.post(choose_url(saved), given)
    first.refresh_from_db()
    assert first.replaced_at is not None
    assert Choice.objects.get(replaced_at=None).vendor == worked["Borealis"]
    text = words(page.get(saved.get_absolute_url()))
    assert text.index("Chosen Borealis") < text.index("Replaced Aurora")
    before = AuditEvent.objects.filter(action="comparison.choose").latest("pk").before
    assert before == {"vendor": "Aurora", "place": 2}


def test_of_two_managers_at_once_one_wins_and_the_other_is_told(page, manager, worked):
    saved = kept(worked["Aurora"], worked["Borealis"], by=manager)
    other = make_user(Role.MANAGER, name="Grace Okoye")
    choose_vendor(
        comparison=saved, vendor_id=str(worked["Aurora"].public_id), reason="Nearer", by=other
    )
    given = {"vendor": str(worked["Borealis"].public_id), "reason": "My own reason", "seen": ""}
    response = page.post(choose_url(saved), given)
    assert response.status_code == 409
    assert "Grace Okoye recorded a choice meanwhile: Aurora." in words(response)
    assert "My own reason" in response.content.decode()
    assert f'value="{Choice.objects.get().pk}"' in response.content.decode()
    with pytest.raises(StaleChoice):
        choose_vendor(
            comparison=saved, vendor_id=given["vendor"], reason="Again", seen=0, by=manager
        )
    assert Choice.objects.count() == 1


@pytest.mark.parametrize("seen", ["x", "-1", "9" * 30, "0"])
def test_a_tampered_form_changes_nothing_it_has_not_seen(page, manager, worked, seen):
    saved = kept(worked["Aurora"], worked["Borealis"], by=manager)
    aurora = str(worked["Aurora"].public_id)
    choose_vendor(comparison=saved, vendor_id=aurora, reason="Nearer", by=manager)
    given = {"vendor": str(worked["Borealis"].public_id), "reason": "Other", "seen": seen}
    assert page.post(choose_url(saved), given).status_code == 409
    assert Choice.objects.count() == 1


def test_the_database_keeps_one_choice_in_force(manager, worked):
    saved = kept(worked["Aurora"], worked["Borealis"], by=manager)
    row = {"comparison": saved, "vendor": worked["Aurora"], "decided_by": manager, "reason": "A"}
    Choice.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Choice.objects.create(**row)


def test_only_managers_choose(client, worked):
    buyer = make_user(Role.PROCUREMENT)
    saved = kept(worked["Aurora"], worked["Borealis"], by=buyer)
    client.force_login(buyer)
    text = words(client.get(saved.get_absolute_url()))
    assert "A manager records which vendor it came to, and why." in text
    response = client.post(choose_url(saved), {})
    assert response.status_code == 403
    assert "Managers record which vendor was chosen." in words(response)


def test_a_vendor_that_was_archived_since_cannot_be_chosen():
    manager = make_user(Role.MANAGER)
    one, other = rated("Aurora"), rated("Borealis")
    saved = kept(one, other, by=manager)
    Vendor.objects.filter(pk=one.pk).update(archived_at=timezone.now(), archived_by=manager)
    with pytest.raises(Refused, match="Aurora was archived since"):
        choose_vendor(
            comparison=saved, vendor_id=str(one.public_id), reason="Best evidence", by=manager
        )
    assert not saved.choices.exists()
