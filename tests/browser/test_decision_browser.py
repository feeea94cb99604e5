"""The decision panel in a real browser: what it asks for, what it says before it decides."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.conftest import NARROW
from tests.factories import (
    PASSWORD,
    answer_all,
    make_assessment,
    make_user,
    reviewed,
    small_framework,
)
from vendors.models import Finding, Waiver
from vendors.permissions import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def manager():
    for role in Role:  # a flush after an earlier test took them
        Group.objects.get_or_create(name=role)
    return make_user(Role.MANAGER, name="Adriana Ferreira")


@pytest.fixture
def failing(manager):
    """Waits for approval; L1 fails."""
    owner = make_user(name="Maya Okafor")
    assessment = make_assessment(owner=owner, framework=small_framework())
    answer_all(assessment)
    assessment.answers.filter(code="L1").update(value="no")
    return reviewed(assessment, by=make_user(name="Tomas Lindqvist"))


@pytest.fixture
def open_decision(new_page, manager, failing):
    """A function that signs the manager in and opens the page."""

    def open_page(**options):
        page = new_page(**options)
        page.goto(reverse("sign-in"))
        page.get_by_label("E-mail").fill(manager.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile(r"/$"))
        page.goto(failing.get_absolute_url())
        return page

    return open_page


def day(count):
    return (timezone.localdate() + timedelta(days=count)).isoformat()


def test_a_waiver_and_two_conditions_are_counted_and_decided(open_decision, failing):
    page = open_decision()
    panel = page.locator("#decision")
    waiver = panel.get_by_role("group", name="Waive L1")
    expect(waiver).to_be_hidden()
    panel.get_by_label("Approve with conditions").check()
    expect(waiver).to_be_visible()
    waiver.get_by_label("Reason").fill("The audit is booked")
    waiver.get_by_label("Ends on").fill(day(100))
    waiver.get_by_label("What will be done").fill("Audit the second site")
    waiver.get_by_label("Seen to by").select_option(label="Maya Okafor")
    waiver.get_by_label("Done by").fill(day(60))
    expect(panel.locator("[data-row]")).to_have_count(1)
    panel.get_by_role("button", name="Add a condition").click()
    for number, title in ((1, "A second exit"), (2, "Name a successor")):
        row = panel.get_by_role("group", name=f"Condition {number}")
        row.get_by_label("Condition*").fill(title)
        row.get_by_label("Severity").select_option("minor")
        row.get_by_label("Seen to by").select_option(label="Tomas Lindqvist")
        row.get_by_label("Due on").fill(day(90))
    panel.get_by_label("I have no conflict of interest").check()
    panel.get_by_role("button", name="Decide").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Conditions: 2. Waived must-haves: 1.")
    dialog.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("heading", name="Decision")).to_be_visible()
    expect(page.locator("main")).to_contain_text("L1 is waived until")
    failing.refresh_from_db()
    assert failing.state == "approved_with_conditions"
    assert (Finding.objects.count(), Waiver.objects.count()) == (3, 1)


def test_without_javascript_it_is_decided_too_and_on_a_narrow_screen(open_decision, failing):
    page = open_decision(java_script_enabled=False, viewport=NARROW)
    panel = page.locator("#decision")
    expect(panel.get_by_role("group", name="Waive L1")).to_be_visible()
    panel.get_by_label("Reject").check()
    panel.get_by_label("Reason, or note").fill("Wages are too low")
    panel.get_by_label("I have no conflict of interest").check()
    panel.get_by_role("button", name="Decide").click()
    expect(page.locator("main")).to_contain_text("Wages are too low")
    failing.refresh_from_db()
    assert failing.state == "rejected"
