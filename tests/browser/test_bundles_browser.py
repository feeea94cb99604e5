"""Fifty scorecards at once with one poison among them: asked for, left, found again, taken away."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from scorecards.paper import pdf
from tests.conftest import WIDE, require
from tests.factories import PASSWORD
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.services]

#: 49 vendors with an open assessment, one whose stored record is no longer the one that was hashed.
PORTFOLIO = """
from tests import factories
from scorecards.models import Scorecard
from scorecards.services.scorecards import request_scorecard
framework = factories.small_framework()
person = factories.make_user("manager", email="adriana@sample.example", name="Adriana Sample")
for count in range(1, 51):
    vendor = factories.make_vendor(name=f"Sample {count:02d}")
    assessment = factories.make_assessment(vendor=vendor, framework=framework, owner=person)
    if count == 7:
        factories.approved(assessment)
        row = request_scorecard(assessment=assessment, by=None, wakes=False)
        Scorecard.objects.filter(pk=row.pk).update(content=row.content.replace("Sample 07", "Other"))
"""


@pytest.fixture
def site(make_site) -> Site:
    """The app as `make demo` runs it, with a worker of its own."""
    require(not pdf.unavailable(), pdf.unavailable())
    site = make_site(ready=True)
    site.manage("shell", "-v", "0", "-c", PORTFOLIO)
    site.serve()
    return site


@pytest.fixture
def page(chromium, site: Site) -> Iterator[Page]:
    """A window in which the manager is signed in."""
    context = chromium.new_context(
        viewport=WIDE, base_url=site.url, locale="en-GB", accept_downloads=True
    )
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("E-mail").fill("adriana@sample.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    yield page
    context.close()


def test_fifty_with_one_poison(site: Site, page: Page, tmp_path: Path) -> None:
    page.goto("/vendors/?sort=name")
    page.get_by_role("link", name="Download scorecards").click()
    expect(page.get_by_text("50 scorecards, 49 of them drafts.")).to_be_visible()
    page.get_by_role("button", name="Prepare the ZIP").click()
    expect(page.get_by_role("heading", name="All vendors")).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d+ of 50, .*\d+ left"))).to_be_visible(timeout=30_000)
    address = page.url

    page.goto("/scorecards/")
    bell = page.get_by_role("link", name=re.compile("^Notices"))
    expect(bell).to_have_attribute("aria-label", "Notices, 1 new notice", timeout=240_000)
    bell.click()
    page.get_by_role("link", name="All vendors").click()
    assert page.url == address
    expect(page.get_by_text("The ZIP is ready")).to_be_visible(timeout=20_000)
    expect(page.get_by_text("49 scorecards,")).to_be_visible()
    expect(page.get_by_text("1 scorecard is missing")).to_be_visible()
    why = page.get_by_role("listitem").filter(has_text="Sample 07")
    expect(why).to_contain_text("The record does not match its SHA-256, so nothing is drawn")
    expect(bell).to_have_attribute("aria-label", "Notices", timeout=20_000)

    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download ZIP").click()
    file = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(file)
    assert file.suffix == ".zip"
    with zipfile.ZipFile(file) as archive:
        sums = dict(
            line.split("  ")[::-1] for line in archive.read("SHA256SUMS").decode().split("\n")[:-1]
        )
        assert len(sums) == 50
        for name, sha256 in sums.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == sha256, name
        said = json.loads(archive.read("manifest.json"))
    assert [row["vendor"] for row in said["failures"]] == ["Sample 07"]
    assert len(said["documents"]) == 49
    assert all(row["standing"] == "draft" for row in said["documents"])
