"""`manage.py serve`: web and worker together, stopped together, restarted when they die."""

import os
import signal
import socket
import urllib.request
from pathlib import Path

import pytest

from tests.site import wait_for

pytestmark = pytest.mark.services


@pytest.fixture
def site(make_site):
    return make_site(ready=True)


def children_of(process):
    """Return the ids and command lines of the direct children that still run."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            command = (entry / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        if parent == process.pid and command:
            found[int(entry.name)] = command
    return found


def running_in(groups):
    """Return the ids of processes of these groups that still run; zombies do not."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, _parent, group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(group) in groups and state != "Z":
            found.add(int(entry.name))
    return found


def child(process, word):
    return next((pid for pid, command in children_of(process).items() if word in command), None)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_answers_and_stops_both_at_a_signal(site, number):
    process = site.serve()
    wait_for(lambda: site.url in site.log(), explain=site.log)
    groups = list(children_of(process))
    assert len(groups) == 2
    process.send_signal(number)
    assert process.wait(30) == 0
    # killed orphans stay as zombies until the machine's first process takes note of them
    wait_for(lambda: not running_in(groups), 5)
    assert site.health() == 0


def test_what_dies_is_started_again(site):
    process = site.serve()
    wait_for(lambda: site.url in site.log(), explain=site.log)
    for word in ("celery", "gunicorn"):
        before = child(process, word)
        os.kill(before, signal.SIGKILL)
        wait_for(lambda word=word, before=before: child(process, word) not in {None, before})
    wait_for(lambda: site.health() == 200, explain=site.log)
    assert site.log().count("is started again") == 2


def test_the_children_end_when_it_is_killed(site):
    process = site.serve()
    wait_for(lambda: site.url in site.log(), explain=site.log)
    groups = list(children_of(process))
    os.kill(process.pid, signal.SIGKILL)

    def are_gone():
        return not any(Path(f"/proc/{group}").exists() for group in groups)

    wait_for(are_gone, explain=site.log)


def test_a_taken_port_is_said_plainly(site):
    with socket.socket() as other:
        other.bind(("127.0.0.1", site.port))
        other.listen()
        ended = site.manage("serve", "--port", site.port, check=False)
    assert ended.returncode == 1
    assert f"Port {site.port}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_database_without_tables_is_said_plainly(make_site):
    ended = make_site().manage("serve", check=False)
    assert ended.returncode == 1
    assert "manage.py migrate" in ended.stderr


def test_demo_users_stay_on_this_machine(site):
    site.manage(
        "shell",
        "--verbosity",
        "0",
        "--command",
        "from django.contrib.auth import get_user_model as m;"
        "m().objects.create_user('demo@example.org', name='Demo', is_demo=True)",
    )
    ended = site.manage("serve", "--host", "192.0.2.1", "--port", site.port, check=False)
    assert ended.returncode == 1
    assert "demo users" in ended.stderr


def test_static_files_are_served_compressed_and_collected_once(site):
    process = site.serve()
    collected = site.folder / "static" / ".collected"
    first = collected.stat().st_mtime_ns
    style = next((site.folder / "static/css").glob("app.*.css")).name
    request = urllib.request.Request(
        f"{site.url}/static/css/{style}", headers={"Accept-Encoding": "br"}
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]
    process.terminate()
    assert process.wait(30) == 0
    site.serve()
    assert collected.stat().st_mtime_ns == first


def test_manage_runs_from_any_folder(make_site):
    assert make_site().manage("check").returncode == 0
