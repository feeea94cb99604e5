"""What the app adds to drawing, what workers reach, how they grow, and how long asking takes.

`python tests/benchmarks/rendering.py [--only ratio workers growth asking] [--on postgresql]`. The
floor is tests/benchmarks/bare.py, a hand-tuned WeasyPrint that draws the same HTML, in turns with
the app in the same run. Exits 1 where an aim is missed.
"""

from __future__ import annotations

import argparse
import itertools
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests import services  # noqa: E402
from tests.site import Site, wait_for  # noqa: E402

PROCESSES = 2
ROUNDS, BATCH = 4, 16
_NUMBERS = itertools.count(1)


class Bare:
    """One process of the floor, with the faces that the app draws with."""

    def __init__(self) -> None:
        faces = ROOT / "static" / "fonts" / "pdf" / "fonts.conf"
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("bare.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "FONTCONFIG_FILE": str(faces)},
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def ask(self, files: list[Path]) -> None:
        """Have it draw these."""
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{file}\n" for file in files))
        self.process.stdin.flush()

    def seconds(self, count: int) -> list[float]:
        """CPU seconds of the next `count` drawings, once they are done."""
        assert self.process.stdout is not None
        return [float(self.process.stdout.readline()) for _ in range(count)]

    def close(self) -> None:
        self.process.communicate()


def told(what: str, found: str, aim: str, *, is_met: bool) -> bool:
    """Print one line."""
    print(f"{what}: {found} (to reach: {aim}) {'ok' if is_met else 'MISSED'}", flush=True)
    return is_met


def rows_of(count: int) -> list[Any]:
    """Numbered scorecards of as many approved assessments, which nobody was told of."""
    from scorecards.services.scorecards import request_scorecard
    from tests.factories import answer_all, approved, make_assessment, make_user, make_vendor
    from vendors.permissions import Role

    owner, manager = make_user(Role.PROCUREMENT), make_user(Role.MANAGER)
    found = []
    for _turn in range(count):
        vendor = make_vendor(by=owner, name=f"Bench {next(_NUMBERS):03} Contact Services")
        assessment = make_assessment(vendor=vendor, owner=owner)
        answer_all(assessment)
        approved(assessment, by=manager)
        found.append(request_scorecard(assessment=assessment, by=owner, wakes=False))
    return found


def files_of(rows: list[Any], folder: Path) -> list[Path]:
    """The HTML of each, with its record beside it."""
    from scorecards import record
    from scorecards.content import scorecard_content
    from scorecards.paper import typeset

    found = []
    for row in rows:
        file = folder / f"{row.public_id}.html"
        content = scorecard_content(record.read(row.content))
        html = typeset.scorecard_html(content, digest=row.digest, number=row.number)
        file.write_text(html, encoding="utf-8")
        file.with_suffix(".json").write_text(row.content, encoding="utf-8")
        found.append(file)
    return found


def ratio(rows: list[Any], folder: Path) -> bool:
    """CPU of drawing in the app to CPU of the floor, each the best of several in turns."""
    from scorecards import builder
    from scorecards.paper import typeset

    row, *others = rows
    (file,) = files_of([row], folder)
    bare = Bare()
    best = {"app": float("inf"), "bare": float("inf")}
    for turn in range(10):
        start = time.process_time()
        typeset.draw_scorecard(row.content, digest=row.digest, number=row.number, kind=row.kind)
        spent = time.process_time() - start
        bare.ask([file])
        (other,) = bare.seconds(1)
        if turn > 1:  # the first two warm up
            best["app"], best["bare"] = min(best["app"], spent), min(best["bare"], other)
    bare.close()
    whole = []
    for made in others[:6]:
        start = time.process_time()
        builder.build(made.public_id)
        whole.append(time.process_time() - start)
    found = best["app"] / best["bare"]
    about = f"{found:.2f} x, {1000 * best['app']:.0f} to {1000 * best['bare']:.0f} ms CPU"
    print(f"whole job with claim, signature and file: {1000 * min(whole):.0f} ms CPU")
    return told("drawing in the app to a bare drawing", about, "1.15 x", is_met=found <= 1.15)


def workers(rows: list[Any], folder: Path, site: Site) -> bool:
    """How fast two workers are beside two bare processes, batches in turns, by the clock."""
    from scorecards import waking
    from scorecards.models import Scorecard

    def waiting(batch: list[Any]) -> int:
        keys = [row.pk for row in batch]
        return Scorecard.objects.filter(pk__in=keys).exclude(state="ready").count()

    def built(batch: list[Any]) -> float:
        start = time.monotonic()
        for row in batch:
            waking.wake_builder(row.public_id)
        wait_for(lambda: not waiting(batch), 300, site.log)
        return time.monotonic() - start

    def drawn(files: list[Path]) -> float:
        start = time.monotonic()
        for place, one in enumerate(bare):
            one.ask(files[place::PROCESSES])
        for place, one in enumerate(bare):
            one.seconds(len(files[place::PROCESSES]))
        return time.monotonic() - start

    site.worker("--concurrency", PROCESSES)
    bare = [Bare() for _ in range(PROCESSES)]
    files = files_of(rows, folder)
    built(rows[:4])
    drawn(files[:4])
    shares = []
    for turn in range(ROUNDS):
        batch = slice(4 + turn * BATCH, 4 + (turn + 1) * BATCH)
        theirs, floor = built(rows[batch]), drawn(files[batch])
        shares.append(floor / theirs)
        print(
            f"round {turn + 1}: {BATCH} by workers {theirs:.1f} s, bare {floor:.1f} s", flush=True
        )
    for one in bare:
        one.close()
    found = statistics.median(shares)
    about = f"{found:.2f} of two bare processes, {min(shares):.2f} to {max(shares):.2f}"
    return told("two workers", about, "0.85", is_met=found >= 0.85)


def growth(rows: list[Any], count: int = 300) -> bool:
    """How much a process grows over so many different scorecards, after the first twenty."""
    from scorecards.paper import typeset
    from vendors import scoring

    def resident() -> float:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() / 2**20

    first = 0.0
    for number in range(count):
        row = rows[number % len(rows)]
        name = row.assessment.vendor.name
        text = row.content.replace(name, f"{name} {number * 7919 % 1000:03}")
        typeset.draw_scorecard(text, digest=scoring.digest(text), number=row.number)
        if number == 19:
            first = resident()
    grown = resident() - first
    about = f"{grown:.0f} MB, from {first:.0f} MB"
    return told(f"a process over {count} scorecards", about, "< 40 MB", is_met=grown < 40)


def asking(rows: list[Any], broker: services.Server | None) -> bool:
    """How long the answer to asking takes, by the clock, while the broker is well, frozen, gone."""
    from django.test import Client
    from django.urls import reverse

    from scorecards.models import Scorecard

    client = Client()
    client.force_login(rows[0].requested_by)

    def asked(batch: list[Any]) -> float:
        most = 0.0
        for row in batch:
            assessment = row.assessment
            Scorecard.objects.filter(pk=row.pk).delete()
            start = time.monotonic()
            answer = client.post(
                reverse("scorecards:scorecard-request", args=[assessment.public_id])
            )
            most = max(most, time.monotonic() - start)
            assert answer.status_code == 302, answer.status_code
            assert Scorecard.objects.filter(assessment=assessment).exists()
        return most

    thirds = len(rows) // 3
    found = [told_asking("well", asked(rows[:thirds]), 0.3)]
    if broker is not None:
        assert broker.process is not None
        os.killpg(broker.process.pid, signal.SIGSTOP)
        found.append(told_asking("frozen", asked(rows[thirds : 2 * thirds]), 3))
        os.killpg(broker.process.pid, signal.SIGCONT)
        broker.kill()
    found.append(told_asking("down", asked(rows[2 * thirds :]), 0.3))
    return all(found)


def told_asking(how: str, seconds: float, most: float) -> bool:
    """One line on asking."""
    about = f"longest {1000 * seconds:.0f} ms"
    return told(f"asking, broker {how}", about, f"< {1000 * most:.0f} ms", is_met=seconds < most)


def main() -> int:
    """Prepare the servers and the rows, measure, and say what was missed."""
    names = ("ratio", "workers", "growth", "asking")
    reader = argparse.ArgumentParser()
    reader.add_argument("--only", nargs="+", choices=names, default=names)
    wanted = reader.parse_args().only
    folder = Path(tempfile.mkdtemp(prefix="vetting-bench-"))
    postgres, redis = services.start_postgres(), services.start_redis()
    site = Site(
        folder / "data",
        database=services.new_database(postgres.url),
        broker=redis.url,
        DJANGO_SETTINGS_MODULE="tests.benchmarks.settings",
        SECRET_KEY="benchmarks only, not a secret: 0123456789abcdefghijklmnop",
    )
    site.folder.mkdir()
    os.environ.update(site.environment)
    try:
        import django

        django.setup()
        from django.core.management import call_command
        from django.test.utils import setup_test_environment

        setup_test_environment()
        call_command("migrate", verbosity=0, interactive=False)
        call_command("make_signing_key", name="Sample organisation", verbosity=0)
        works = {
            "ratio": lambda: ratio(rows_of(7), folder),
            "workers": lambda: workers(rows_of(4 + ROUNDS * BATCH), folder, site),
            "growth": lambda: growth(rows_of(12)),
            "asking": lambda: asking(rows_of(12), redis),
        }
        print(f"{os.cpu_count()} cores, PostgreSQL and Redis")
        found = [works[name]() for name in names if name in wanted]
    finally:
        site.close()
        redis.stop()
        postgres.stop()
    return 0 if all(found) else 1


if __name__ == "__main__":
    sys.exit(main())
