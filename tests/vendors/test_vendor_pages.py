"""The vendor list, a vendor's page, and adding, editing and archiving, through the browser's door."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    answer_all,
    approved,
    import_worked,
    make_assessment,
    make_framework,
    make_user,
    make_vendor,
    small_framework,
    submitted,
)
from vendors.models import AssessmentResult, AuditEvent, Certification, Site, Vendor
from vendors.permissions import Role
from vendors.queries.vendors import looks_like, plain_name
from vendors.services.vendors import archive_vendor, save_certification

pytestmark = pytest.mark.django_db
LIST = "/vendors/"
ABSENT = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def officer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def manager():
    return make_user(Role.MANAGER)


@pytest.fixture
def small():
    return small_framework()


@pytest.fixture
def as_officer(client, officer):
    client.force_login(officer)
    return client


def names(response):
    """The vendors of a list page in their order."""
    return re.findall(r'class="vname"><a href="[^"]+">([^<]+)</a>', response.content.decode())


def rated(name, owner, framework, by, **fields):
    """A vendor with an approved result; columns may be set to sort and filter by."""
    vendor = make_vendor(by=owner, name=name)
    result = approved(make_assessment(vendor=vendor, owner=owner, framework=framework), by=by)
    if fields:
        AssessmentResult.objects.filter(pk=result.pk).update(**fields)
    return vendor


def entry(vendor, standard, days, **fields):
    """A register entry that ends so many days from today, never for None."""
    ends = None if days is None else timezone.localdate() + timedelta(days=days)
    return save_certification(
        entry=Certification(vendor=vendor, standard=standard, expires_on=ends, **fields), by=None
    )


def typed(name="Skerry Voice", sites=(), contacts=(), **fields):
    """What a browser sends for the form of a vendor."""
    data = {"name": name, "legal_name": "", "website": "", "languages": "", "headcount": ""}
    for prefix, rows in (("sites", sites), ("contacts", contacts)):
        data |= {f"{prefix}-TOTAL_FORMS": len(rows) + 1, f"{prefix}-INITIAL_FORMS": 0}
        for number, row in enumerate([*rows, {}]):
            data |= {f"{prefix}-{number}-{field}": value for field, value in row.items()}
    return data | fields


# --- the list ---------------------------------------------------------------------------


def test_an_empty_list_offers_to_add_one_only_to_procurement(client, officer, manager):
    for user, offered in ((officer, True), (manager, False)):
        client.force_login(user)
        page = client.get(LIST).content.decode()
        assert "No vendors yet" in page
        assert ('href="/vendors/new/"' in page) is offered


def test_the_best_score_comes_first_and_the_unrated_last(as_officer, officer, manager, small):
    rated("Middle", officer, small, manager, overall=70, band="B")
    rated("Best", officer, small, manager, overall=90, band="A")
    make_vendor(name="A new one", by=officer)
    assert names(as_officer.get(LIST)) == ["Best", "Middle", "A new one"]
    assert names(as_officer.get(LIST + "?sort=score")) == ["Middle", "Best", "A new one"]


def test_each_column_sorts_both_ways(as_officer, officer, manager, small):
    early, late = date(2026, 1, 5), date(2026, 6, 5)
    one = rated("One", officer, small, manager, weakest_score=10, verified_share=90, as_of=early)
    two = rated("Two", officer, small, manager, weakest_score=50, verified_share=20, as_of=late)
    entry(one, "SOC 2", 300)
    entry(two, "SOC 2", 30)
    rising = {"name": "One", "weakest": "One", "verified": "Two", "certification": "Two"}
    for field, first in (rising | {"assessed": "One"}).items():
        for sort, way in ((field, "ascending"), (f"-{field}", "descending")):
            response = as_officer.get(LIST, {"sort": sort})
            found = names(response)
            assert sorted(found) == ["One", "Two"]
            assert (found[0] == first) is (way == "ascending"), sort
            assert response.content.decode().count(f'aria-sort="{way}"') == 1


def test_a_wrong_address_is_read_as_far_as_it_makes_sense(as_officer, officer):
    make_vendor(name="Only", by=officer)
    page = as_officer.get(
        LIST + "?sort=nonsense&per_page=7&page=zero&status=x&band=%27&service=%00&q=%00"
    )
    assert page.status_code == 200
    assert names(page) == ["Only"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("tamarind", ["Tamarind"]),
        ("TAMARIND inc", ["Tamarind"]),
        ("philippines", ["Tamarind"]),
        ("back office", ["Tamarind"]),
        ("légal", ["Tamarind"]),
        ("translation", ["Solway"]),
        ("voice", ["Solway"]),
        ("100%", []),
        ("tamarind poland", []),
    ],
)
def test_the_search_looks_at_names_services_and_countries(as_officer, officer, words, found):
    tamarind = make_vendor(
        by=officer, name="Tamarind", legal_name="Tamarind Inc", services=["back_office", "Légal"]
    )
    make_vendor(by=officer, name="Solway", services=["voice", "Translation"])
    Site.objects.create(vendor=tamarind, city="Cebu", country="PH")
    assert names(as_officer.get(LIST, {"q": words})) == found


def test_filters_narrow_the_list_and_stand_as_chips(as_officer, officer, manager, small):
    good = rated("Good", officer, small, manager, band="B")
    rated("Weak", officer, small, manager, band="D")
    Vendor.objects.filter(pk=good.pk).update(services=["chat"])
    Site.objects.create(vendor=good, city="Gdynia", country="PL")
    entry(good, "ISO 14001", 200)
    make_framework()
    filters = {"band": "B", "service": "chat", "country": "PL", "certification": "ISO 14001"}
    for name, value in filters.items():
        assert names(as_officer.get(LIST, {name: value})) == ["Good"], name
    page = as_officer.get(LIST, filters).content.decode()
    assert page.count('class="fchip"') == 4
    assert "1 of 2 vendors matches" in page


def test_a_certification_that_ended_is_no_certification(as_officer, officer):
    make_framework()
    entry(make_vendor(name="Past", by=officer), "SOC 2", -1)
    entry(make_vendor(name="Forever", by=officer), "SOC 2", None)
    removed = entry(make_vendor(name="Removed", by=officer), "SOC 2", 50)
    Certification.objects.filter(pk=removed.pk).update(removed_at=timezone.now())
    assert names(as_officer.get(LIST, {"certification": "SOC 2"})) == ["Forever"]


def test_views_hold_what_they_say_and_count_it(as_officer, officer, manager, small):
    rated("Approved", officer, small, manager)
    make_assessment(vendor=make_vendor(name="Open", by=officer), owner=officer, framework=small)
    waits = make_assessment(
        vendor=make_vendor(name="Waits", by=officer), owner=officer, framework=small
    )
    answer_all(waits)
    submitted(waits)
    entry(make_vendor(name="New", by=officer), "SOC 2", 89)
    rated("Old", officer, small, manager, valid_until=date(2020, 1, 1))
    archive_vendor(vendor=make_vendor(name="Gone", by=officer), by=officer)
    held = {
        "approved": {"Approved", "Old"},
        "in_progress": {"Open"},
        "submitted": {"Waits"},
        "unassessed": {"New"},
        "due": {"Old"},
        "ending": {"New"},
        "archived": {"Gone"},
        "all": {"Approved", "Open", "Waits", "New", "Old"},
    }
    for status, expected in held.items():
        response = as_officer.get(LIST, {"status": status})
        assert set(names(response)) == expected, status
        tabs = {code: count for code, _name, count in response.context["tabs"]}
        assert tabs == {code: len(expected) for code, expected in held.items()}


def test_no_match_names_the_filter_to_take_off(as_officer, officer, manager, small):
    rated("Good", officer, small, manager, band="B")
    rated("Also good", officer, small, manager, band="B")
    page = as_officer.get(LIST, {"q": "nobody", "band": "B"}).content.decode()
    assert 'Without "Search: nobody" there are 2.' in page
    assert 'href="?band=B"' in page
    page = as_officer.get(LIST, {"q": "nobody", "band": "E"}).content.decode()
    assert "No single filter does it" in page


def test_a_row_shows_the_approved_result_and_marks_an_old_one(as_officer, officer, manager, small):
    rated("Old", officer, small, manager, overall="76.54", valid_until=date(2020, 1, 1))
    page = as_officer.get(LIST).content.decode()
    assert "<b>76.5</b>" in page
    assert "Reassessment due" in page.split("<tbody>")[1]


def test_an_open_assessment_shows_progress_among_the_criteria_of_its_tier(as_officer, officer):
    framework = make_framework()
    assessment = make_assessment(owner=officer, framework=framework, tier=3)
    answer_all(assessment, skip=("LAB-01",))
    outside = next(c.code for c in framework.rules.criteria if 3 not in c.tiers)
    assessment.answers.filter(code=outside).update(is_answered=True)
    asked = len(framework.rules.asked(3))
    page = as_officer.get(LIST).content.decode()
    assert f"{asked - 1} of {asked} answered" in page
    assert "Not approved" in page


def test_the_next_end_is_the_coming_one_else_the_last_past_one(as_officer, officer):
    both = make_vendor(name="Both", by=officer)
    entry(both, "Ended", -20)
    entry(both, "Coming", 40)
    entry(both, "Later", 400)
    past = make_vendor(name="Past", by=officer)
    entry(past, "Long ago", -200)
    entry(past, "Lately", -2)
    rows = as_officer.get(LIST, {"sort": "name"}).context["rows"]
    assert [row.next_standard for row in rows] == ["Coming", "Lately"]


def test_pages_hold_25_rows_or_as_many_as_asked_for(as_officer, officer):
    for number in range(60):
        make_vendor(name=f"Vendor {number:02}", by=officer)
    assert len(names(as_officer.get(LIST))) == 25
    assert names(as_officer.get(LIST + "?page=3&sort=name"))[-1] == "Vendor 59"
    page = as_officer.get(LIST + "?per_page=50&sort=name&q=vendor")
    assert len(names(page)) == 50
    following = re.search(r'href="(\?[^"]+)" rel="next"', page.content.decode()).group(1)
    for kept in ("per_page=50", "sort=name", "q=vendor", "page=2"):
        assert kept in following


@pytest.mark.parametrize("rows", [25, 100])
def test_the_list_asks_the_same_few_questions_for_any_number_of_rows(
    client, officer, manager, small, rows, django_assert_max_num_queries
):
    one = rated("Rated", officer, small, manager)
    for number in range(rows - 1):
        vendor = make_vendor(name=f"Vendor {number}", by=officer)
        Site.objects.create(vendor=vendor, city="Cebu", country="PH")
        entry(vendor, "SOC 2", number)
        if number % 3 == 0:
            vendor.latest_result_id = Vendor.objects.get(pk=one.pk).latest_result_id
            vendor.save(update_fields=["latest_result"])
        elif number % 3 == 1:
            make_assessment(vendor=vendor, owner=officer, framework=small)
    client.force_login(manager)
    with django_assert_max_num_queries(12) as asked:
        page = client.get(LIST, {"per_page": rows, "q": "e", "sort": "certification"})
    assert len(names(page)) == rows
    assert len(asked) == 10


# --- one vendor -------------------------------------------------------------------------


def test_a_vendor_without_assessments_says_so_and_offers_the_start(as_officer, officer, small):
    vendor = make_vendor(by=officer)
    page = as_officer.get(vendor.get_absolute_url()).content.decode()
    assert "Not assessed yet" in page
    assert f"/vendors/{vendor.public_id}/assessments/new/" in page


def test_the_rating_is_the_frozen_one_and_its_sum_can_be_redone(as_officer, small, manager):
    assessment = import_worked("Aurora", approve_as=manager)
    page = as_officer.get(assessment.vendor.get_absolute_url())
    rating = page.context["page"].rating
    shown = page.content.decode()
    snapshot_overall = rating.figures["overall"]["exact"]
    assert str(rating.overall) in {snapshot_overall, snapshot_overall.removesuffix("/1")}
    for text in ("Why ", "Answers, weighted by category", "Verifying the", "Categories"):
        assert text in shown
    assert [line.category.code for line in rating.lines] == [
        category.code for category in assessment.framework.rules.categories
    ]


def test_evidence_that_ends_after_approval_shows_as_of_today_and_moves_nothing(
    as_officer, officer, manager, small
):
    assessment = make_assessment(owner=officer, framework=small)
    answer_all(assessment)
    assessment.answers.update(level_valid_to=timezone.localdate() + timedelta(days=5))
    result = approved(assessment, by=manager)
    address = assessment.vendor.get_absolute_url()
    assert as_officer.get(address).context["page"].rating.today is None
    past = timezone.localdate() - timedelta(days=10)
    AssessmentResult.objects.filter(pk=result.pk).update(as_of=past)
    assessment.answers.update(level_valid_to=past + timedelta(days=1))
    page = as_officer.get(address)
    rating = page.context["page"].rating
    assert rating.today.overall < rating.overall
    assert "As of today it would differ." in page.content.decode()
    assert AssessmentResult.objects.get(pk=result.pk).overall == result.overall


def test_a_second_rating_shows_what_changed(as_officer, officer, manager, small):
    vendor = make_vendor(by=officer)
    for level in ("documented", "verified"):
        assessment = make_assessment(vendor=vendor, owner=officer, framework=small)
        answer_all(assessment, level=level)
        approved(assessment, by=manager)
    rating = as_officer.get(vendor.get_absolute_url()).context["page"].rating
    assert rating.change > 0
    assert any(line.change for line in rating.lines)


def test_an_open_assessment_shows_a_range_and_leads_on(as_officer, officer, manager, small):
    assessment = make_assessment(owner=officer, framework=small)
    page = as_officer.get(assessment.vendor.get_absolute_url()).content.decode()
    assert "Draft score <b>0.0</b> to <b>100.0</b>" in page
    assert f"/assessments/{assessment.public_id}/questionnaire/" in page
    assert "data-open" not in page  # what is open cannot be archived
    as_officer.force_login(manager)
    page = as_officer.get(assessment.vendor.get_absolute_url()).content.decode()
    assert f"/assessments/{assessment.public_id}/questionnaire/" not in page


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_others_read_everything_and_get_no_controls(client, officer, small, role):
    vendor = make_vendor(by=officer, name="Read me")
    entry(vendor, "SOC 2", 10)
    client.force_login(make_user(role))
    page = client.get(vendor.get_absolute_url()).content.decode()
    assert "SOC 2" in page
    for control in ("/edit/", "/archive/", "certifications/", "assessments/new/"):
        assert control not in page


def test_everybody_who_reads_may_ask_for_a_scorecard(client, officer, manager, small):
    vendor = rated("Printed", officer, small, manager)
    assessment = vendor.assessments.get()
    client.force_login(make_user(Role.AUDITOR))
    page = client.get(vendor.get_absolute_url()).content.decode()
    assert f'action="/assessments/{assessment.public_id}/scorecard/"' in page


def test_entries_behind_an_answer_warn_when_they_change(as_officer, officer, small):
    assessment = make_assessment(owner=officer, framework=small)
    answers = list(assessment.answers.all()[:4])
    today = timezone.localdate()
    vendor = assessment.vendor
    for answer, days, until in zip(answers, (-3, 200, 40, 200), (None, 300, 40, 200), strict=True):
        answer.certifications.add(entry(vendor, f"Standard {days}", days))
        answer.valid_to = today + timedelta(days=until) if until else None
        answer.save()
    warnings = as_officer.get(vendor.get_absolute_url()).context["page"].warnings
    assert [(w.code, w.kind) for w in warnings] == [
        (answers[0].code, "ended"),
        (answers[1].code, "changed"),
        (answers[2].code, "ending"),
    ]


def test_the_page_asks_few_questions_however_much_there_is(
    client, officer, manager, small, django_assert_max_num_queries
):
    vendor = make_vendor(by=officer)
    sizes = []
    for _round in range(3):
        Site.objects.create(vendor=vendor, city="Cebu", country="PH")
        entry(vendor, "SOC 2", 30)
        approved(make_assessment(vendor=vendor, owner=officer, framework=small), by=manager)
        helper = make_user(Role.PROCUREMENT)
        client.force_login(helper)
        with django_assert_max_num_queries(20) as asked:
            client.get(vendor.get_absolute_url())
        sizes.append(len(asked))
    assert sizes == [sizes[0]] * 3
    make_assessment(vendor=vendor, owner=officer, framework=small)
    with django_assert_max_num_queries(20):
        client.get(vendor.get_absolute_url())


# --- adding and editing -----------------------------------------------------------------


def test_a_vendor_is_added_with_sites_and_contacts(as_officer, officer):
    response = as_officer.post(
        LIST + "new/",
        typed(
            "  Skerry   Voice ",
            sites=[{"city": "Ebene", "country": "MU", "headcount": "240"}],
            contacts=[{"name": "Anjali", "email": "anjali@skerry.example"}],
            services=["voice", "chat"],
            other_services="Translation, E-mail",
            languages="English, French, English",
            website="skerry.example",
            headcount="640",
        ),
    )
    vendor = Vendor.objects.get()
    assert response.status_code == 302
    assert response.url == vendor.get_absolute_url()
    assert (vendor.name, vendor.created_by) == ("Skerry Voice", officer)
    assert vendor.services == ["voice", "chat", "Translation", "email"]
    assert vendor.languages == ["English", "French"]
    assert vendor.website == "https://skerry.example"
    assert str(vendor.sites.get()) == "Ebene, MU"
    assert vendor.contacts.get().email == "anjali@skerry.example"
    assert AuditEvent.objects.filter(vendor=vendor, action="vendor.add").count() == 1


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"name": "  "}, "This field is required"),
        ({"website": "javascript:alert(1)"}, "starts with https:// or http://"),
        ({"website": "ftp://skerry.example"}, "starts with https:// or http://"),
        ({"headcount": "-1"}, "greater than or equal to 0"),
        ({"languages": "x" * 61}, "is longer than 60 letters"),
        ({"other_services": ",".join(map(str, range(41)))}, "Enter 40 at most"),
        ({"services": "juggling"}, "not one of the available choices"),
        ({"sites-0-city": "Ebene"}, "Country, row 1"),
        ({"contacts-0-role": "Buyer"}, "Enter a name or an e-mail address."),
        ({"contacts-0-email": "nobody"}, "Enter a valid email address."),
    ],
)
def test_a_fault_is_told_at_its_place_and_nothing_typed_is_lost(as_officer, fields, fault):
    data = typed(legal_name="Skerry Voice Ltd", languages="English") | fields
    response = as_officer.post(LIST + "new/", data)
    page = response.content.decode()
    assert response.status_code == 422
    assert fault in page
    assert 'value="Skerry Voice Ltd"' in page
    for name, value in fields.items():
        assert value.strip() in page, name
    assert not Vendor.objects.exists()


def test_rows_stay_when_something_else_is_wrong(as_officer):
    rows = [{"city": "Ebene", "country": "MU"}, {"city": "Antananarivo", "country": "MG"}]
    page = as_officer.post(LIST + "new/", typed(website="no address", sites=rows)).content.decode()
    for kept in ('value="Ebene"', 'value="Antananarivo"', 'value="MG" selected'):
        assert kept in page


def test_the_same_name_is_refused_with_the_way_to_that_vendor(as_officer, officer):
    other = make_vendor(name="Skerry Voice", by=officer)
    response = as_officer.post(LIST + "new/", typed("skerry  VOICE", confirmed="skerry voice"))
    assert response.status_code == 422
    assert f'<a href="{other.get_absolute_url()}">Skerry Voice</a>' in response.content.decode()
    assert Vendor.objects.count() == 1


def test_a_similar_name_warns_once_and_goes_through_when_saved_again(as_officer, officer):
    other = make_vendor(name="Skerry Voice", by=officer)
    data = typed("Skerry-Voice Services Ltd.")
    response = as_officer.post(LIST + "new/", data)
    page = response.content.decode()
    assert response.status_code == 422
    assert "A vendor with a similar name exists" in page
    assert other.get_absolute_url() in page
    confirmed = re.search(r'name="confirmed" value="([^"]+)"', page).group(1)
    # what is confirmed is this name, not any name
    assert (
        as_officer.post(LIST + "new/", typed("Skery Voice", confirmed=confirmed)).status_code == 422
    )
    assert as_officer.post(LIST + "new/", data | {"confirmed": confirmed}).status_code == 302
    assert Vendor.objects.count() == 2


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("Skerry Voice Ltd", "SKERRY VOICE, Inc.", True),
        ("Skerry Voice", "SkerryVoice GmbH", True),
        ("Łódź Café S.A.", "Łódź Cafe", True),
        ("Skerry Voice", "Skerry Voice Services", True),
        ("Tamarind Contact", "Tamarnid Contact", True),
        ("Skerry Voice", "Skerry Data", False),
        ("Northgate", "Southgate", False),
        ("Ltd", "Inc", False),
        ("Solway", "Solway Process Partners", False),
    ],
)
def test_names_are_compared_without_case_marks_and_legal_form(first, second, alike):
    assert looks_like(plain_name(first), plain_name(second)) is alike


def test_editing_changes_removes_and_adds_rows(as_officer, officer):
    vendor = make_vendor(name="Skerry Voice", by=officer)
    stays = Site.objects.create(vendor=vendor, city="Ebene", country="MU")
    goes = Site.objects.create(vendor=vendor, city="Cebu", country="PH")
    address = vendor.get_absolute_url() + "edit/"
    assert "Ebene" in as_officer.get(address).content.decode()
    rows = [
        {"id": stays.pk, "city": "Ebene Cyber City", "country": "MU"},
        {"id": goes.pk, "city": "Cebu", "country": "PH", "DELETE": "on"},
        {"city": "Davao", "country": "PH"},
    ]
    data = typed("Skerry Voice", sites=rows) | {
        "sites-INITIAL_FORMS": 2,
        "legal_name": "Skerry Ltd",
    }
    response = as_officer.post(address, data)
    vendor.refresh_from_db()
    assert response.status_code == 302
    assert vendor.legal_name == "Skerry Ltd"
    assert [site.city for site in vendor.sites.all()] == ["Ebene Cyber City", "Davao"]
    event = AuditEvent.objects.get(action="vendor.edit")
    assert event.before["legal_name"] == ""
    assert event.after["legal_name"] == "Skerry Ltd"


def test_a_row_of_another_vendor_cannot_be_edited(as_officer, officer):
    vendor, other = make_vendor(by=officer), make_vendor(by=make_user())
    theirs = Site.objects.create(vendor=other, city="Cebu", country="PH")
    rows = [{"id": theirs.pk, "city": "Taken", "country": "PH"}]
    data = typed(vendor.name, sites=rows) | {"sites-INITIAL_FORMS": 1}
    as_officer.post(vendor.get_absolute_url() + "edit/", data)
    theirs.refresh_from_db()
    assert (theirs.city, theirs.vendor) == ("Cebu", other)


def test_a_vendor_keeps_its_own_name_without_a_warning(as_officer, officer):
    make_vendor(name="Skerry Voice Services", by=officer)
    vendor = make_vendor(name="Skerry Voice", by=officer)
    address = vendor.get_absolute_url() + "edit/"
    assert as_officer.post(address, typed("Skerry voice", headcount="5")).status_code == 302
    assert as_officer.post(address, typed("Skerry Voice Service")).status_code == 422


# --- archiving --------------------------------------------------------------------------


def test_archiving_asks_first_and_can_be_undone(as_officer, officer):
    vendor = make_vendor(by=officer, name="Skerry")
    address = vendor.get_absolute_url()
    assert "Archive Skerry?" in as_officer.get(address + "archive/").content.decode()
    assert Vendor.objects.current().exists()
    as_officer.post(address + "archive/")
    page = as_officer.get(address).content.decode()
    assert "Archived on" in page
    assert "/restore/" in page
    assert "Restore Skerry?" in as_officer.get(address + "restore/").content.decode()
    as_officer.post(address + "restore/")
    assert Vendor.objects.current().exists()


def test_a_vendor_with_an_open_assessment_is_not_archived(as_officer, officer, small):
    assessment = make_assessment(owner=officer, framework=small)
    address = assessment.vendor.get_absolute_url()
    page = as_officer.post(address + "archive/", follow=True).content.decode()
    assert "An assessment of this vendor is open." in page
    assert Vendor.objects.current().exists()


# --- who may ----------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["", "edit/", "archive/", "restore/"])
def test_an_unknown_vendor_is_not_found(as_officer, part):
    assert as_officer.get(f"{LIST}{ABSENT}/{part}").status_code == 404


@pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_only_procurement_adds_and_the_page_says_so(client, role):
    client.force_login(make_user(role))
    for response in (client.get(LIST + "new/"), client.post(LIST + "new/", typed())):
        assert response.status_code == 403
        assert "Procurement staff can add vendors." in response.content.decode()
    assert not Vendor.objects.exists()


@pytest.mark.parametrize("part", ["edit/", "archive/", "restore/"])
def test_only_who_works_on_a_vendor_changes_it(client, officer, manager, small, part):
    vendor = make_vendor(by=officer)
    address = vendor.get_absolute_url() + part
    helper, stranger = make_user(Role.PROCUREMENT), make_user(Role.PROCUREMENT)
    make_assessment(vendor=vendor, owner=officer, framework=small, helpers=[helper])
    for user, status in ((officer, 200), (helper, 200), (stranger, 403), (manager, 403)):
        client.force_login(user)
        response = client.get(address)
        assert response.status_code == status
        if status == 403:
            assert "can edit it" in response.content.decode()
            assert client.post(address, typed()).status_code == 403


def test_strangers_sign_in_first(client, officer):
    vendor = make_vendor(by=officer)
    for address in (LIST, LIST + "new/", vendor.get_absolute_url()):
        assert client.get(address).url.startswith("/sign-in/?next=")
