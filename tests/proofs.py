"""The figures that docs/security.md promises, measured anew: `make proof`.

Calls what measures each of them, in processes of their own, on SQLite and on a private PostgreSQL,
and prints a line for each; 1 where a figure is missed or didn't come. `--brief` tries less.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
DATABASES = ("sqlite", "postgresql")
SAVES, FLIPS, PAPERS, EVENTS, ROUNDS = 2_000, 5_000, 1_000, 100_000, 15
BRIEF = {"saves": 200, "flips": 120, "papers": 40, "events": 10_000, "rounds": 3}
Numbers = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """One line: what was measured, where, what came of it and whether that is what was promised."""

    what: str
    where: str
    came: str
    is_reached: bool

    def __str__(self) -> str:
        verdict = "ok" if self.is_reached else "MISSED"
        return f"{self.what:<18} {self.where:<11} {self.came:<82} {verdict}"


def run(*arguments: str, **environment: str) -> str:
    """What a Python process prints, whatever became of it."""
    command = [sys.executable, *arguments]
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=kept | environment,
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.stdout


def read(pattern: str, output: str) -> list[float] | None:
    """The numbers of the first line that fits; None, and the end of the output, where none does."""
    found = re.search(pattern, output)
    if found is None:
        print(output[-2000:], file=sys.stderr)
        return None
    return [float(text.replace(",", "")) for text in found.groups()]


def figure(what: str, where: str, said: str, numbers: list[float] | None, check: Any) -> Figure:
    """A line with the numbers in its words, or the one that says that there are none."""
    if numbers is None:
        return Figure(what, where, "no figure; see above", is_reached=False)
    return Figure(what, where, said.format(*numbers), is_reached=bool(check(*numbers)))


def matrix(database: str) -> Figure:
    """Each address by each method and actor: the cells of tests/access/table.py."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:randomly",
            "tests/access",
            f"--junitxml={report}",
        ]
        output = run(*command, TEST_ON=database)
        cells = ET.parse(report).iter("property") if report.exists() else []  # noqa: S314 - ours
        tallies = [list(map(float, cell.get("value", "").split())) for cell in cells]
    has_passed = re.search(r"^\d+ passed", output, re.MULTILINE) is not None
    if not has_passed:
        print(output[-4000:], file=sys.stderr)
    said = "{:,.0f} cells declared, {:,.0f} visited, {:.0f} wrong"
    numbers = [sum(column) for column in zip(*tallies, strict=True)] or None
    return figure(
        "access matrix",
        database,
        said,
        numbers,
        lambda declared, visited, wrong: has_passed and declared == visited and not wrong,
    )


def corpus() -> Figure:
    """The generated files of tests/corpus.py."""
    output = run("tests/corpus.py")
    pattern = r"(\d+) files: (\d+) accepted, (\d+) refused, (\d+) not as"
    said = "{:.0f} files: {:.0f} accepted, {:.0f} refused, {:.0f} not as expected"
    return figure("files", "-", said, read(pattern, output), lambda *row: not row[-1])


def papers(flips: int) -> Iterator[Figure]:
    """Bits flipped in a signed scorecard: what `verify FILE` finds, and what it finds by itself."""
    output = run("tests/benchmarks/pdf_flips.py", f"--flips={flips}")
    yield figure(
        "flipped scorecard",
        "-",
        "{:,.0f} of {:,.0f} found by verify FILE",
        read(r"verify FILE: ([\d,]+) of ([\d,]+) flips found", output),
        lambda found, all_of_them: found == all_of_them == flips,
    )
    yield figure(
        "  without register",
        "-",
        "{:,.0f} of {:,.0f} found by signature and record alone (told, no aim)",
        read(r"record alone: ([\d,]+) of ([\d,]+) flips found", output),
        lambda found, _all: found > 0,
    )


def edits(saves: int) -> Iterator[Figure]:
    """Many editors at the same answers."""
    output = run("tests/benchmarks/editors.py", str(saves))
    for database in DATABASES:
        pattern = (
            rf"{database}: (\d+) saves by (\d+) editors on (\d+) answers in [\d.]+ s,"
            r" (\d+) accepted, (\d+) refused, (\d+) lost, (\d+) faults"
        )
        said = (
            "{:,.0f} saves by {:.0f} on {:.0f} answers:"
            " {:,.0f} accepted, {:,.0f} refused, {:.0f} lost, {:.0f} faults"
        )
        yield figure(
            "edits at once",
            database,
            said,
            read(pattern, output),
            lambda *row: row[0] == saves and not row[-2] and not row[-1],
        )


def trail(database: str, numbers: Numbers) -> Iterator[Figure]:
    """What the trail withstands and what it costs."""
    options = [f"--{name}={numbers[name]}" for name in ("flips", "events", "rounds")]
    output = run("tests/benchmarks/trail.py", f"--on={database}", *options)
    yield figure(
        "flipped bits",
        database,
        "{:,.0f} of {:,.0f} named",
        read(r"named (\d+) of (\d+) flips", output),
        lambda named, all_of_them: named == all_of_them == numbers["flips"],
    )
    yield figure(
        "verify",
        database,
        f"{numbers['events']:,} events in {{:.2f}} s (to reach: under 5 s)",
        read(r"verify: ([\d.]+) s", output),
        lambda seconds: seconds < 5,
    )
    yield figure(
        "saves with chains",
        database,
        "{:.0f} queries a save; {:.3f} of the saves without (to reach: 0.9)",
        read(r"answer save: (\d+) queries[\s\S]*with / without: ([\d.]+)", output),
        lambda _queries, ratio: ratio >= 0.9,
    )


def figures(numbers: Numbers) -> Iterator[Figure]:
    """All of them, each as soon as it is there."""
    yield corpus()
    for database in DATABASES:
        yield matrix(database)
    yield from papers(numbers["papers"])
    yield from edits(numbers["saves"])
    for database in DATABASES:
        yield from trail(database, numbers)


def main() -> int:
    """Print the table; 1 where a figure is missed."""
    numbers = {"saves": SAVES, "flips": FLIPS, "papers": PAPERS, "events": EVENTS, "rounds": ROUNDS}
    if "--brief" in sys.argv:
        numbers = BRIEF
    python = platform.python_version()
    load = os.getloadavg()[0]
    print(
        f"{time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} cores, Python {python}, load {load:.1f}"
    )
    missed, begun = 0, time.monotonic()
    for line in figures(numbers):
        missed += not line.is_reached
        print(line, flush=True)
    print(f"{missed} missed, {time.monotonic() - begun:.0f} s, load {os.getloadavg()[0]:.1f}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
