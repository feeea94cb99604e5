"""`python -m tests.faults`: make each fault, count what became of the jobs, print a table.

1 where anything was lost or double, failed without being poison, or a fault could not be made.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.faults import EMBEDDED, FAULTS, SERVERS
from tests.faults.installation import (
    PATIENCE_SECONDS,
    STOPPING,
    Base,
    Installation,
    NotMadeError,
    wait_until,
)
from tests.faults.report import HEAD, page, row_of
from tests.faults.verdict import Verdict, judge

_printing = threading.Lock()


def say(text):
    with _printing:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def run_once(base, fault, folder, options):
    """One fault, once, on an installation of its own; what became of the jobs."""
    plan = {"jobs": options.jobs, "renders": options.renders, "copies": 1, "poison": []}
    installation = Installation(base, folder, plan | fault.plan)
    try:
        found = strike(installation, fault)
    finally:
        installation.close()
    if found.is_well and not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def strike(installation, fault):
    """Start, ask, make the fault, wait until all is settled, stop, count."""
    begun, struck, not_made = time.monotonic(), -1, []
    try:
        fault.prepare(installation)
        installation.start()
        installation.ask()
        fault.strike(installation)
        struck = installation.done()
        wait_until(installation.is_settled, PATIENCE_SECONDS, "all jobs settled")
        fault.after(installation)
    except NotMadeError as reason:
        not_made.append(str(reason))
    finally:
        seconds = time.monotonic() - begun
        if installation.servers:
            installation.servers.revive()
        # Whoever still lives may write until now.
        installation.stop()
    found = judge(installation)
    found.seconds, found.struck = seconds, struck
    found.faults.extend(not_made)
    return found


def run_all(on, faults, folder, options):
    """All faults of one set-up, then all of them again; (fault, verdicts of its runs)."""
    base = Base(folder / on / "base", on, options.renders)
    runs = {fault.name: [] for fault in faults}
    try:
        for number in range(options.times):
            for fault in faults:
                if STOPPING.is_set():
                    break
                place = folder / on / f"{fault.name}-{number}"
                place.mkdir()
                try:
                    found = run_once(base, fault, place, options)
                except Exception as error:  # noqa: BLE001  the others are still worth their time
                    found = Verdict(faults=[f"{type(error).__name__}: {error}"])
                if STOPPING.is_set():
                    break
                runs[fault.name].append(found)
                tell(on, fault, number, found, place)
    finally:
        base.close()
    return [(fault, runs[fault.name]) for fault in faults if runs[fault.name]]


def tell(on, fault, number, found, place):
    """A line for each run as soon as it is done, with what is wrong."""
    lines = [
        (
            f"{on} {fault.name} {number + 1}: {found.asked} asked, {found.done} done,"
            f" {found.lost} lost, {found.double} double, {found.failed} failed,"
            f" {found.started} started, struck at {found.struck}, {found.seconds:.0f} s"
        ),
        *(f"    {line}" for line in found.faults[:20]),
    ]
    if not found.is_well:
        lines.append(f"    kept: {place}")
    say("\n".join(lines))


def arguments():
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--on", choices=[EMBEDDED, SERVERS, "both"], default="both")
    parser.add_argument("--fault", nargs="+", choices=[fault.name for fault in FAULTS])
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=300)
    parser.add_argument("--renders", type=int, default=10)
    parser.add_argument(
        "--pace", type=float, default=1, help="more where the machine is busy: limits by so much"
    )
    parser.add_argument("--write", type=Path, help="the Markdown page to write")
    parser.add_argument("--keep", action="store_true", help="keep the folders of all runs")
    return parser.parse_args()


def main():
    options = arguments()
    os.environ["FAULTS_PACE"] = str(options.pace)
    ons = [EMBEDDED, SERVERS] if options.on == "both" else [options.on]
    folder = Path(tempfile.mkdtemp(prefix="vetting-faults-"))
    begun = time.monotonic()

    def chosen(on):
        names = options.fault or [fault.name for fault in FAULTS]
        return [fault for fault in FAULTS if on in fault.on and fault.name in names]

    with ThreadPoolExecutor(len(ons)) as pool:
        # Most of a run is waiting for leases to end, so both set-ups run side by side.
        tables = pool.map(lambda on: run_all(on, chosen(on), folder, options), ons)
        results = [(on, *row) for on, table in zip(ons, tables, strict=True) for row in table]
    lines = [row_of(*result) for result in results]
    is_well = all(run.is_well for _on, _fault, runs in results for run in runs)
    say(HEAD + "\n".join(lines))
    seconds = time.monotonic() - begun
    say(f"{'all well' if is_well else 'NOT WELL'}, {seconds / 60:.1f} minutes")
    if options.write and not STOPPING.is_set():
        options.write.write_text(page(lines, options, seconds), encoding="utf-8")
    if is_well and not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if is_well and not STOPPING.is_set() else 1


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGINT):
        # What was counted until then is still printed.
        signal.signal(number, lambda *_: STOPPING.set())
    sys.exit(main())
