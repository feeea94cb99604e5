"""2,000 saves by 20 editors on ten answers, on SQLite and on PostgreSQL: how many were lost.

`python tests/benchmarks/editors.py [saves]`. PostgreSQL is a private one, left out where it is not
installed. Ends with status 1 if a save was lost, or an editor stopped by a fault, anywhere.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
EDITORS = 20
ANSWERS = 10


def measure(saves: int) -> int:
    """Migrate the database at hand, edit at once, print the figures; 1 if anything went wrong."""
    import django

    django.setup()

    from django.core.management import call_command
    from django.db import connection

    from tests.factories import make_assessment, make_framework, make_user
    from tests.vendors.editors import edit_at_once, lost_saves

    call_command("migrate", verbosity=0, interactive=False)
    people = [make_user() for _ in range(EDITORS)]
    assessment = make_assessment(owner=people[0], framework=make_framework())
    assessment.helpers.set(people[1:])
    codes = list(assessment.answers.values_list("code", flat=True)[:ANSWERS])
    start = time.perf_counter()
    tally = edit_at_once(assessment, people, saves // EDITORS, codes)
    seconds = time.perf_counter() - start
    wrong = lost_saves(assessment, tally)
    print(
        f"{connection.vendor}: {tally.kept + tally.refused} saves by {EDITORS} editors on {ANSWERS}"
        f" answers in {seconds:.1f} s, {tally.kept} accepted, {tally.refused} refused,"
        f" {len(wrong) - len(tally.faults)} lost, {len(tally.faults)} faults",
        *wrong,
        sep="\n  ",
    )
    connection.close()
    return int(bool(wrong))


def run(saves: int) -> int:
    """Measure each database in a process of its own."""
    from tests import services

    worst = 0
    with tempfile.TemporaryDirectory(prefix="vetting-editors-") as folder:
        urls, server = [""], None
        try:
            server = services.start_postgres()
        except services.MissingError as missing:
            print(f"PostgreSQL is left out: {missing}")
        else:
            urls.append(services.new_database(server.url))
        try:
            for url in urls:
                settings = {
                    "DJANGO_SETTINGS_MODULE": "vetting.settings",
                    "VETTING_DATA_DIR": folder,
                    "SECRET_KEY": "benchmarks only, not a secret: 0123456789abcdefghijklmnop",
                    "DATABASE_URL": url,
                    "SITE_URL": "",
                }
                command = [sys.executable, __file__, str(saves), "--here"]
                done = subprocess.run(command, env=os.environ | settings, check=False)
                worst = max(worst, done.returncode)
        finally:
            if server:
                server.stop()
    return worst


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    raise SystemExit(measure(count) if "--here" in sys.argv else run(count))
