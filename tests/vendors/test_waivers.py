"""Waivers, said wherever a score of their assessment is shown."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from scorecards.services import scorecards as services
from tests.factories import make_user, make_vendor, small_framework
from tests.scorecards.deciding import rejected, waiting, waived
from vendors.models import Certification
from vendors.permissions import Role
from vendors.queries.waivers import waived_among, waivers_of
from vendors.services.approvals import approve_assessment

pytestmark = pytest.mark.django_db


@pytest.fixture
def small():
    return small_framework()


@pytest.fixture
def auditor(client):
    user = make_user(Role.AUDITOR)
    client.force_login(user)
    return user


def day_text(days):
    day = timezone.localdate() + timedelta(days=days)
    return f"{day.day} {day:%b %Y}"


def ended(assessment):
    """Let the waiver end yesterday."""
    assessment.waivers.update(ends_on=timezone.localdate() - timedelta(days=1))


def test_waivers_of_several_assessments_take_one_query(small, django_assert_num_queries):
    one, other = waived(framework=small), waived(framework=small)
    plain = waiting(small)
    ended(other)
    with django_assert_num_queries(1):
        found = waivers_of([one, other, plain])
    assert set(found) == {one.pk, other.pk}
    (line,) = found[one.pk]
    assert (line.code, line.is_over) == (small.rules.must_haves[0].code, False)
    assert line.action == one.findings.get().label
    assert found[other.pk][0].is_over is True
    with django_assert_num_queries(0):
        assert waivers_of([]) == {}


def test_the_last_day_still_counts(small):
    assessment = waived(framework=small)
    assessment.waivers.update(ends_on=timezone.localdate())
    assert waivers_of([assessment])[assessment.pk][0].is_over is False


def test_nothing_is_asked_where_no_gate_fails(small, django_assert_num_queries):
    assessment = waiting(small)
    result = approve_assessment(assessment=assessment, by=make_user(Role.MANAGER))
    with django_assert_num_queries(0):
        assert waived_among([result]) == {}


@pytest.fixture
def shown_at(client, small, auditor):
    """An assessment with a waiver, and every page that shows its score."""
    assessment = waived(framework=small)
    other = make_vendor(name="Somebody else")
    approve_assessment(assessment=waiting(small, vendor=other), by=make_user(Role.MANAGER))
    scorecard = services.request_scorecard(assessment=assessment, by=None, wakes=False)
    vendor = assessment.vendor
    pages = {
        "vendor list": reverse("vendors:vendor-list"),
        "vendor": vendor.get_absolute_url(),
        "assessment": assessment.get_absolute_url(),
        "comparison": f"{reverse('scorecards:comparison')}?v={vendor.public_id}&v={other.public_id}",
        "register": reverse("scorecards:scorecard-list"),
        "scorecard": scorecard.get_absolute_url(),
    }
    return assessment, pages


def test_every_page_with_the_score_says_until_when(client, shown_at):
    assessment, pages = shown_at
    code = assessment.waivers.get().code
    for name, address in pages.items():
        text = client.get(address).content.decode()
        assert f"{code} waived until {day_text(120)}" in text, name
        assert "Not eligible" in text, name


def test_every_page_says_when_it_is_over(client, shown_at):
    assessment, pages = shown_at
    ended(assessment)
    code = assessment.waivers.get().code
    for name, address in pages.items():
        text = client.get(address).content.decode()
        assert f"Waiver of {code} ended {day_text(-1)}" in text, name
        assert f"{code} waived until" not in text, name


def test_a_waived_vendor_is_listed_but_never_ranked(client, shown_at):
    assessment, pages = shown_at
    response = client.get(pages["comparison"])
    column = next(
        item
        for item in response.context["table"].columns
        if item.entry.vendor.pk == assessment.vendor_id
    )
    assert column.rank is None
    (out,) = response.context["table"].summary.out
    assert "is not ranked: a must-have fails." in out.text
    assert out.waivers[0].code == assessment.waivers.get().code


def test_a_withdrawn_certification_says_so_in_the_comparison(client, shown_at):
    assessment, pages = shown_at
    today = timezone.localdate()
    Certification.objects.create(
        vendor=assessment.vendor,
        standard="SOC 2",
        expires_on=today + timedelta(days=300),
        status="suspended",
        status_on=today,
        status_at=timezone.now(),
        status_reason="The issuer says so.",
    )
    text = client.get(pages["comparison"]).content.decode()
    assert "Suspended" in text
    assert f"since {day_text(0)}" in text


def test_the_history_says_what_became_of_each(client, small, auditor):
    vendor = make_vendor(name="Skerry")
    waived(vendor=vendor, framework=small)
    approve_assessment(
        assessment=waiting(small, vendor=vendor), by=make_user(Role.MANAGER, name="Ada Quist")
    )
    rejected(vendor=vendor, framework=small)
    text = client.get(vendor.get_absolute_url()).content.decode()
    assert "Approved by Ada Quist on" in text
    assert "Superseded on" in text
    assert "Rejected by Adriana Ferreira on" in text


def test_the_change_is_taken_from_the_last_approval_not_from_a_rejection(client, small, auditor):
    vendor = make_vendor(name="Skerry")
    for made in (waived, rejected):
        made(vendor=vendor, framework=small)
    approve_assessment(assessment=waiting(small, vendor=vendor), by=make_user(Role.MANAGER))
    rating = client.get(vendor.get_absolute_url()).context["page"].rating
    assert rating.last.assessment.approved_at is not None


def test_a_superseded_scorecard_names_what_came_after(client, small, auditor):
    vendor = make_vendor(name="Skerry")
    first = waived(vendor=vendor, framework=small)
    scorecard = services.request_scorecard(assessment=first, by=None, wakes=False)
    second = waiting(small, vendor=vendor)
    approve_assessment(assessment=second, by=make_user(Role.MANAGER))
    text = client.get(scorecard.get_absolute_url()).content.decode()
    assert f"Superseded by {second.title} on {day_text(0)}." in text
    assert f'href="{second.get_absolute_url()}"' in text
