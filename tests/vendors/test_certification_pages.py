"""Adding, editing and removing entries of the certification register."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import make_assessment, make_framework, make_user, make_vendor, small_framework
from vendors.models import AuditEvent, Certification
from vendors.permissions import Role
from vendors.services.vendors import save_certification

pytestmark = pytest.mark.django_db
ABSENT = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def officer():
    return make_user(Role.PROCUREMENT)


@pytest.fixture
def vendor(officer):
    return make_vendor(by=officer, name="Skerry Voice")


@pytest.fixture
def as_officer(client, officer):
    client.force_login(officer)
    return client


@pytest.fixture
def entry(vendor, officer):
    return save_certification(
        entry=Certification(vendor=vendor, standard="SOC 2", expires_on=date(2027, 1, 1)),
        by=officer,
    )


def address(entry, part=""):
    return f"/certifications/{entry.public_id}/{part}"


def typed(**fields):
    """What a browser sends."""
    names = ["standard", "level", "issuer", "number", "issued_on", "expires_on"]
    return dict.fromkeys(names, "") | {"standard": "SOC 2"} | fields


def test_the_form_suggests_the_standards_of_the_framework(as_officer, vendor):
    make_framework()
    page = as_officer.get(f"{vendor.get_absolute_url()}certifications/new/").content.decode()
    assert '<option value="ISO/IEC 27001">' in page
    assert 'list="standards"' in page


def test_an_entry_is_added_and_shown_on_the_vendors_page(as_officer, vendor):
    ends = timezone.localdate() + timedelta(days=41)
    data = typed(
        level="Type II",
        issuer="Aldous and Finch LLP",
        number="TCS-2025-4",
        issued_on="2025-01-02",
        expires_on=ends.isoformat(),
    )
    response = as_officer.post(f"{vendor.get_absolute_url()}certifications/new/", data)
    entry = Certification.objects.get()
    assert response.url == vendor.get_absolute_url()
    assert (str(entry), entry.issued_on, entry.expires_on) == (
        "SOC 2 Type II",
        date(2025, 1, 2),
        ends,
    )
    page = as_officer.get(vendor.get_absolute_url()).content.decode()
    assert "SOC 2 Type II" in page
    assert "41 days" in page
    assert AuditEvent.objects.get(action="certification.add").after["number"] == "TCS-2025-4"


@pytest.mark.parametrize("written", ["2027-11-09", "9 Nov 2027", "9 November 2027", "09.11.2027"])
def test_days_are_read_as_people_write_them(as_officer, vendor, written):
    as_officer.post(f"{vendor.get_absolute_url()}certifications/new/", typed(expires_on=written))
    assert Certification.objects.get().expires_on == date(2027, 11, 9)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"standard": ""}, "This field is required"),
        ({"expires_on": "next year"}, "Enter a valid date"),
        ({"expires_on": "0207-01-01"}, "The year 0207 is unusual"),
        ({"expires_on": "2206-01-01"}, "The year 2206 is unusual"),
        ({"issued_on": "1889-01-01"}, "The year 1889 is unusual"),
        ({"issued_on": "2026-05-01", "expires_on": "2026-04-30"}, "before the day of issue"),
        ({"standard": "x" * 81}, "at most 80 characters"),
    ],
)
def test_a_fault_stands_at_its_field_and_what_was_typed_stays(as_officer, vendor, fields, fault):
    data = typed(issuer="Aldous and Finch LLP") | fields
    response = as_officer.post(f"{vendor.get_absolute_url()}certifications/new/", data)
    page = response.content.decode()
    assert response.status_code == 422
    assert fault in page
    assert 'value="Aldous and Finch LLP"' in page
    assert list(response.context["form"].errors) == [list(fields)[-1]]
    assert not Certification.objects.exists()


def test_the_day_of_issue_may_be_the_day_of_the_end(as_officer, vendor):
    data = typed(issued_on="2026-05-01", expires_on="2026-05-01")
    as_officer.post(f"{vendor.get_absolute_url()}certifications/new/", data)
    assert Certification.objects.exists()


def test_an_edit_keeps_before_and_after(as_officer, entry):
    page = as_officer.get(address(entry)).content.decode()
    assert 'value="2027-01-01"' in page
    as_officer.post(address(entry), typed(expires_on="2028-01-01"))
    entry.refresh_from_db()
    assert entry.expires_on == date(2028, 1, 1)
    event = AuditEvent.objects.get(action="certification.edit")
    assert event.before["expires_on"] == "2027-01-01"
    assert event.after["expires_on"] == "2028-01-01"


def test_saving_what_is_there_already_is_no_event(as_officer, entry):
    as_officer.post(address(entry), typed(expires_on="2027-01-01"))
    assert not AuditEvent.objects.filter(action="certification.edit").exists()


def test_a_refused_edit_leaves_what_is_stored(as_officer, entry):
    response = as_officer.post(address(entry), typed(standard="", expires_on="2029-01-01"))
    entry.refresh_from_db()
    assert response.status_code == 422
    assert (entry.standard, entry.expires_on) == ("SOC 2", date(2027, 1, 1))


def test_removing_asks_first_and_says_how_many_answers_name_it(as_officer, entry, officer):
    assessment = make_assessment(vendor=entry.vendor, owner=officer, framework=small_framework())
    assessment.answers.first().certifications.add(entry)
    page = as_officer.get(address(entry, "remove/")).content.decode()
    assert "Remove SOC 2?" in page
    assert "One answer names it." in page
    assert Certification.objects.get().removed_at is None
    as_officer.post(address(entry, "remove/"))
    assert Certification.objects.get().removed_at is not None
    assert AuditEvent.objects.filter(action="certification.remove").count() == 1
    page = as_officer.get(entry.vendor.get_absolute_url()).content.decode()
    assert "was removed from the register." in page
    assert "No certifications recorded" in page
    assert as_officer.get(address(entry)).status_code == 404


@pytest.mark.parametrize("part", ["", "remove/"])
def test_an_unknown_entry_is_not_found(as_officer, part):
    assert as_officer.get(f"/certifications/{ABSENT}/{part}").status_code == 404


def test_only_who_works_on_the_vendor_changes_its_register(client, entry):
    new = f"{entry.vendor.get_absolute_url()}certifications/new/"
    for role in Role:
        client.force_login(make_user(role))
        for path in (new, address(entry), address(entry, "remove/")):
            for response in (client.get(path), client.post(path, typed())):
                assert response.status_code == 403
                assert "can change its certifications" in response.content.decode()
    assert Certification.objects.get().removed_at is None


def test_strangers_sign_in_first(client, entry):
    assert client.get(address(entry)).url.startswith("/sign-in/?next=")


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/assessments/x/questionnaire/SEC/%23SEC-02", "/assessments/x/questionnaire/SEC/#SEC-02"),
        ("https://elsewhere.example/", None),
        ("//elsewhere.example/", None),
    ],
)
def test_adding_leads_back_to_where_it_was_asked_for(as_officer, vendor, wanted, leads_to):
    add = f"{vendor.get_absolute_url()}certifications/new/?next={wanted}"
    answer = as_officer.post(add, typed())
    assert answer.status_code == 302
    assert answer["Location"] == (leads_to or vendor.get_absolute_url())
