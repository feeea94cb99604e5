"""Finding vendors to compare: the search, the quick picks, and the addresses they lead to."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from tests.factories import (
    approved,
    make_assessment,
    make_user,
    make_vendor,
    small_framework,
)
from tests.proved import lifted
from tests.scorecards.comparing import words
from vendors.models import AssessmentResult, Site
from vendors.permissions import Role
from vendors.services.vendors import archive_vendor

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(client):
    """A function that asks for vendors to add, with the vendors compared and what was typed."""
    client.force_login(make_user(Role.AUDITOR))

    def get(text, *vendors, **query):
        ids = [str(vendor.public_id) for vendor in vendors]
        return client.get(reverse("scorecards:comparison-find"), {"v": ids, "find": text, **query})

    return get


def hits(response):
    """The vendors found in their order, each with its address."""
    text = response.content.decode()
    links = re.findall(r'<a href="([^"]+)" data-add="[^"]+">.*?<b>([^<]+)</b>', text)
    return {name: unescape(link) for link, name in links}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("tama", ["Tamarind"]),
        ("TAMARIND  services", ["Tamarind"]),
        ("ltd", ["Solway"]),
        ("voice", ["Solway"]),
        ("philippines", ["Tamarind"]),
        ("nobody", []),
        ("%", []),
        ("", []),
        ("  \x00 ", []),
    ],
)
def test_it_finds_by_name_legal_name_service_and_country(found, text, names):
    tamarind = make_vendor(name="Tamarind", legal_name="Tamarind Services Inc")
    make_vendor(name="Solway", legal_name="Solway Ltd", services=["voice"])
    Site.objects.create(vendor=tamarind, city="Cebu", country="PH")
    response = found(text)
    assert response.status_code == 200
    assert list(hits(response)) == names
    assert ("No other vendor matches" in response.content.decode()) is bool(
        text.strip(" \x00") and not names
    )


def test_a_hit_leads_to_the_comparison_with_it_and_all_the_rest(found, worked):
    one, two = worked["Aurora"], worked["Dune"]
    asked = {"profile": "Data first", "w_LAB": "45", "open": "LAB", "lock": "SEC"}
    found_there = hits(found("bor", one, two, **asked))
    query = parse_qs(urlsplit(found_there["Borealis"]).query)
    ids = [str(worked[name].public_id) for name in ("Aurora", "Dune", "Borealis")]
    assert query == {"v": ids, **{name: [value] for name, value in asked.items()}}
    assert urlsplit(found_there["Borealis"]).path == reverse("scorecards:comparison")


def test_those_compared_and_archived_ones_are_not_offered(found, worked):
    officer = make_user(Role.PROCUREMENT)
    archive_vendor(vendor=make_vendor(name="Auburn", by=officer), by=officer)
    make_vendor(name="Aurelia")
    assert list(hits(found("au", worked["Aurora"]))) == ["Aurelia"]


def test_names_that_begin_so_come_first_then_rated_ones(found):
    framework, owner = small_framework(), make_user()
    make_vendor(name="A lane")
    rated = make_vendor(name="Zen lane", by=owner)
    approved(make_assessment(vendor=rated, owner=owner, framework=framework))
    make_vendor(name="Lane & Co")
    response = found("lane")
    assert list(hits(response)) == ["Lane &amp; Co", "Zen lane", "A lane"]
    assert response.content.decode().count("Not approved") == 2


def test_no_more_than_eight_are_shown_and_it_says_so(found):
    for number in range(9):
        make_vendor(name=f"Many {number}")
    response = found("many")
    assert len(hits(response)) == 8
    assert "More vendors match." in response.content.decode()
    response = found("many 1")
    assert "More vendors match." not in response.content.decode()


def test_ten_leave_no_room(found):
    vendors = [make_vendor(name=f"Many {number}") for number in range(11)]
    response = found("many", *vendors[:10])
    assert not hits(response)
    assert "Take one out first." in response.content.decode()


def test_a_vendor_whose_must_haves_fail_shows_no_band(found):
    framework, owner = small_framework(), make_user()
    for name, gate in (("Aurora", "pass"), ("Ember", "fail")):
        vendor = make_vendor(name=name, by=owner)
        result = approved(make_assessment(vendor=vendor, owner=owner, framework=framework))
        with lifted():
            AssessmentResult.objects.filter(pk=result.pk).update(gate=gate)
    aurora, ember = (found(name).content.decode() for name in ("aurora", "ember"))
    assert "of 100, band" in aurora
    assert "of 100, band" not in ember
    assert "of 100" in ember


@pytest.mark.parametrize("rows", [1, 8])
def test_the_search_asks_one_question_for_any_number_of_hits(
    found, rows, django_assert_max_num_queries
):
    framework, owner = small_framework(), make_user()
    for number in range(rows):
        vendor = make_vendor(name=f"Many {number}", by=owner)
        approved(make_assessment(vendor=vendor, owner=owner, framework=framework))
    found("many")
    with django_assert_max_num_queries(5):
        response = found("many")
    assert len(hits(response)) == rows


def test_people_without_a_role_find_nothing(client):
    make_vendor(name="Tamarind")
    client.force_login(make_user(""))
    response = client.get(reverse("scorecards:comparison-find"), {"find": "tama"})
    assert b"Tamarind" not in response.content


def test_without_a_script_the_page_itself_lists_what_was_found(comparison_page, worked):
    response = comparison_page(worked["Aurora"], worked["Dune"], find="bor", profile="Data first")
    text = response.content.decode()
    assert list(hits(response)) == ["Borealis"]
    assert re.search(r"<details[^>]* data-adder open>", text)
    form = text.partition('id="find"')[0].rpartition("<form")[2]
    assert form.count('name="v"') == 2
    assert 'name="profile" value="Data first"' in form
    assert not hits(comparison_page(worked["Aurora"], worked["Dune"]))


def test_taking_one_out_keeps_the_rest_of_the_address(comparison_page, worked):
    one, two, three = (worked[name] for name in ("Aurora", "Borealis", "Dune"))
    text = comparison_page(one, two, three, w_LAB="45", open="LAB").content.decode()
    form = text.partition(f'data-out="{two.public_id}"')[2].partition("</form>")[0]
    fields = re.findall(r'name="([^"]+)" value="([^"]*)"', form)
    assert ("w_LAB", "45") in fields
    assert ("open", "LAB") in fields
    assert [value for name, value in fields if name == "v"] == [
        str(one.public_id),
        str(three.public_id),
    ]


def test_no_page_lists_all_vendors(comparison_page, worked):
    for number in range(30):
        make_vendor(name=f"Many {number}")
    for vendors in ((), (worked["Aurora"],), (worked["Aurora"], worked["Dune"])):
        assert b"Many 1" not in comparison_page(*vendors).content


def test_the_vendors_rated_last_can_be_ticked(comparison_page):
    framework, owner = small_framework(), make_user()
    for name in ("First", "Second"):
        vendor = make_vendor(name=name, by=owner)
        approved(make_assessment(vendor=vendor, owner=owner, framework=framework))
    make_vendor(name="New")
    response = comparison_page(profile="Data first")
    text = response.content.decode()
    boxes = re.findall(
        r'type="checkbox" name="v"[^>]*form="compare"[^>]*>\s*<label[^>]*><b>([^<]+)', text
    )
    assert boxes == ["Second", "First"]
    bar = text.partition('id="compare"')[2].partition("</form>")[0]
    assert 'data-fewest="2" data-most="10"' in bar
    assert 'name="profile" value="Data first"' in bar


def test_before_anybody_is_rated_it_points_at_the_search(comparison_page, worked):
    assert "No vendor is rated yet." in words(comparison_page())
