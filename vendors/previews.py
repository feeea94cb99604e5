"""Images of a file's pages, drawn by a process of its own that is ended when it takes too long."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path(__file__).with_name("draw.py")
#: Seconds before the process is ended; the program stops drawing before that by itself.
PATIENCE = 75.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many images there are of how many pages."""

    count: int
    total: int


class CannotDrawError(Exception):
    """The file cannot be drawn; trying again gives the same. The message is for the log."""


def draw_pages(kind: str, source: Path, folder: Path) -> Drawn:
    """Draw the pages of a file into an empty folder as 1.png, 2.png and so on.

    Raises CannotDrawError where the process failed, was ended, or drew nothing.
    """
    command = [sys.executable, "-I", str(PROGRAM), kind, str(source), str(folder)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"LANG": "C.UTF-8"},
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired as error:
        raise CannotDrawError("it took too long") from error
    finally:
        _end(process)
    if process.returncode:
        lines = errors.decode("utf-8", "replace").strip().splitlines()
        raise CannotDrawError(lines[-1][:300] if lines else f"ended with {process.returncode}")
    said = json.loads(output)
    drawn = Drawn(int(said["drawn"]), int(said["total"]))
    if not drawn.count:
        raise CannotDrawError("it has no pages")
    return drawn


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process, and whatever it started, if it still runs."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
