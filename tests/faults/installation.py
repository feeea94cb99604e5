"""A real installation for each run: a copy of one that was prepared once, and its processes."""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg2
import redis

from tests import services
from tests.faults import processes
from tests.site import Site

POLL_SECONDS = 0.2
PATIENCE_SECONDS = 600
SETTINGS = "tests.faults.settings"
#: Set when the harness itself is to end.
STOPPING = threading.Event()


class NotMadeError(Exception):
    """A fault could not be made as it is described, so that its run proves nothing."""


def wait_until(is_done, seconds, what, pause=POLL_SECONDS):
    """Return what `is_done` returned. Raises NotMadeError after a time."""
    deadline = time.monotonic() + seconds
    while not (found := is_done()):
        if time.monotonic() > deadline or STOPPING.is_set():
            raise NotMadeError(f"{what}: not within {seconds} s")
        time.sleep(pause)
    return found


class Servers:
    """A private PostgreSQL, and a Redis that stores nothing, which die and come back."""

    def __init__(self):
        self.postgres = services.start_postgres()
        self.redis = services.start_redis()
        # Without persistence: whatever it held is gone when it dies.
        self.redis.kill()
        at = self.redis.command.index("--appendonly") + 1
        self.redis.command[at] = "no"
        shutil.rmtree(self.redis.folder / "appendonlydir", ignore_errors=True)
        self.start_redis()

    def start_redis(self):
        self.redis.start()
        self.redis.await_answer(self.redis_answers)

    def redis_answers(self):
        try:
            with redis.Redis.from_url(self.redis.url, socket_timeout=1) as client:
                return client.ping()
        except redis.RedisError:
            return False

    def start_postgres(self):
        self.postgres.start()
        # After a crash it first reads its log and flushes every file, which a busy disk makes slow.
        wait_until(lambda: services.query(self.postgres.url, "SELECT 1"), 240, "PostgreSQL")

    def revive(self):
        """Bring back what a fault that was not made to its end left dead or frozen."""
        if self.redis.process.poll() is not None:
            self.start_redis()
        processes.send([self.redis.process.pid], signal.SIGCONT)
        if self.postgres.process.poll() is not None:
            self.start_postgres()

    def stop(self):
        processes.send([self.redis.process.pid], signal.SIGCONT)
        self.postgres.stop()
        self.redis.stop()


class Base:
    """Tables, people and assessments, made once; each run works on a copy."""

    def __init__(self, folder, on, renders):
        self.folder, self.on = folder, on
        self.servers = Servers() if on == "servers" else None
        self.database = services.new_database(self.servers.postgres.url) if self.servers else ""
        folder.mkdir(parents=True)
        site = Site(folder, database=self.database, DJANGO_SETTINGS_MODULE=SETTINGS)
        site.manage("migrate", "--verbosity", "0", timeout=300)
        site.manage("make_signing_key", "--name", "Sample")
        if not self.servers:
            collect = "from vetting.staticfiles import collect_if_stale as c; c()"
            site.manage("shell", "--verbosity", "0", "--command", collect)
        process = site.start(
            sys.executable, "-m", "tests.faults.asking", "prepare", json.dumps(renders)
        )
        if process.wait(300):
            raise NotMadeError(f"the installation could not be prepared:\n{site.log()}")

    def close(self):
        if self.servers:
            self.servers.stop()


class Installation:
    """The processes of one run and what the harness can see and do from outside."""

    def __init__(self, base, folder, plan):
        self.base, self.servers, self.plan = base, base.servers, plan
        self.folder = folder / "data"
        shutil.copytree(base.folder, self.folder)
        database = broker = ""
        if self.servers:
            name = f"run_{os.urandom(6).hex()}"
            server, _slash, template = base.database.rpartition("/")
            services.query(self.servers.postgres.url, f"CREATE DATABASE {name} TEMPLATE {template}")
            database, broker = f"{server}/{name}", self.servers.redis.url
            redis.Redis.from_url(broker).flushall()
        self.database = database
        self.site = Site(
            self.folder,
            database=database,
            broker=broker,
            DJANGO_SETTINGS_MODULE=SETTINGS,
            WORKER_PROCESSES="2",
            LOG_LEVEL="WARNING",
            FAULTS_PACE=os.environ.get("FAULTS_PACE", "1"),
            PYTHONWARNINGS="ignore::Warning:celery.platforms",
        )
        self.asked_log = folder / "asked"  # outside the app's folder
        self.keeper = self.asker = None
        self.mounted = False

    # --- processes ---------------------------------------------------------------------------

    def start(self):
        """Worker, beat and what restarts them; on the embedded default the web server too."""
        if self.servers:
            self.keeper = self.site.start(sys.executable, "-m", "tests.faults.keeping")
        else:
            self.keeper = self.site.serve()
        return self.keeper

    def worker(self):
        """The process of the worker that leads its children; 0 where none lives."""
        for pid in processes.children(self.keeper.pid):
            words = processes.command_of(pid)
            if "celery" in words and " worker " in words:
                return pid
        return 0

    def await_worker(self):
        return wait_until(self.worker, 60, "a worker")

    def run_asking(self, name, given):
        command = [sys.executable, "-m", "tests.faults.asking", name, json.dumps(given)]
        with self.asked_log.open("ab") as log, (self.folder / "log").open("ab") as errors:
            return subprocess.Popen(
                command,
                env=self.site.environment,
                cwd=Path(__file__).resolve().parents[2],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=errors,
                start_new_session=True,
            )

    def ask(self):
        self.asker = self.run_asking("ask", self.plan)

    def asked(self):
        """Key and id of everything that the services said they had taken."""
        text = self.asked_log.read_text() if self.asked_log.exists() else ""
        return dict(line.split() for line in text.splitlines())

    def stop(self):
        """End every process, also those that stand still."""
        if self.asker and self.asker.poll() is None:
            self.asker.kill()
            self.asker.wait()
        for process in self.site.running:
            processes.send(processes.descendants(process.pid), signal.SIGCONT)
        self.site.close()

    def close(self):
        self.stop()
        if self.servers:
            name = self.database.rpartition("/")[2]
            services.query(
                self.servers.postgres.url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
            )
        if self.mounted:
            subprocess.run(["umount", "--lazy", self.folder / "media"], check=False)

    # --- what can be seen --------------------------------------------------------------------

    @contextlib.contextmanager
    def cursor(self):
        """A cursor past the app."""
        link = (
            psycopg2.connect(self.database, connect_timeout=2)
            if self.servers
            else sqlite3.connect(self.folder / "vetting.sqlite3", timeout=30)
        )
        with contextlib.closing(link):
            yield link.cursor()

    def select(self, statement):
        with self.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    def count(self, *states):
        """How many rows are in these states; -1 while the database does not say."""
        try:
            rows = self.select("SELECT state, count(*) FROM scorecards_scorecard GROUP BY state")
        except (psycopg2.Error, sqlite3.Error):
            return -1
        return sum(number for state, number in rows if state in states)

    def done(self):
        return self.count("ready", "failed")

    def await_done(self, share):
        """Wait until this share of all is done: the moment to strike."""
        number = int(share * (self.plan["jobs"] + self.plan["renders"]))
        wait_until(lambda: self.done() >= number, PATIENCE_SECONDS, f"{number} done")

    def await_asked(self):
        wait_until(lambda: self.asker.poll() is not None, PATIENCE_SECONDS, "all asked for")

    def is_settled(self):
        """Whether everything was asked for and nothing waits."""
        return self.asker.poll() is not None and self.count("queued", "building") == 0

    def drawing(self, kind="real"):
        """(process, digest) of each drawing of this kind that is going on."""
        found = []
        for mark in (self.folder / "drawing").glob(f"*-{kind}-*"):
            pid, _kind, digest = mark.name.split("-")
            if processes.lives(int(pid)):
                found.append((int(pid), digest))
        return found

    def await_drawing(self, spared=()):
        """A process in the middle of a real drawing, but not of these digests."""

        def find():
            return [pair for pair in self.drawing() if pair[1] not in spared]

        return wait_until(find, 90, "a drawing to strike in", pause=0.01)[0]

    def messages(self):
        """How many messages wait with the broker."""
        if self.servers:
            with redis.Redis.from_url(self.servers.redis.url) as client:
                return client.llen("celery") + client.hlen("unacked")
        return len(list((self.folder / "queue" / "messages").iterdir()))
