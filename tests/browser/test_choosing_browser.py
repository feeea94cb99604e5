"""Choosing vendors to compare in a real browser: ticked in lists, found by name, taken out."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import expect

from tests.conftest import NARROW
from tests.factories import PASSWORD, import_worked, make_user, make_vendor, small_framework
from vendors.permissions import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def worked(db):
    for role in Role:  # a flush after an earlier test took them
        Group.objects.get_or_create(name=role)
    small_framework()
    return {name: import_worked(name).vendor for name in ("Aurora", "Borealis", "Cinder")}


@pytest.fixture
def open_page(new_page):
    """A function that signs an auditor in and opens an address."""

    def open_it(address, **options):
        user, page = make_user(Role.AUDITOR), new_page(**options)
        page.goto(reverse("sign-in"))
        page.get_by_label("E-mail").fill(user.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile(r"/$"))
        page.goto(address)
        return page

    return open_it


def comparison_of(*vendors):
    address = reverse("scorecards:comparison")
    return address + "?" + "&".join(f"v={vendor.public_id}" for vendor in vendors)


def compared(page):
    """The vendors of the address."""
    return parse_qs(urlsplit(page.url).query)["v"]


def test_a_vendor_is_found_and_added_by_keyboard_with_the_weights_at_hand(
    open_page, worked, axe_faults
):
    page = open_page(comparison_of(worked["Aurora"], worked["Borealis"]))
    # what a slider does: the address changes, the page stays
    page.evaluate("history.replaceState(null, '', location.search + '&w_LAB=55')")
    page.get_by_text("Add a vendor").press("Enter")
    box = page.get_by_role("searchbox", name="Vendor to add")
    expect(box).to_be_focused()
    page.keyboard.type("nobody of this name")
    expect(page.locator("#found")).to_contain_text("No other vendor matches")
    box.fill("cind")
    expect(page.locator("#found a")).to_contain_text("Cinder")
    assert not axe_faults(page)
    page.keyboard.press("Enter")
    expect(page.locator("#found a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Compare 3 vendors")).to_be_visible()
    assert compared(page) == [str(vendor.public_id) for vendor in worked.values()]
    assert parse_qs(urlsplit(page.url).query)["w_LAB"] == ["55"]


def test_taking_one_out_keeps_the_weights_at_hand(open_page, worked):
    page = open_page(comparison_of(*worked.values()))
    page.evaluate("history.replaceState(null, '', location.search + '&w_LAB=55')")
    page.get_by_role("button", name="Take Borealis out").click()
    expect(page.get_by_role("heading", name="Compare 2 vendors")).to_be_visible()
    assert compared(page) == [str(worked[name].public_id) for name in ("Aurora", "Cinder")]
    assert parse_qs(urlsplit(page.url).query)["w_LAB"] == ["55"]


def test_escape_closes_the_search_and_gives_the_focus_back(open_page, worked):
    page = open_page(comparison_of(worked["Aurora"], worked["Borealis"]))
    summary = page.get_by_text("Add a vendor")
    summary.click()
    expect(page.get_by_role("searchbox", name="Vendor to add")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("searchbox", name="Vendor to add")).to_be_hidden()
    expect(page.locator("[data-adder] summary")).to_be_focused()


def test_without_a_script_the_same_search_loads_the_page(open_page, worked):
    page = open_page(
        comparison_of(worked["Aurora"], worked["Borealis"]) + "&profile=Balanced",
        java_script_enabled=False,
    )
    page.get_by_text("Add a vendor").click()
    page.get_by_role("searchbox", name="Vendor to add").fill("cind")
    page.get_by_role("button", name="Find", exact=True).click()
    page.locator("#found a").click()
    expect(page.get_by_role("heading", name="Compare 3 vendors")).to_be_visible()
    assert compared(page) == [str(vendor.public_id) for vendor in worked.values()]
    assert "profile=Balanced" in page.url


def test_two_to_ten_are_compared_and_not_eleven(open_page, worked):
    for number in range(8):
        make_vendor(name=f"Fresh {number}")
    page = open_page(reverse("vendors:vendor-list"))
    boxes, button = page.locator("[data-pick]"), page.get_by_role("button", name="Compare side")
    expect(boxes).to_have_count(11)
    for chosen in range(11):
        boxes.nth(chosen).check()
        if 2 <= chosen + 1 <= 10:
            expect(button).to_be_enabled()
        else:
            expect(button).to_be_disabled()
    boxes.nth(10).uncheck()
    button.click()
    expect(page.get_by_role("heading", name="Compare 10 vendors")).to_be_visible()
    expect(page.get_by_text("Add a vendor")).to_have_count(0)


def test_pages_to_choose_on_fit_a_small_screen(open_page, worked, axe_faults):
    page = open_page(reverse("scorecards:comparison"), viewport=NARROW)
    page.get_by_role("searchbox", name="Vendor to add").fill("a")
    expect(page.locator("#found a").first).to_be_visible()
    assert not axe_faults(page)
    page.goto(comparison_of(worked["Aurora"], worked["Borealis"]))
    page.get_by_text("Add a vendor").click()
    page.get_by_role("searchbox", name="Vendor to add").fill("cind")
    box = page.locator("#found a").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= NARROW["width"]
    page.goto(reverse("vendors:vendor-list"))
    page.get_by_text("More filters").click()
    assert not axe_faults(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
