"""The two walks through the whole app, as people do them, on both ways of running it."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import WIDE
from tests.factories import SHIPPED, WORKED
from tests.site import Site, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.services]

PEOPLE = {
    "procurement": "maya@sample.example",
    "manager": "adriana@sample.example",
    "auditor": "samuel@sample.example",
}
FACTORS = {
    "data_sensitivity": 2,
    "data_volume": 2,
    "service_criticality": 2,
    "hard_to_replace": 1,
    "labour_rights_risk": 2,
    "workforce_vulnerability": 2,
    "customer_contact": 2,
    "ai_autonomy": 1,
    "spend": 2,
}


@pytest.fixture(params=["embedded", "servers"])
def site(request: pytest.FixtureRequest, make_site) -> Site:
    """The app as `make demo` runs it, and as gunicorn, a worker, PostgreSQL and Redis run it."""
    if request.param == "embedded":
        site = make_site()
        site.manage("migrate", "--verbosity", "0")
        site.serve()
    else:
        site = make_site(
            database=request.getfixturevalue("postgres_database"),
            broker=request.getfixturevalue("redis_server").url,
        )
        site.manage("migrate", "--verbosity", "0")
        site.manage("collectstatic", "--noinput", "--verbosity", "0")
        site.web()
        site.worker("--beat", "--schedule", site.folder / "beat")
    site.manage("load_framework", WORKED / "worked-example-framework.yaml")
    return site


@pytest.fixture
def sign_in(chromium, site: Site):
    """A function that signs somebody in, in a browser window of their own."""
    passwords = {}
    for role, email in PEOPLE.items():
        out = site.manage("create_user", email, "--role", role).stdout
        passwords[role] = re.search(r"Password: (\S+)", out)[1]
    contexts = []

    def open_as(role: str) -> Page:
        context = chromium.new_context(
            viewport=WIDE, base_url=site.url, locale="en-GB", accept_downloads=True
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/")
        page.get_by_label("E-mail").fill(PEOPLE[role])
        page.get_by_label("Password", exact=True).fill(passwords[role])
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
        return page

    yield open_as
    for context in contexts:
        context.close()
