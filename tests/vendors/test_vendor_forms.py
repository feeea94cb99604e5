"""Adding and editing a vendor with its sites and contacts."""

import re

import pytest

from tests.factories import (
    make_user,
    make_vendor,
)
from vendors.models import AuditEvent, Site, Vendor
from vendors.permissions import Role
from vendors.queries.vendors import looks_like, plain_name

pytestmark = pytest.mark.django_db
LIST = "/vendors/"


@pytest.fixture
def officer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def as_officer(client, officer):
    client.force_login(officer)
    return client


def typed(name="Skerry Voice", sites=(), contacts=(), **fields):
    """What a browser sends for the form of a vendor."""
    data = {"name": name, "legal_name": "", "website": "", "languages": "", "headcount": ""}
    for prefix, rows in (("sites", sites), ("contacts", contacts)):
        data |= {f"{prefix}-TOTAL_FORMS": len(rows) + 1, f"{prefix}-INITIAL_FORMS": 0}
        for number, row in enumerate([*rows, {}]):
            data |= {f"{prefix}-{number}-{field}": value for field, value in row.items()}
    return data | fields


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
