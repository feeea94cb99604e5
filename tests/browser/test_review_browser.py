"""A whole review in a real browser by keyboard alone, and the page at the edges."""

import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import expect

from tests.conftest import NARROW
from tests.factories import (
    PASSWORD,
    answer_all,
    approved,
    make_assessment,
    make_user,
    small_framework,
    submitted,
)
from vendors.models import Answer
from vendors.permissions import Role
from vendors.services.reviews import take_review

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reviewer():
    for role in Role:  # a flush after an earlier test took them
        Group.objects.get_or_create(name=role)
    return make_user(name="Maya Okafor")


@pytest.fixture
def assessment(reviewer):
    """Submitted a second time: two answers differ from the approved ones."""
    owner = make_user(name="Paula Rincon")
    earlier = make_assessment(owner=owner, framework=small_framework())
    answer_all(earlier, "documented")
    approved(earlier, make_user(Role.MANAGER))
    now = make_assessment(vendor=earlier.vendor, owner=owner, framework=small_framework())
    answer_all(now, "documented")
    now.answers.update(level="", rating=None, decided_at=None)
    Answer.objects.filter(assessment=now, code="L2").update(value="92")
    Answer.objects.filter(assessment=now, code="L3").update(comment="Overtime counted anew")
    return submitted(now)


@pytest.fixture
def open_review(new_page):
    """A function that signs somebody in and opens the review."""

    def open_page(user, assessment, query="", **options):
        page = new_page(**options)
        page.goto(reverse("sign-in"))
        page.get_by_label("E-mail").fill(user.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile(r"/$"))
        page.goto(reverse("vendors:assessment-review", args=[assessment.public_id]) + query)
        return page

    return open_page


def stored(assessment, code):
    return Answer.objects.get(assessment=assessment, code=code)


def opened(page, code):
    expect(page.locator("#answer .code")).to_have_text(code)
    # the text is there before the script that hears the keys
    page.wait_for_load_state()


def test_a_whole_review_by_keyboard_alone(open_review, reviewer, assessment):
    page = open_review(reviewer, assessment)
    page.locator("#id_declared").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    opened(page, "L2")  # the changed ones come first
    page.keyboard.press("j")
    opened(page, "L3")
    page.keyboard.press("k")
    opened(page, "L2")
    page.keyboard.press("v")
    expect(page.locator("#effect")).to_contain_text("Verified needs a line on how you checked.")
    page.keyboard.press("m")
    page.keyboard.type("Payroll of May and June, jkar")
    page.keyboard.press("Control+Enter")
    opened(page, "L3")
    assert stored(assessment, "L2").level == "verified"
    assert stored(assessment, "L2").remark == "Payroll of May and June, jkar"
    page.keyboard.press("r")
    expect(page.locator("#id_remark")).to_be_focused()
    page.keyboard.type("Which month?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Send 1 answer back")).to_be_visible()
    page.wait_for_load_state()
    assert stored(assessment, "L3").return_remark == "Which month?"
    for left in range(6, 0, -1):  # the others are unchanged
        expect(page.get_by_text(f"{left} to decide")).to_be_visible()
        page.wait_for_load_state()
        page.keyboard.press("c")
        page.keyboard.press("a")
    expect(page.get_by_text("0 to decide")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("f")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 answer is sent back.")).to_be_visible()
    assessment.refresh_from_db()
    assert assessment.is_in_clarification


def test_a_review_ends_with_a_key(open_review, reviewer, assessment):
    take_review(assessment=assessment, by=reviewer)
    page = open_review(reviewer, assessment)
    left = len(assessment.framework.rules.asked(assessment.tier))
    for number in range(left):
        expect(page.get_by_text(f"{left - number} to decide")).to_be_visible()
        page.wait_for_load_state()
        page.keyboard.press("c")
        page.keyboard.press("a")
    expect(page.get_by_text("0 to decide")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("f")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Review finished. It waits for approval.")).to_be_visible()


def test_unchanged_ones_are_accepted_after_a_question(open_review, reviewer, assessment):
    take_review(assessment=assessment, by=reviewer)
    page = open_review(reviewer, assessment)
    page.get_by_text("Accept 6 unchanged", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("must-have")
    expect(dialog.get_by_role("button", name="Look through them first")).to_be_focused()
    dialog.get_by_role("button", name="Accept 6 answers").click()
    expect(page.get_by_text("2 to decide")).to_be_visible()


def test_the_effect_follows_the_choice(open_review, reviewer, assessment):
    take_review(assessment=assessment, by=reviewer)
    page = open_review(reviewer, assessment, "?code=L1&show=all")
    expect(page.locator("#effect")).to_contain_text("L1 from 50 to 80")
    page.locator("label", has=page.locator("input[value=rejected]")).click()
    expect(page.locator("#effect")).to_contain_text("L1 from 50 to 0")
    expect(page.locator("#effect")).to_contain_text("The must-have fails then")
    page.locator("#id_remark").fill("Pay slips differ")
    expect(page.locator("#id_remark")).to_have_value("Pay slips differ")


def test_a_typed_remark_is_not_lost_without_a_question(open_review, reviewer, assessment):
    take_review(assessment=assessment, by=reviewer)
    page = open_review(reviewer, assessment)
    page.locator("#id_remark").fill("Half a thought")
    asked = []

    def stay(dialog):
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    opened(page, "L2")
    expect(page.locator("#id_remark")).to_have_value("Half a thought")
    page.keyboard.press("c")
    page.keyboard.press("a")
    opened(page, "L3")
    assert stored(assessment, "L2").remark == "Half a thought"


def test_without_a_script(open_review, reviewer, assessment):
    page = open_review(reviewer, assessment, java_script_enabled=False)
    page.get_by_label("I declare no conflict of interest").check()
    page.get_by_role("button", name="Take the review").click()
    page.locator("#id_level_2").check()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Verified needs a line on how you checked.")
    expect(page.locator("#id_level_2")).to_be_checked()
    page.locator("#id_remark").fill("Seen on site")
    page.get_by_role("button", name="Accept", exact=True).click()
    opened(page, "L3")
    assert stored(assessment, "L2").level == "verified"
    page.locator("#id_remark").fill("Which month?")
    page.get_by_role("button", name="Return with comment").click()
    expect(page.get_by_role("button", name="Send 1 answer back")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_holds_when_narrow_and_is_accessible(
    open_review, reviewer, assessment, axe_faults, theme
):
    take_review(assessment=assessment, by=reviewer)
    page = open_review(reviewer, assessment, viewport=NARROW, color_scheme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert axe_faults(page) == []
    page.goto(reverse("vendors:review-list"))
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert axe_faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible_when_wide(open_review, reviewer, assessment, axe_faults, theme):
    page = open_review(reviewer, assessment, color_scheme=theme)
    assert axe_faults(page) == []
    take_review(assessment=assessment, by=reviewer)
    page.reload()
    assert axe_faults(page) == []
    page.get_by_text("Accept 6 unchanged", exact=True).click()
    assert axe_faults(page) == []
