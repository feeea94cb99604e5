"""The side-by-side table in a real browser: heads that stay, rows that open and hide, small screens."""

import re
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.conftest import NARROW
from tests.factories import (
    PASSWORD,
    answer_all,
    make_assessment,
    make_framework,
    make_user,
    make_vendor,
)
from vendors.permissions import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOWN = "selector => [...document.querySelectorAll(selector)].filter(row => !row.hidden).length"
#: Vendor heads that lie whole within the part of the table that is seen.
HEADS = """() => {
  const frame = document.querySelector('.cmpwrap').getBoundingClientRect();
  return [...document.querySelectorAll('th[data-v]')].map(head => head.getBoundingClientRect())
    .filter(box => box.left >= frame.left - 1 && box.right <= frame.right + 1
      && box.top >= 0 && box.top < window.innerHeight).length;
}"""
#: To the last criterion: within the table where it scrolls by itself, else on the page.
TO_THE_END = """() => {
  const frame = document.querySelector('.cmpwrap');
  frame.scrollTop = frame.scrollHeight;
  const row = [...document.querySelectorAll('tr.crit:not([hidden])')].pop();
  (frame.scrollTop ? frame : row).scrollIntoView({block: 'center'});
}"""


@pytest.fixture
def framework():
    return make_framework()


@pytest.fixture
def open_table(new_page, framework):
    """A function that opens the comparison of so many vendors; the second has weaker evidence."""

    def open_it(count, query="", **options):
        vendors = []
        for number in range(count):
            assessment = make_assessment(
                vendor=make_vendor(name=f"Vendor {number}"), framework=framework
            )
            answer_all(assessment, "verified")
            vendors.append(assessment)
        codes = [item.code for item in framework.rules.category("LAB").criteria]
        vendors[1].answers.filter(code__in=codes[:4]).update(level="claimed")
        # scrolled at once, not smoothly: what is measured right after is where it ends
        user, page = make_user(Role.AUDITOR), new_page(reduced_motion="reduce", **options)
        page.goto(reverse("sign-in"))
        page.get_by_label("E-mail").fill(user.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile(r"/$"))
        ids = urlencode([("v", str(item.vendor.public_id)) for item in vendors])
        page.goto(f"{reverse('scorecards:comparison')}?{ids}{query}")
        return page

    return open_it


def shown(page, selector):
    return page.evaluate(SHOWN, selector)


def test_enter_opens_a_category_and_the_address_keeps_it(open_table, framework):
    page = open_table(2)
    row = page.locator("tr[data-c=LAB] .tog")
    row.focus()
    page.keyboard.press("Enter")
    count = len(framework.rules.category("LAB").criteria)
    assert shown(page, "tr.crit") == count
    assert row.get_attribute("aria-expanded") == "true"
    page.reload()
    assert shown(page, "tr.crit") == count
    page.get_by_role("button", name="Open all").click()
    assert shown(page, "tr.crit") == len(framework.rules.criteria)
    page.get_by_role("button", name="Close all").click()
    assert shown(page, "tr.crit") == 0
    assert "open=" not in page.url


def test_rows_that_hardly_differ_hide_at_once_and_after_a_reload(open_table, framework):
    page = open_table(2, "&open=LAB")
    switch, points = page.get_by_role("switch"), page.locator("#differ-by")
    count = len(framework.rules.categories)
    expect(points).to_have_value("10")
    switch.focus()
    page.keyboard.press("Space")
    assert shown(page, ".catrow") == 1
    assert shown(page, "tr.crit") == 4
    said = page.locator("#hiding")
    expect(said).to_contain_text(f"Hidden: {count - 1} of {count} categories")
    points.fill("99")
    assert shown(page, ".catrow") == 0
    assert page.url.endswith("differ=99")
    page.reload()
    assert shown(page, ".catrow") == 0
    expect(switch).to_be_checked()
    expect(said).to_contain_text(f"Hidden: {count} of {count} categories")
    switch.click()
    assert shown(page, ".catrow") == count
    assert "differ" not in page.url
    expect(said).to_be_hidden()


def test_without_a_script_the_field_and_the_buttons_load_the_page_again(open_table, framework):
    page = open_table(2, java_script_enabled=False)
    page.get_by_role("button", name="Open all").click()
    assert page.locator("tr.crit:not([hidden])").count() == len(framework.rules.criteria)
    page.locator("#differ-by").fill("10")
    page.locator(".differ").get_by_role("button", name="Show").click()
    assert page.locator(".catrow:not([hidden])").count() == 1
    assert page.locator("tr.crit:not([hidden])").count() == 4


@pytest.mark.parametrize(("count", "least"), [(2, 2), (10, 7)])
def test_heads_and_scores_stay_while_rows_pass(open_table, count, least):
    page = open_table(count, "&open=all")
    page.evaluate(TO_THE_END)
    assert page.evaluate(HEADS) >= least
    expect(page.locator("[data-total]").first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]


def test_two_vendors_and_more_stand_side_by_side_on_a_small_screen(open_table):
    page = open_table(4, "&open=LAB", viewport=NARROW)
    page.evaluate(TO_THE_END)
    assert page.evaluate(HEADS) >= 2
    page.locator(".cmpwrap").evaluate("frame => { frame.scrollLeft = 10000; }")
    assert page.evaluate(HEADS) >= 2
    name = page.locator("tr[data-c=LAB] .tog").bounding_box()
    assert 0 <= name["x"] < NARROW["width"] / 2
