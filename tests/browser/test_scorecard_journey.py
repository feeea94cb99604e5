"""A scorecard from asking to proving: asked for, left, found by the bell, taken, and checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scorecards.paper import pdf
from tests.browser.test_check_browser import drop, title
from tests.conftest import WIDE, require
from tests.factories import PASSWORD
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.services]

APPROVED = """
from tests import factories
framework = factories.small_framework()
person = factories.make_user("manager", email="adriana@sample.example", name="Adriana Sample")
owner = factories.make_user("procurement")
vendor = factories.make_vendor(name="Sample Contact Services", by=owner)
assessment = factories.make_assessment(vendor=vendor, framework=framework, owner=owner)
factories.answer_all(assessment)
factories.approved(assessment, by=factories.make_user("manager"))
print(assessment.get_absolute_url())
"""


@pytest.fixture
def site(make_site) -> Site:
    """The app as `make demo` runs it, with a worker and a key of its own."""
    require(not pdf.unavailable(), pdf.unavailable())
    site = make_site(ready=True)
    site.manage("make_signing_key", "--name", "Sample organisation")
    site.serve()
    return site


@pytest.fixture
def page(chromium, site: Site) -> Iterator[Page]:
    context = chromium.new_context(viewport=WIDE, base_url=site.url, accept_downloads=True)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def test_asked_left_found_taken_and_checked(site: Site, page: Page, tmp_path: Path) -> None:
    address = site.manage("shell", "-v", "0", "-c", APPROVED).stdout.split()[-1]
    page.goto(address)
    page.get_by_label("E-mail").fill("adriana@sample.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=re.compile("scorecard", re.IGNORECASE)).first.click()
    expect(page.get_by_role("heading", name=re.compile("Scorecard VET-"))).to_be_visible()
    left = page.url

    page.goto("/vendors/")
    bell = page.get_by_role("link", name=re.compile("^Notices"))
    expect(bell).to_have_attribute("aria-label", "Notices, 1 new notice", timeout=60_000)
    bell.click()
    page.get_by_role("link", name=re.compile("VET-")).first.click()
    assert page.url == left
    with page.expect_download() as downloading:
        page.get_by_role("link", name=re.compile("Download")).first.click()
    file = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(file)

    page.context.clear_cookies()
    page.goto("/check/")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    drop(page, file.name, file.read_bytes())
    assert title(page) == "Genuine and in force"
    assert "Sample Contact Services" in page.inner_text(".verdict")
    assert "Sample organisation" in page.inner_text(".verdict")
    changed = bytearray(file.read_bytes())
    changed[len(changed) // 3] ^= 1
    with page.expect_navigation():
        page.set_input_files(
            "#pdf", {"name": file.name, "mimeType": "application/pdf", "buffer": bytes(changed)}
        )
    assert title(page) == "The file was changed"

    assert "Genuine: VET-" in site.manage("verify", file).stdout
    file.write_bytes(changed)
    assert site.manage("verify", file, check=False).returncode > 0
