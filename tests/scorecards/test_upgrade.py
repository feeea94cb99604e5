"""An installation with rows from before corrections, brought to today's tables."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def test_issues_from_before_corrections_become_a_chain(engine, tmp_path, request):
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "vetting.settings",
        "VETTING_DATA_DIR": str(tmp_path / "var"),
    }
    if engine == "postgres":
        environment["DATABASE_URL"] = request.getfixturevalue("postgres_database")
    program = subprocess.run(
        [sys.executable, "-m", "tests.scorecards.upgrading"],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
    )
    assert program.returncode == 0, program.stderr
    assert program.stdout.splitlines() == [
        "VET-2026-0001 1 None",
        "VET-2026-0002 2 VET-2026-0001",
        "VET-2026-0003 3 VET-2026-0002",
    ]
