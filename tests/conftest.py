"""Fixtures for the whole suite: no way out of this machine, real servers, a real browser."""

import fcntl
import ipaddress
import os
import shutil
import socket

import hypothesis
import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import TransactionTestCase

from tests import services
from tests.site import Site
from vendors import triggers
from vendors.permissions import Role

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
#: A new installation's first steps, in one process.
MAKE_READY = """
from django.core.management import call_command
from vetting.staticfiles import collect_if_stale
call_command("migrate", verbosity=0)
collect_if_stale()
"""
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex
_teardown = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def chromium_binary():
    """The machine's Chromium; its shell comes first, which draws no window of its own."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    return next(filter(None, map(shutil.which, names)), None)


def require(found, reason):
    """Skip with a visible reason where this machine lacks something; fail where CI does."""
    if not found:
        if os.environ.get("CI", "").casefold() == "true":
            pytest.fail(f"CI must have it: {reason}")
        pytest.skip(reason)
    return found


def _refuse_far_away(link, address):
    if link.family in {socket.AF_INET, socket.AF_INET6}:
        host = str(address[0]).partition("%")[0]
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            raise RuntimeError(f"A test tried to reach {host}; only this machine may be reached.")


def _guarded_connect(link, address):
    _refuse_far_away(link, address)
    return _connect(link, address)


def _guarded_connect_ex(link, address):
    _refuse_far_away(link, address)
    return _connect_ex(link, address)


def _empty_tables(case):
    """Empty the tables after a transactional test: the one time that append-only rows may go.

    The roles come back, for whatever test comes next: processes take tests from each other.
    """
    triggers.drop(connection)
    try:
        _teardown(case)
        Group.objects.bulk_create(Group(name=role) for role in Role)
    finally:
        triggers.install(connection)


def pytest_configure():
    """Close the way out before any test or fixture runs; no test fails for being slow."""
    hypothesis.settings.register_profile("suite", deadline=None)
    hypothesis.settings.load_profile("suite")
    socket.socket.connect = _guarded_connect
    socket.socket.connect_ex = _guarded_connect_ex
    TransactionTestCase._fixture_teardown = _empty_tables


def pytest_collection_modifyitems(config, items):
    """On PostgreSQL repeat what asks the database; the rest is counted as deselected."""
    if os.environ.get("TEST_ON") != "postgresql":
        return
    left = [item for item in items if not _is_repeated(item)]
    items[:] = [item for item in items if _is_repeated(item)]
    config.hook.pytest_deselected(items=left)


def _is_repeated(item):
    """Whether it asks the database. `make proof` visits the table of access on PostgreSQL."""
    asking = {"db", "transactional_db", "live_server", "postgres_database"}
    is_asking = item.get_closest_marker("django_db") or asking & set(item.fixturenames)
    is_chosen = "tests/access" in item.config.args
    return bool(is_asking) and ("access" not in item.path.parts or is_chosen)


def pytest_unconfigure():
    socket.socket.connect = _connect
    socket.socket.connect_ex = _connect_ex
    TransactionTestCase._fixture_teardown = _teardown


@pytest.fixture(autouse=True)
def media_folder(settings, tmp_path):
    """Files that a test stores go with the test."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="session")
def postgres_server():
    """A private PostgreSQL for this run; `.url` names a database, `.kill()` crashes it."""
    try:
        server = services.start_postgres()
    except services.MissingError as missing:
        require(None, str(missing))
    yield server
    server.stop()


@pytest.fixture
def postgres_database(postgres_server):
    """The address of an empty PostgreSQL database of this test alone."""
    return services.new_database(postgres_server.url)


@pytest.fixture(scope="session")
def migrated_database(postgres_server, ready_folder):
    """The name of a migrated PostgreSQL database that others are copies of."""
    address = services.new_database(postgres_server.url)
    Site(ready_folder, database=address).manage("migrate", "--verbosity", "0")
    return address.rpartition("/")[2]


@pytest.fixture
def ready_database(postgres_server, migrated_database):
    """The address of a migrated PostgreSQL database of this test alone."""
    return services.new_database(postgres_server.url, migrated_database)


@pytest.fixture
def redis_server():
    """A private Redis of this test alone; `.url` is its address with the password."""
    try:
        server = services.start_redis()
    except services.MissingError as missing:
        require(None, str(missing))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def ready_folder(tmp_path_factory):
    """The data folder of an installation on the embedded default: migrated, static collected.

    The processes of a run share one: the first that comes makes it, the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "ready"
    made = folder.with_suffix(".made")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            folder.mkdir()
            Site(folder).manage("shell", "--verbosity", "0", "--command", MAKE_READY)
            made.touch()
    return folder


@pytest.fixture
def make_site(tmp_path, request):
    """A function that makes a whole installation on the embedded default or on given servers.

    With `ready=True` its static files are there, and its tables on the embedded default; on
    PostgreSQL give it `ready_database`.
    """
    made = []

    def make(*, ready=False, **options):
        folder = tmp_path / f"site-{len(made)}"
        if ready:
            shutil.copytree(request.getfixturevalue("ready_folder"), folder)
        else:
            folder.mkdir()
        made.append(Site(folder, **options))
        return made[-1]

    yield make
    for site in made:
        site.close()


@pytest.fixture(scope="session")
def chromium():
    """The machine's Chromium, started once."""
    binary = require(chromium_binary(), "no Chromium: apt-get install chromium-headless-shell")
    from playwright.sync_api import expect, sync_playwright

    # A machine that runs all tests at once answers late; what is expected is waited for.
    expect.set_options(timeout=15_000)
    # Playwright keeps an event loop in this thread, at which Django would refuse the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=binary, headless=True, args=CHROMIUM_ARGUMENTS
        )
        yield browser
        browser.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture
def new_page(chromium, live_server):
    """A function that opens a browser page on the live server.

    After the test, anything that the content policy refused and any script error fails it.
    """
    contexts, faults = [], []

    def listen(page):
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                faults.append(f"{page.url}: {message.text}")
                if message.type == "error" and "Failed to load resource" not in message.text
                else None
            ),
        )

    def open_page(**options):
        options.setdefault("viewport", WIDE)
        options.setdefault("base_url", live_server.url)
        options.setdefault("locale", "en-GB")
        context = chromium.new_context(**options)
        context.set_default_timeout(15_000)
        context.on("page", listen)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(new_page):
    """One wide, light page on the live server."""
    return new_page()


@pytest.fixture(scope="session")
def axe_faults():
    """A function that runs axe on a page and returns its faults by WCAG 2.2 AA, one a line."""
    from axe_playwright_python.base import AXE_SCRIPT
    from axe_playwright_python.sync_playwright import Axe

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

    def run(page, only=""):
        asked = {"type": "rule", "values": [only]} if only else {"type": "tag", "values": tags}
        # What holds is not listed, no frames are looked for: less to do, the same faults.
        quick = {"resultTypes": ["violations"], "preload": False, "iframes": False}
        # A document keeps the script of an earlier look.
        script = "0" if page.evaluate("'axe' in window") else AXE_SCRIPT
        found = Axe(script).run(page, options={"runOnly": asked, **quick})
        return [
            f"{fault['id']}: {node['target']} {node['failureSummary']}"
            for fault in found.response["violations"]
            for node in fault["nodes"]
        ]

    return run
