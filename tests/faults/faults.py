"""The faults: how each is made, in the middle of the work, on a real installation."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import redis

from tests.faults import processes
from tests.faults.installation import PATIENCE_SECONDS, NotMadeError, wait_until

EMBEDDED, SERVERS = "embedded", "servers"
FIRST, SECOND = 0.1, 0.4
FROZEN_SECONDS = FULL_SECONDS = LOCKED_SECONDS = 8
DEAD_SECONDS = 2


def _nothing(_installation):
    """Nothing to be done."""


@dataclass(frozen=True)
class Fault:
    """One fault: its words for the table, where it can happen, and how it is made."""

    name: str
    says: str
    strike: Callable
    on: tuple = (EMBEDDED, SERVERS)
    prepare: Callable = _nothing
    after: Callable = _nothing
    plan: dict = field(default_factory=dict)


def kill_worker(installation):
    for share in (FIRST, SECOND):
        installation.await_done(share)
        worker = installation.await_worker()
        os.killpg(worker, signal.SIGKILL)
        _await_another(installation, worker)


def _await_another(installation, worker):
    wait_until(lambda: installation.worker() not in {0, worker}, 60, "another worker")


def kill_child(installation, times=1):
    installation.await_done(FIRST)
    struck = []
    for _time in range(times):
        pid, digest = installation.await_drawing(spared=struck)
        os.kill(pid, signal.SIGKILL)
        struck.append(digest)


def kill_children(installation):
    kill_child(installation, times=6)


def tell_to_die(installation, *kinds):
    """The next child that has stored a file of these kinds dies before its row knows of it."""
    flags = [installation.folder / f"dies-storing-{kind}" for kind in kinds]
    for flag in flags:
        flag.touch()
    return flags


def kill_storing(installation):
    installation.await_done(FIRST)
    flags = tell_to_die(installation, "tiny", "real")
    wait_until(lambda: not any(flag.exists() for flag in flags), 90, "deaths while storing")


def stop_worker(installation):
    installation.await_done(FIRST)
    installation.await_drawing()
    worker = installation.await_worker()
    os.kill(worker, signal.SIGTERM)
    _await_another(installation, worker)


def kill_redis(installation):
    installation.await_done(FIRST)
    installation.servers.redis.kill()
    time.sleep(DEAD_SECONDS)
    installation.servers.start_redis()


def freeze_redis(installation):
    installation.await_done(FIRST)
    pid = installation.servers.redis.process.pid
    os.kill(pid, signal.SIGSTOP)
    time.sleep(FROZEN_SECONDS)
    os.kill(pid, signal.SIGCONT)


def flush_redis(installation):
    for share in (FIRST, SECOND):
        installation.await_done(share)
        with redis.Redis.from_url(installation.servers.redis.url) as client:
            client.flushall()


def redis_is_down(installation):
    """Before anybody asks."""
    installation.servers.redis.kill()


def redis_comes_back(installation):
    installation.await_asked()
    installation.servers.start_redis()


def kill_postgres(installation):
    installation.await_done(FIRST)
    server = installation.servers.postgres
    processes.kill_tree(server.process.pid)
    server.process.wait()
    time.sleep(DEAD_SECONDS)
    installation.servers.start_postgres()


def restart_postgres(installation):
    installation.await_done(FIRST)
    server = installation.servers.postgres
    server.process.send_signal(signal.SIGINT)  # its fast stop: open connections are ended
    server.process.wait(60)
    installation.servers.start_postgres()


def small_media(installation):
    """A file system of its own below the media folder, where we may make one."""
    folder = installation.folder / "media"
    folder.mkdir(exist_ok=True)
    if os.geteuid() == 0:
        command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder]
        installation.mounted = not subprocess.run(command, check=False).returncode


def fill_media(installation):
    """Fill it, and free it after a while; where none could be mounted nobody may write there."""
    installation.await_done(FIRST)
    folder = installation.folder / "media"
    filler = folder / "filler"
    if not installation.mounted:
        (folder / "scorecards").chmod(0o500)
        time.sleep(FULL_SECONDS)
        (folder / "scorecards").chmod(0o700)
        return
    deadline = time.monotonic() + FULL_SECONDS
    with filler.open("ab", buffering=0) as file:
        while time.monotonic() < deadline:
            try:
                file.write(bytes(4096))
            except OSError:
                time.sleep(0.05)
    errors = installation.select("SELECT count(*) FROM scorecards_scorecard WHERE error <> ''")
    filler.unlink()
    if not errors[0][0]:
        raise NotMadeError("nobody noticed the full disk")


def deliver_again(installation):
    """All of them, once more, when they are there: nothing may begin anew."""
    tell = "SELECT sum(attempts), sum(token) FROM scorecards_scorecard"
    before = installation.select(tell)
    late = installation.run_asking("again", list(installation.asked().values()))
    late.wait(120)
    wait_until(lambda: not installation.messages(), 120, "an empty queue")
    time.sleep(2)
    if installation.select(tell) != before:
        raise NotMadeError("a late message began something anew")


def make_zombie(installation):
    """A worker stands still until another has built what it was drawing; then it goes on."""
    installation.await_done(FIRST)
    _pid, digest = installation.await_drawing()
    first = installation.await_worker()
    os.killpg(first, signal.SIGSTOP)
    stopped = [pid for kind in ("real", "tiny") for pid, _digest in installation.drawing(kind)]
    if digest not in [found for _pid, found in installation.drawing()]:
        # it was done a moment too early: let it go and take another
        os.killpg(first, signal.SIGCONT)
        make_zombie(installation)
        return
    schedule = installation.folder / "second-schedule"
    beat = () if installation.servers else ("--beat", "--schedule", schedule)
    installation.site.worker("--hostname", "second@%h", *beat)
    tell = f"SELECT state, attempts, token FROM scorecards_scorecard WHERE digest = '{digest}'"  # noqa: S608
    wait_until(
        lambda: installation.select(tell)[0][0] == "ready", PATIENCE_SECONDS, "another to build it"
    )
    before = installation.select(tell)
    # The children first: their leader would end them, as they are long past their time.
    processes.send(stopped, signal.SIGCONT)
    with contextlib.suppress(NotMadeError):
        wait_until(lambda: digest not in str(installation.drawing()), 20, "the zombie to draw on")
    time.sleep(1)
    os.killpg(first, signal.SIGCONT)
    if installation.select(tell) != before or before[0][1] < 2:
        raise NotMadeError(f"the zombie wrote: {before}, then {installation.select(tell)}")


def no_strike(installation):
    installation.await_done(FIRST)


def empty_messages(installation):
    for share in (FIRST, SECOND):
        installation.await_done(share)
        for message in (installation.folder / "queue" / "messages").iterdir():
            message.unlink(missing_ok=True)


def remove_messages(installation):
    """The folder is gone for a while, while people ask and a worker works."""
    folder = installation.folder / "queue" / "messages"
    installation.await_done(FIRST)
    shutil.rmtree(folder)
    time.sleep(FROZEN_SECONDS)
    folder.mkdir(exist_ok=True)


def block_messages(installation):
    """A file where the folder was, so that nobody can write a message, root neither."""
    folder = installation.folder / "queue" / "messages"
    installation.await_done(FIRST)
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.touch()
    time.sleep(FROZEN_SECONDS)
    folder.unlink()
    aside.rename(folder)


def lock_sqlite(installation):
    """Somebody holds the writer's lock for longer than the app waits for it."""
    installation.await_done(FIRST)
    link = sqlite3.connect(
        installation.folder / "vetting.sqlite3", timeout=30, isolation_level=None
    )
    link.execute("BEGIN IMMEDIATE")
    time.sleep(LOCKED_SECONDS)
    link.execute("ROLLBACK")
    link.close()


def kill_serve(installation):
    installation.await_done(FIRST)
    installation.await_drawing()
    processes.kill_tree(installation.keeper.pid)
    installation.keeper.wait()
    installation.start()


FAULTS = [
    Fault("worker-killed", "worker and its children killed, twice", kill_worker),
    Fault("child-killed", "a child killed in the middle of a drawing", kill_child),
    Fault("children-killed", "six children killed in the middle of a drawing", kill_children),
    Fault(
        "child-killed-storing",
        "a child killed between a file and its row, three times",
        kill_storing,
        prepare=lambda installation: tell_to_die(installation, "real"),
    ),
    Fault("worker-stopped", "worker ended by SIGTERM in the middle of a drawing", stop_worker),
    Fault("redis-killed", "Redis killed, all messages gone", kill_redis, on=(SERVERS,)),
    Fault("redis-frozen", f"Redis frozen for {FROZEN_SECONDS} s", freeze_redis, on=(SERVERS,)),
    Fault("redis-flushed", "Redis emptied (FLUSHALL), twice", flush_redis, on=(SERVERS,)),
    Fault(
        "redis-down",
        "Redis down while all are asked for",
        redis_comes_back,
        on=(SERVERS,),
        prepare=redis_is_down,
    ),
    Fault("postgres-killed", "every process of PostgreSQL killed", kill_postgres, on=(SERVERS,)),
    Fault(
        "postgres-restarted",
        "PostgreSQL restarted under open connections",
        restart_postgres,
        on=(SERVERS,),
    ),
    Fault("messages-emptied", "folder of messages emptied, twice", empty_messages, on=(EMBEDDED,)),
    Fault(
        "messages-missing",
        f"folder of messages gone for {FROZEN_SECONDS} s",
        remove_messages,
        on=(EMBEDDED,),
    ),
    Fault(
        "messages-blocked",
        f"no message can be written for {FROZEN_SECONDS} s",
        block_messages,
        on=(EMBEDDED,),
    ),
    Fault(
        "sqlite-locked",
        f"writer's lock held for {LOCKED_SECONDS} s, longer than the app waits",
        lock_sqlite,
        on=(EMBEDDED,),
    ),
    Fault(
        "serve-killed", "serve and all below it killed, started again", kill_serve, on=(EMBEDDED,)
    ),
    Fault(
        "disk-full",
        f"disk of the media folder full for {FULL_SECONDS} s",
        fill_media,
        prepare=small_media,
    ),
    Fault("duplicates", "each message delivered five times", no_strike, plan={"copies": 5}),
    Fault("late", "all messages delivered again when all is done", no_strike, after=deliver_again),
    Fault("zombie", "a worker stands still until another has built it, then goes on", make_zombie),
    Fault(
        "poison",
        "one job kills its process each time, one never ends",
        no_strike,
        plan={"poison": ["abort", "hang"]},
    ),
]
