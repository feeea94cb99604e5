"""One vendor's page, archiving and restoring, and who may do what."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    answer_all,
    approved,
    import_worked,
    make_assessment,
    make_user,
    make_vendor,
    small_framework,
)
from vendors.models import AssessmentResult, Certification, Severity, Site, Source, Vendor
from vendors.permissions import Role
from vendors.services.certifications import add_certification
from vendors.services.findings import raise_finding

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
    return add_certification(
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
    as_officer, officer, manager, small, monkeypatch
):
    assessment = make_assessment(owner=officer, framework=small)
    answer_all(assessment)
    assessment.answers.update(level_valid_to=timezone.localdate() + timedelta(days=5))
    result = approved(assessment, by=manager)
    address = assessment.vendor.get_absolute_url()
    assert as_officer.get(address).context["page"].rating.today is None
    later = timezone.localdate() + timedelta(days=10)
    monkeypatch.setattr(timezone, "localdate", lambda *_args: later)
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
    for control in ("/edit/", "/archive/", "certifications/new/", "assessments/new/"):
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
        finding_of(vendor, officer)
        helper = make_user(Role.PROCUREMENT)
        client.force_login(helper)
        with django_assert_max_num_queries(21) as asked:
            client.get(vendor.get_absolute_url())
        sizes.append(len(asked))
    assert sizes == [sizes[0]] * 3
    make_assessment(vendor=vendor, owner=officer, framework=small)
    with django_assert_max_num_queries(21):
        client.get(vendor.get_absolute_url())


def finding_of(vendor, officer, **fields):
    fields.setdefault("title", "Two transport firms are missing")
    return raise_finding(
        vendor=vendor,
        severity=Severity.MAJOR,
        source=Source.HAND,
        owner=officer,
        by=officer,
        **fields,
    )


def test_open_findings_are_listed_with_their_due_date(client, officer):
    vendor = make_vendor(by=officer)
    finding = finding_of(vendor, officer, due_on=timezone.localdate() + timedelta(days=3))
    finding_of(make_vendor(by=officer), officer, title="Of another vendor")
    client.force_login(officer)
    text = client.get(vendor.get_absolute_url()).content.decode()
    assert finding.get_absolute_url() in text
    assert "Two transport firms are missing" in text
    assert "Of another vendor" not in text
    assert f"/findings/new/?vendor={vendor.public_id}" in text
    client.force_login(make_user(Role.AUDITOR))
    text = client.get(vendor.get_absolute_url()).content.decode()
    assert "Two transport firms are missing" in text
    assert "/findings/new/" not in text
    other = client.get(make_vendor(by=officer).get_absolute_url()).content.decode()
    assert "None is open." in other


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
