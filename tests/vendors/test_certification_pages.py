"""Adding, editing and removing entries of the certification register."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tests.factories import make_assessment, make_framework, make_user, make_vendor, small_framework
from vendors.models import AuditEvent, Certification, Standing
from vendors.permissions import Role
from vendors.services.certifications import (
    StaleCertification,
    add_certification,
    change_standing,
    edit_certification,
    verify_certification,
)
from vendors.services.refusals import Refused

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
    return add_certification(
        entry=Certification(vendor=vendor, standard="SOC 2", expires_on=date(2027, 1, 1)),
        by=officer,
    )


def address(entry, part=""):
    return f"/certifications/{entry.public_id}/{part}"


def typed(**fields):
    """What a browser sends."""
    names = ["standard", "level", "issuer", "number", "issued_on", "expires_on"]
    return dict.fromkeys(names, "") | {"standard": "SOC 2", "version": "0"} | fields


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
    page = as_officer.get(address(entry, "edit/")).content.decode()
    assert 'value="2027-01-01"' in page
    as_officer.post(address(entry, "edit/"), typed(expires_on="2028-01-01"))
    entry.refresh_from_db()
    assert (entry.expires_on, entry.version) == (date(2028, 1, 1), 1)
    event = AuditEvent.objects.get(action="certification.edit")
    assert event.before["expires_on"] == "2027-01-01"
    assert event.after["expires_on"] == "2028-01-01"
    assert event.after["entry"] == str(entry.public_id)


def test_saving_what_is_there_already_is_no_event(as_officer, entry):
    as_officer.post(address(entry, "edit/"), typed(expires_on="2027-01-01"))
    assert not AuditEvent.objects.filter(action="certification.edit").exists()


def test_a_refused_edit_leaves_what_is_stored(as_officer, entry):
    response = as_officer.post(address(entry, "edit/"), typed(standard="", expires_on="2029-01-01"))
    entry.refresh_from_db()
    assert response.status_code == 422
    assert (entry.standard, entry.expires_on) == ("SOC 2", date(2027, 1, 1))


def test_an_edit_upon_a_change_by_somebody_else_keeps_what_was_typed(as_officer, entry, officer):
    entry.number = "TCS-2026-1"
    edit_certification(entry=entry, version=0, by=officer)
    response = as_officer.post(address(entry, "edit/"), typed(expires_on="2028-01-01"))
    page = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else changed this entry meanwhile." in page
    assert "TCS-2026-1" in page
    assert 'value="2028-01-01"' in page
    entry.refresh_from_db()
    assert (entry.number, entry.expires_on) == ("TCS-2026-1", date(2027, 1, 1))
    assert 'name="version" value="1"' in page
    again = as_officer.post(address(entry, "edit/"), typed(expires_on="2028-01-01", version="1"))
    assert again.url == entry.get_absolute_url()
    entry.refresh_from_db()
    assert (entry.number, entry.expires_on, entry.version) == ("", date(2028, 1, 1), 2)


def test_removing_asks_first_and_says_how_many_answers_name_it(as_officer, entry, officer):
    assessment = make_assessment(vendor=entry.vendor, owner=officer, framework=small_framework())
    assessment.answers.first().certifications.add(entry)
    page = as_officer.get(address(entry, "remove/")).content.decode()
    assert "Remove SOC 2?" in page
    assert "One answer names it." in page
    assert Certification.objects.get().removed_at is None
    refused = as_officer.post(address(entry, "remove/"), {"version": "0", "reason": " "})
    assert refused.status_code == 422
    assert "Say why it leaves the register." in refused.content.decode()
    as_officer.post(address(entry, "remove/"), {"version": "0", "reason": "Entered twice"})
    assert Certification.objects.get().removed_at is not None
    assert AuditEvent.objects.get(action="certification.remove").reason == "Entered twice"
    page = as_officer.get(entry.vendor.get_absolute_url()).content.decode()
    assert "was removed from the register on" in page
    assert "No certifications recorded" in page
    assert as_officer.get(address(entry, "edit/")).status_code == 404
    page = as_officer.get(address(entry)).content.decode()
    assert "Removed from the register on" in page
    assert "Entered twice" in page
    assert address(entry, "edit/") not in page


@pytest.mark.parametrize("part", ["", "edit/", "verify/", "suspend/", "remove/"])
def test_an_unknown_entry_is_not_found(as_officer, part):
    assert as_officer.get(f"/certifications/{ABSENT}/{part}").status_code == 404


def test_only_who_works_on_the_vendor_changes_its_register(client, entry):
    new = f"{entry.vendor.get_absolute_url()}certifications/new/"
    parts = ("edit/", "suspend/", "withdraw/", "restore/", "remove/")
    for role in Role:
        client.force_login(make_user(role))
        for path in (new, *(address(entry, part) for part in parts)):
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


# --- verification, suspension, withdrawal -------------------------------------------------


@pytest.fixture
def checker():
    return make_user(Role.PROCUREMENT, name="Tomas Lindqvist")


@pytest.fixture
def verified(entry, checker):
    return verify_certification(
        entry=entry, where="https://register.example/TCS-2025-4", version=0, by=checker
    )


def test_somebody_else_verifies_and_says_where(client, entry, checker):
    client.force_login(checker)
    assert "Nobody has checked it yet." in client.get(address(entry)).content.decode()
    reply = client.post(
        address(entry, "verify/"), {"version": "0", "where": "Certificate seen"}, follow=True
    )
    page = reply.content.decode()
    assert "Checked by Tomas Lindqvist on" in page
    assert "Certificate seen" in page
    event = AuditEvent.objects.get(action="certification.verify")
    assert "verified_at" not in event.before
    assert event.after["verified_where"] == "Certificate seen"
    assert "Verified" in client.get(entry.vendor.get_absolute_url()).content.decode()


def test_who_added_it_does_not_verify_it(as_officer, entry, officer):
    assert as_officer.get(address(entry, "verify/")).status_code == 403
    assert address(entry, "verify/") not in as_officer.get(address(entry)).content.decode()
    with pytest.raises(Refused, match="does not verify"):
        verify_certification(entry=entry, where="Certificate seen", version=0, by=officer)


def test_a_verification_without_a_place_is_refused(client, entry, checker):
    client.force_login(checker)
    reply = client.post(address(entry, "verify/"), {"version": "0", "where": " "})
    assert reply.status_code == 422
    assert "Say where you checked it." in reply.content.decode()
    entry.refresh_from_db()
    assert entry.verified_at is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "TCS-2026-1"),
        ("issuer", "Another"),
        ("level", "Type I"),
        ("issued_on", date(2025, 1, 2)),
        ("expires_on", date(2028, 1, 1)),
    ],
)
def test_changing_what_was_checked_voids_the_verification(verified, officer, field, value):
    setattr(verified, field, value)
    edit_certification(entry=verified, version=1, by=officer)
    stored = Certification.objects.get()
    assert (stored.verified_at, stored.verified_by, stored.verified_where) == (None, None, "")
    event = AuditEvent.objects.get(action="certification.edit")
    assert "void" in event.reason
    assert "verified_at" in event.before
    assert "verified_at" not in event.after


def test_saving_the_same_keeps_the_verification(verified, officer):
    edit_certification(entry=verified, version=1, by=officer)
    assert Certification.objects.get().verified_at is not None


@pytest.mark.parametrize(("verb", "words"), [("suspend", "Suspended"), ("withdraw", "Withdrawn")])
def test_a_fallen_entry_says_so_and_comes_back(as_officer, entry, verb, words):
    today = timezone.localdate()
    fields = {"version": "0", "on": today.isoformat(), "reason": "The issuer's register says so."}
    page = as_officer.post(address(entry, f"{verb}/"), fields, follow=True).content.decode()
    assert words in page
    assert "The issuer&#x27;s register says so." in page
    assert words in as_officer.get(entry.vendor.get_absolute_url()).content.decode()
    assert entry not in Certification.objects.standing()
    event = AuditEvent.objects.get(action=f"certification.{verb}")
    assert (event.before["status"], event.after["status"]) == ("in_force", words.lower())
    assert event.after["status_on"] == today.isoformat()
    back = fields | {"version": "1", "reason": "Audit passed."}
    page = as_officer.post(address(entry, "restore/"), back, follow=True).content.decode()
    assert "In force" in page
    assert entry in Certification.objects.standing()
    assert AuditEvent.objects.get(action="certification.restore").reason == "Audit passed."


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"on": "2126-01-01"}, "is unusual"),
        ({"on": ""}, "Enter the day"),
        ({"reason": " "}, "Say why"),
    ],
)
def test_a_suspension_needs_a_day_that_has_come_and_a_reason(as_officer, entry, fields, fault):
    data = {"version": "0", "on": "2026-01-02", "reason": "Audit overdue"} | fields
    reply = as_officer.post(address(entry, "suspend/"), data)
    assert reply.status_code == 422
    assert fault in reply.content.decode()
    assert Certification.objects.get().is_in_force


def test_tomorrow_is_no_day_of_a_suspension(entry, officer):
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(Refused, match="lies ahead"):
        change_standing(
            entry=entry,
            standing=Standing.SUSPENDED,
            on=tomorrow,
            reason="Audit",
            version=0,
            by=officer,
        )


def test_a_suspension_upon_a_newer_version_is_refused(as_officer, verified):
    data = {"version": "0", "on": "2026-01-02", "reason": "Audit overdue"}
    reply = as_officer.post(address(verified, "suspend/"), data)
    assert reply.status_code == 409
    assert "Somebody changed this entry meanwhile." in reply.content.decode()
    assert "Audit overdue" in reply.content.decode()
    assert Certification.objects.get().is_in_force
    with pytest.raises(StaleCertification):
        edit_certification(entry=verified, version=0, by=verified.verified_by)


def test_a_withdrawn_entry_renews_nothing(vendor, officer, entry):
    later = add_certification(
        entry=Certification(vendor=vendor, standard="SOC 2", expires_on=date(2029, 1, 1)),
        by=officer,
    )
    assert list(Certification.objects.standing()) == [later]
    change_standing(
        entry=later,
        standing=Standing.WITHDRAWN,
        on=timezone.localdate(),
        reason="Withdrawn",
        version=0,
        by=officer,
    )
    assert list(Certification.objects.standing()) == [entry]


def test_the_page_of_an_entry(as_officer, verified, officer, django_assert_max_num_queries):
    assessment = make_assessment(vendor=verified.vendor, owner=officer, framework=small_framework())
    row = assessment.answers.first()
    row.certifications.add(verified)
    verified.number = "TCS-2026-1"
    edit_certification(entry=verified, version=1, by=officer)
    with django_assert_max_num_queries(14):
        page = as_officer.get(address(verified)).content.decode()
    assert page.count("<h1") == 1
    assert f"#{row.code}" in page
    assert "Number: nothing, now TCS-2026-1" in page
    assert page.index("Changed") < page.rindex("Verified")
    assert "No certificate is kept" in page
    add = f"{verified.vendor.get_absolute_url()}evidence/new/?certification={verified.pk}"
    assert add in page
    form = as_officer.get(add).content.decode()
    assert f'<option value="{verified.pk}" selected>' in form
    for part in ("edit/", "suspend/", "withdraw/", "remove/"):
        assert address(verified, part) in page
