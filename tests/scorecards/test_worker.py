"""A real worker process, on the embedded default and on PostgreSQL with Redis."""

import contextlib
import os
import re
import signal
import sqlite3
import time
from pathlib import Path

import psycopg2
import pytest

from scorecards.paper import pdf
from tests import services
from tests.conftest import require
from tests.site import wait_for

pytestmark = pytest.mark.services

ASK = """
from tests import factories
from scorecards.services import scorecards as services
framework = factories.make_framework()
for count in range({count}):
    assessment = factories.make_assessment(framework=framework)
    factories.answer_all(assessment)
    if count == 0:
        factories.approved(assessment)
    services.request_scorecard(assessment=assessment, by=assessment.owner)
"""


@pytest.fixture(params=["embedded", "servers"])
def site(request, make_site):
    require(not pdf.unavailable(), pdf.unavailable())
    options = {"DJANGO_SETTINGS_MODULE": "tests.scorecards.worker_settings"}
    if request.param == "servers":
        options["database"] = request.getfixturevalue("ready_database")
        options["broker"] = request.getfixturevalue("redis_server").url
    return make_site(ready=True, **options)


@contextlib.contextmanager
def database(site):
    """A cursor past the ORM; what it changes is kept."""
    address = site.environment["DATABASE_URL"]
    link = (
        psycopg2.connect(address) if address else sqlite3.connect(site.folder / "vetting.sqlite3")
    )
    with contextlib.closing(link):
        yield link.cursor()
        link.commit()


def rows(site):
    """State, attempts, file and number of each scorecard."""
    with database(site) as cursor:
        cursor.execute("SELECT state, attempts, file, number FROM scorecards_scorecard ORDER BY id")
        return cursor.fetchall()


def let_leases_end(site):
    """What three minutes of waiting would do."""
    with database(site) as cursor:
        cursor.execute(
            "UPDATE scorecards_scorecard SET lease_until = '2020-01-01 00:00:00+00:00'"
            " WHERE state = 'building'"
        )


def states(site):
    return [row[0] for row in rows(site)]


def files(site):
    folder = site.folder / "media" / "scorecards"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def ask(site, count):
    site.manage("shell", "-v", "0", "-c", ASK.format(count=count))


def await_ready(site, seconds=120):
    """Wait until all are ready; the sweeper runs now and then, as beat would run it."""
    deadline = time.monotonic() + seconds
    while set(states(site)) != {"ready"}:
        assert time.monotonic() < deadline, f"{rows(site)}\n{site.log()}"
        assert "failed" not in states(site), rows(site)
        time.sleep(2)
        site.manage("sweep")


def test_a_worker_killed_in_a_build_loses_nothing(site):
    ask(site, 3)
    worker = site.worker()
    wait_for(lambda: "building" in states(site), 60, site.log)
    site.kill(worker)
    assert "building" in states(site), "it was too quick to be killed in a build"
    let_leases_end(site)
    site.worker()
    await_ready(site)
    stored = rows(site)
    assert len(stored) == 3
    assert sorted(file.removeprefix("scorecards/") for _s, _a, file, _n in stored) == files(site)
    assert sum(attempts for _s, attempts, _f, _n in stored) == 4
    # One document has a number, and it has one only.
    assert [number for *_rest, number in stored if number] == [stored[0][3]]


@pytest.mark.parametrize("site", ["servers"], indirect=True)
def test_killed_again_and_again_it_is_still_built_once(site):
    ask(site, 1)
    for attempt in (1, 2):
        worker = site.worker()
        wait_for(lambda: rows(site)[0][1] == attempt, 60, site.log)  # noqa: B023
        assert states(site) == ["building"]
        site.kill(worker)
        let_leases_end(site)
    site.worker()
    await_ready(site)
    ((_state, attempts, file, _number),) = rows(site)
    assert attempts == 3
    assert files(site) == [file.removeprefix("scorecards/")]


def children(process):
    """The processes that a worker started, by their ids."""
    found = []
    for path in Path(f"/proc/{process.pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, path.read_text().split())
    return found


def test_a_child_that_is_killed_is_replaced_and_its_job_is_built(site):
    ask(site, 2)
    worker = site.worker()
    wait_for(lambda: "building" in states(site), 60, site.log)
    (first,) = children(worker)
    limits = Path(f"/proc/{first}/limits").read_text()
    assert re.search(rf"Max data size\s+{1024 * 2**20}\b", limits), limits
    os.kill(first, signal.SIGKILL)  # as the kernel does when memory runs out
    wait_for(lambda: first not in children(worker) and children(worker), 30, site.log)
    let_leases_end(site)
    await_ready(site)
    assert worker.poll() is None
    assert sum(attempts for _s, attempts, _f, _n in rows(site)) == 3


def test_a_database_that_restarts_in_a_build_stops_nobody(make_site):
    require(not pdf.unavailable(), pdf.unavailable())
    try:
        server = services.start_postgres()
    except services.MissingError as reason:
        require(found=False, reason=str(reason))
    try:
        site = make_site(
            database=services.new_database(server.url),
            DJANGO_SETTINGS_MODULE="tests.scorecards.worker_settings",
        )
        site.manage("migrate", "--verbosity", "0")
        ask(site, 2)
        worker = site.worker()
        wait_for(lambda: "building" in states(site), 60, site.log)
        server.kill()
        server.start()
        server.await_answer(lambda: services.query(server.url, "SELECT 1"))
        let_leases_end(site)
        await_ready(site)
        assert worker.poll() is None
    finally:
        server.stop()


WAKE = """
import time, uuid
from scorecards import waking
for _time in range({count}):
    began = time.monotonic()
    told = waking.wake_builder(uuid.uuid4())
    print(told, time.monotonic() - began)
"""


def wakings(site, count=2):
    """Whether each message went out, and in how many seconds."""
    out = site.manage("shell", "-v", "0", "-c", WAKE.format(count=count)).stdout
    return [(told == "True", float(took)) for told, took in map(str.split, out.splitlines())]


def test_asking_is_quick_whatever_the_broker_does(make_site, redis_server):
    site = make_site(broker=redis_server.url)
    assert all(told for told, _took in wakings(site))
    os.kill(redis_server.process.pid, signal.SIGSTOP)
    try:
        frozen = wakings(site)
    finally:
        os.kill(redis_server.process.pid, signal.SIGCONT)
    assert [told for told, _took in frozen] == [False, False]
    assert max(took for _told, took in frozen) < 3
    site.environment["CELERY_BROKER_URL"] = "redis://127.0.0.1:9/0"
    down = wakings(site)
    assert [told for told, _took in down] == [False, False]
    assert max(took for _told, took in down) < 0.3


def test_a_broker_that_is_down_delays_only(make_site):
    require(not pdf.unavailable(), pdf.unavailable())
    site = make_site(
        ready=True,
        broker="redis://127.0.0.1:9/0",
        DJANGO_SETTINGS_MODULE="tests.scorecards.worker_settings",
    )
    ask(site, 1)
    assert states(site) == ["queued"]
    site.environment["CELERY_BROKER_URL"] = ""
    site.worker()
    await_ready(site)


def test_a_queue_folder_that_is_gone_is_no_error(make_site):
    site = make_site(ready=True)
    messages = site.folder / "queue" / "messages"
    swap = f"import shutil; shutil.rmtree({str(messages)!r}); open({str(messages)!r}, 'w').close()"
    done = site.manage("shell", "-v", "0", "-c", swap + ASK.format(count=1))
    assert states(site) == ["queued"]
    assert "No worker could be woken" in done.stderr
