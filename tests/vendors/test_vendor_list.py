"""The vendor list: search, filters, views, order, pages and what a row shows."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    answer_all,
    approved,
    make_assessment,
    make_framework,
    make_user,
    make_vendor,
    reviewed,
    small_framework,
    submitted,
)
from tests.proved import lifted
from tests.scorecards.deciding import rejected
from vendors.models import AssessmentResult, Certification, Site, Vendor
from vendors.permissions import Role
from vendors.services.assessments import take_back_assessment
from vendors.services.certifications import add_certification
from vendors.services.vendors import archive_vendor

pytestmark = pytest.mark.django_db
LIST = "/vendors/"


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
        # a frozen row cannot be changed; here its columns stand for other results
        with lifted():
            AssessmentResult.objects.filter(pk=result.pk).update(**fields)
    return vendor


def entry(vendor, standard, days, **fields):
    """A register entry that ends so many days from today, never for None."""
    ends = None if days is None else timezone.localdate() + timedelta(days=days)
    return add_certification(
        entry=Certification(vendor=vendor, standard=standard, expires_on=ends, **fields), by=None
    )


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
    fixed = make_assessment(
        vendor=make_vendor(name="Pending", by=officer), owner=officer, framework=small
    )
    answer_all(fixed)
    reviewed(fixed)
    entry(make_vendor(name="New", by=officer), "SOC 2", 89)
    rated("Old", officer, small, manager, valid_until=date(2020, 1, 1))
    archive_vendor(vendor=make_vendor(name="Gone", by=officer), by=officer)
    rejected(framework=small, vendor=make_vendor(name="Refused", by=officer), owner=officer)
    held = {
        "approved": {"Approved", "Old"},
        "in_progress": {"Open"},
        "review": {"Waits"},
        "pending": {"Pending"},
        "conditions": set(),
        "unassessed": {"New"},
        "rejected": {"Refused"},
        "due": {"Old"},
        "ending": {"New"},
        "archived": {"Gone"},
        "all": {"Approved", "Open", "Waits", "Pending", "New", "Old", "Refused"},
    }
    for status, expected in held.items():
        response = as_officer.get(LIST, {"status": status})
        assert set(names(response)) == expected, status
        tabs = {code: count for code, _name, count in response.context["tabs"]}
        assert tabs == {code: len(expected) for code, expected in held.items()}
    rows = as_officer.get(LIST, {"status": "rejected"}).content.decode()
    assert rows.count('i-x-lg" aria-hidden="true"></span>Rejected') == 1
    page = as_officer.get(Vendor.objects.get(name="Refused").get_absolute_url()).content.decode()
    assert 'i-x-lg" aria-hidden="true"></span>Rejected' in page
    assert "Scorecard PDF" in page


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


def test_what_ended_comes_first_unless_it_was_renewed(as_officer, officer):
    both = make_vendor(name="Both", by=officer)
    entry(both, "Ended", -20)
    entry(both, "Coming", 40)
    renewed = make_vendor(name="Renewed", by=officer)
    entry(renewed, "ISO 9001", -2)
    entry(renewed, "ISO 9001", 400)
    rows = as_officer.get(LIST, {"sort": "name"}).context["rows"]
    assert [row.next_standard for row in rows] == ["Ended", "ISO 9001"]
    assert rows[1].next_end > rows[0].next_end


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
    with django_assert_max_num_queries(15) as asked:
        page = client.get(LIST, {"per_page": rows, "q": "e", "sort": "certification"})
    assert len(names(page)) == rows
    assert len(asked) == 13


def test_what_came_back_says_so(as_officer, officer):
    assessment = make_assessment(owner=officer, framework=small_framework())
    answer_all(assessment)
    submitted(assessment)
    take_back_assessment(assessment=assessment, reason="Wages", by=make_user(Role.MANAGER))
    assert "Returned" in as_officer.get(LIST).content.decode()
