"""What the trail withstands and what it costs: `python tests/benchmarks/trail.py [--on postgresql]`.

Flips random bits in events, snapshots, answers and files, a batch at a time, and counts which of them
`verify` names; times a verification of 100,000 events; compares the saves of 20 editors with and
without chains, in turns. Figures depend on the machine, the counts do not. Ends with status 1 if a
figure is missed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
FOLDER = tempfile.TemporaryDirectory(prefix="vetting-trail-")

from tests.services import start_postgres  # noqa: E402 - after the path


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--on", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--flips", type=int, default=5_000)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=2, help="of each round of saving")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", choices=["flips", "verify", "saves"])
    parser.add_argument("--seed", type=int, default=20261122)
    return parser.parse_args()


OPTIONS = options()
SERVER = start_postgres() if OPTIONS.on == "postgresql" else None
os.environ.update(
    DJANGO_SETTINGS_MODULE="vetting.settings",
    VETTING_DATA_DIR=FOLDER.name,
    SECRET_KEY="benchmarks only, not a secret: 0123456789abcdefghijklmnop",
    TRAIL_KEY="benchmarks only, not a secret: 0123456789abcdefghijklmnop",
    LOG_LEVEL="ERROR",
)
if SERVER:
    os.environ["DATABASE_URL"] = SERVER.url

import django  # noqa: E402 - after the environment

django.setup()

from django.core.management import call_command  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from tests.benchmarks import flipping, saving, verifying  # noqa: E402


def main() -> int:
    """Print the figures; 1 where one is missed."""
    setup_test_environment()
    call_command("migrate", verbosity=0, interactive=False)
    print(f"{OPTIONS.on}, {os.cpu_count()} cores")
    reached = []
    try:
        if OPTIONS.only in {None, "flips"}:
            reached.append(flipping.measure(flips=OPTIONS.flips, seed=OPTIONS.seed))
        if OPTIONS.only in {None, "verify"}:
            reached.append(verifying.measure(events=OPTIONS.events))
        if OPTIONS.only in {None, "saves"}:
            # last: what it saves without chains verifies no more
            reached.append(saving.measure(rounds=OPTIONS.rounds, seconds=OPTIONS.seconds))
    finally:
        if SERVER:
            SERVER.stop()
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
