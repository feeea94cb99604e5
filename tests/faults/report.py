"""The table of the faults, and docs/faults.md around it."""

import os
import platform
import sqlite3
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from tests import services
from tests.faults.faults import EMBEDDED, SERVERS
from tests.faults.verdict import Verdict

WORDS = {EMBEDDED: "embedded default", SERVERS: "Redis and PostgreSQL"}
HEAD = (
    "| Set-up | Fault | Runs | Struck at | Asked | Done | Lost | Double | Visibly failed | Started"
    " | Seconds |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
)
PAGE = """# What dies, and what becomes of the jobs

`make faults` wrote this page on {day}, in {minutes:.0f} minutes on {cores} cores, both set-ups side by side:
{versions}.

Each fault is made {times} times, in the middle of {jobs} small jobs (60 ms in place of the drawing; the same
rows, claims, files and events) and {renders} real scorecards of the shipped framework. The processes are
those that people run: `manage.py serve` on the embedded default; worker and beat, kept running by the same
supervisor, on a private PostgreSQL and a Redis that stores nothing. The sweeper is beat's. Limits are
shorter than the real ones: {hard:.0f} s a job, {lease:.0f} s a lease, {stalled:.0f} s until a waiting job
is published again, 2 s between sweeps, 5 s for a lock of SQLite.

- **Struck at**: jobs done when the fault was over, for each run. The other figures are sums of the runs,
  seconds their mean.
- **Asked**: what was acknowledged to those who asked, by a log kept outside the app.
- **Lost**: no row, neither ready nor failed at the end, or ready without the file of its SHA-256.
- **Double**: two events, notices or files for a document, and events or files without one.
- **Visibly failed**: ended with a reason that its page shows. Only the poisoned jobs may.
- **Started**: claims in all. What dies in the middle is begun again, so there are more than were asked for.

{table}

Power cuts and broken disks are not among them: everything here dies by a signal or is refused by the system.
"""


def row_of(on, fault, runs):
    """A line of the table: the sums of the runs, the moments and the mean time."""
    total = Verdict()
    for run in runs:
        for name in ("asked", "done", "lost", "double", "failed", "started"):
            setattr(total, name, getattr(total, name) + getattr(run, name))
    struck = ", ".join(str(run.struck) for run in runs)
    seconds = sum(run.seconds for run in runs) / len(runs)
    verdict = "" if all(run.is_well for run in runs) else " (**not well**)"
    return (
        f"| {WORDS[on]} | {fault.says}{verdict} | {len(runs)} | {struck} | {total.asked}"
        f" | {total.done} | {total.lost} | {total.double} | {total.failed} | {total.started}"
        f" | {seconds:.0f} |"
    )


def versions():
    """What it was measured with, in one line."""
    names = {"django": "Django", "celery": "Celery", "kombu": "Kombu", "weasyprint": "WeasyPrint"}
    words = [f"Python {platform.python_version()}"]
    words += [f"{word} {version(name)}" for name, word in names.items()]
    words.append(f"SQLite {sqlite3.sqlite_version}")
    with tempfile.TemporaryDirectory() as folder:
        postgres = services.postgres_binaries(Path(folder)) / "postgres"
        redis = services.redis_binary()
        for program, place in ((redis, 2), (postgres, 2)):
            output = subprocess.check_output([program, "--version"], text=True).split()
            words.append(output[place].removeprefix("v="))
    words[-2:] = [f"Redis {words[-2]}", f"PostgreSQL {words[-1]}"]
    return ", ".join(words)


def page(lines, options, seconds):
    """The text of docs/faults.md."""
    return PAGE.format(
        day=time.strftime("%Y-%m-%d"),
        minutes=seconds / 60,
        cores=os.cpu_count(),
        versions=versions(),
        times=options.times,
        jobs=options.jobs,
        renders=options.renders,
        hard=18 * options.pace,
        lease=20 * options.pace,
        stalled=8 * options.pace,
        table=HEAD + "\n".join(lines),
    )
