"""A change in the register warns where answers rest on it, and never changes an answer."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import answer_all, approved, make_assessment, make_user, small_framework
from vendors.models import Certification, Standing
from vendors.permissions import Role
from vendors.queries.certification_warnings import warnings_for
from vendors.services.certifications import (
    add_certification,
    change_standing,
    edit_certification,
    remove_certification,
)

pytestmark = pytest.mark.django_db
FAR = date(2099, 12, 31)


@pytest.fixture
def assessment():
    found = make_assessment(framework=small_framework())
    answer_all(found)
    return found


@pytest.fixture
def entry(assessment):
    """Stands behind one answer, which counts until its end."""
    entry = add_certification(
        entry=Certification(vendor=assessment.vendor, standard="ISO/IEC 27001", expires_on=FAR),
        by=assessment.owner,
    )
    row = assessment.answers.filter(is_answered=True).first()
    row.certifications.add(entry)
    assessment.answers.filter(pk=row.pk).update(valid_to=FAR, answered_at=timezone.now())
    return entry


def the_kinds(assessment):
    return [warning.kind for warning in warnings_for(assessment)]


def fall(entry, standing, by):
    change_standing(
        entry=entry,
        standing=standing,
        on=timezone.localdate() - timedelta(days=3),
        reason="The issuer's register says so.",
        version=entry.version,
        by=by,
    )


def test_what_stands_as_it_stood_warns_of_nothing(assessment, entry):
    assert the_kinds(assessment) == []
    assert warnings_for() == []


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.WITHDRAWN])
def test_a_fallen_entry_warns_with_its_day(assessment, entry, standing):
    answers = list(assessment.answers.values())
    fall(entry, standing, assessment.owner)
    (warning,) = warnings_for(assessment)
    assert (warning.kind, warning.day) == (standing, timezone.localdate() - timedelta(days=3))
    assert warning.is_gone
    assert list(assessment.answers.values()) == answers


def test_a_removed_entry_warns(assessment, entry):
    remove_certification(entry=entry, reason="Twice", version=0, by=assessment.owner)
    assert the_kinds(assessment) == ["removed"]


@pytest.mark.parametrize(("days", "kind"), [(-1, "ended"), (0, "changed"), (30, "changed")])
def test_an_earlier_end_warns(assessment, entry, days, kind):
    entry.expires_on = timezone.localdate() + timedelta(days=days)
    edit_certification(entry=entry, version=0, by=assessment.owner)
    assert the_kinds(assessment) == [kind]


def test_an_edit_after_the_answer_warns_until_it_is_answered_again(assessment, entry):
    entry.number = "IS 118205"
    edit_certification(entry=entry, version=0, by=assessment.owner)
    assert the_kinds(assessment) == ["edited"]
    assessment.answers.filter(is_answered=True).update(answered_at=timezone.now())
    assert the_kinds(assessment) == []


def test_an_end_within_ninety_days_is_named(assessment, entry):
    soon = timezone.localdate() + timedelta(days=90)
    Certification.objects.update(expires_on=soon)
    assessment.answers.update(valid_to=soon)
    assert the_kinds(assessment) == ["ending"]


def test_the_vendors_page_says_what_an_approved_result_rests_on(client, assessment, entry):
    result = approved(assessment)
    digest = result.digest
    fall(entry, Standing.WITHDRAWN, assessment.owner)
    client.force_login(make_user(Role.AUDITOR))
    page = client.get(assessment.vendor.get_absolute_url()).content.decode()
    assert "rests on a certificate:" in page
    assert "was withdrawn on" in page
    assert "As of today nothing in the register supports this answer" in page
    result.refresh_from_db()
    assert result.digest == digest


def test_the_question_says_it_to_readers_too(client, assessment, entry):
    fall(entry, Standing.SUSPENDED, assessment.owner)
    (warning,) = warnings_for(assessment)
    client.force_login(make_user(Role.MANAGER))
    url = reverse("vendors:questionnaire", args=[assessment.public_id, warning.category])
    page = client.get(url).content.decode()
    criterion = assessment.framework.rules.criterion(warning.code)
    expected = criterion.answer_type == "certification"
    assert ("was suspended on" in page) == expected


def test_it_takes_two_queries(assessment, entry, django_assert_num_queries):
    with django_assert_num_queries(2):
        warnings_for(assessment)
