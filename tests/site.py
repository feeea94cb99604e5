"""A whole installation in a folder of its own, run as the processes that people run."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.services import free_port

ROOT = Path(__file__).resolve().parent.parent


class Site:
    """Runs manage.py, web servers and workers on one data folder, database and broker."""

    def __init__(self, folder, *, database="", broker="", **extra):
        self.folder = Path(folder)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.running = []
        keep = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = {
            **keep,
            "PYTHONUNBUFFERED": "1",
            "VETTING_DATA_DIR": str(self.folder),
            "DATABASE_URL": database,
            "CELERY_BROKER_URL": broker,
            "SITE_URL": self.url,
            **extra,
        }

    def manage(self, *arguments, check=True, timeout=120):
        """Run one command to its end; its output is text."""
        return subprocess.run(
            [sys.executable, ROOT / "manage.py", *map(str, arguments)],
            check=check,
            capture_output=True,
            text=True,
            timeout=timeout,
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
        )

    def start(self, *command):
        """Start a process in a group of its own; its output goes to the folder's log."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                list(map(str, command)),
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def serve(self):
        """Start `manage.py serve` and wait until it answers."""
        process = self.start(sys.executable, ROOT / "manage.py", "serve", "--port", self.port)
        self.await_health(process)
        return process

    def web(self):
        """Start gunicorn alone and wait until it answers."""
        process = self.start(
            sys.executable,
            "-m",
            "gunicorn",
            "vetting.wsgi",
            "--bind",
            f"127.0.0.1:{self.port}",
            "--worker-class",
            "gthread",
            "--threads",
            "4",
            "--no-control-socket",
            "--log-level",
            "warning",
        )
        self.await_health(process)
        return process

    def worker(self, *options):
        """Start a worker alone; `--beat` as an option makes it keep the clock as well."""
        return self.start(
            sys.executable,
            "-m",
            "celery",
            "--quiet",
            "-A",
            "vetting",
            "worker",
            "--concurrency",
            "1",
            "--loglevel",
            "WARNING",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
            *options,
        )

    def health(self):
        """Return the status code of the health view, 0 where nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz?only=database", timeout=5) as answer:
                return answer.status
        except urllib.error.HTTPError as answer:
            return answer.code
        except OSError:
            return 0

    def await_health(self, process, seconds=60):
        wait_for(lambda: self.health() == 200 or process.poll() is not None, seconds, self.log)
        assert process.poll() is None, self.log()

    def log(self):
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def kill(self, process):
        """End a process group as a crash would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self):
        for process in self.running:
            if process.poll() is None:
                process.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(20)
            self.kill(process)


def wait_for(is_done, seconds=30, explain=lambda: ""):
    """Return as soon as something is so; fail after a time."""
    deadline = time.monotonic() + seconds
    while not is_done():
        assert time.monotonic() < deadline, f"not so within {seconds} s\n{explain()}"
        time.sleep(0.1)
