"""Runs processes side by side: starts them, restarts what dies, stops all of them.

Each process leads a group of its own, so that what it started itself ends with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_SECONDS = 15.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Child:
    """A process that is kept running: its name in messages and its command."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    due: float = field(default=0.0)


def _end_with_parent() -> None:
    """Ask Linux to stop this process when the supervisor is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Keeps the children running until a stop signal arrives."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        environment: Mapping[str, str],
        folder: str,
        say: Callable[[str], None],
    ) -> None:
        self._children = children
        self._environment = dict(environment)
        self._folder = folder
        self._say = say
        self._stopping = False

    def run(self, is_ready: Callable[[], bool], announce: Callable[[], None]) -> bool:
        """Run until stopped. Return False where a child dies before all is ready."""
        former = {number: signal.signal(number, self._stop) for number in STOP_SIGNALS}
        try:
            for child in self._children:
                self._start(child)
            if not self._wait(is_ready):
                return self._stopping
            announce()
            while not self._stopping:
                self._revive()
                time.sleep(0.2)
        finally:
            self._end_all()
            for number, handler in former.items():
                signal.signal(number, handler)
        return True

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            child.command,
            env=self._environment,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509  no threads run here
        )
        child.started = time.monotonic()

    def _wait(self, is_ready: Callable[[], bool]) -> bool:
        """Wait until the children answer; False where one of them ends instead."""
        while not self._stopping:
            for child in self._children:
                if child.process is not None and child.process.poll() is not None:
                    self._say(f"The {child.name} ended with code {child.process.returncode}.")
                    return False
            if is_ready():
                return True
            time.sleep(0.1)
        return False

    def _revive(self) -> None:
        """Start again what ended, at once the first time, then with growing pauses."""
        now = time.monotonic()
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                self._bury(child, now)
            if child.process is None and now >= child.due:
                self._start(child)

    def _bury(self, child: Child, now: float) -> None:
        assert child.process is not None  # noqa: S101  the caller has looked
        _signal_group(child.process.pid, signal.SIGKILL)
        child.deaths = 1 if now - child.started > STEADY_SECONDS else child.deaths + 1
        pause = 0.0 if child.deaths == 1 else min(2.0 ** (child.deaths - 2), LONGEST_PAUSE_SECONDS)
        code = child.process.returncode
        self._say(f"The {child.name} ended with code {code} and is started again.")
        child.process = None
        child.due = now + pause

    def _end_all(self) -> None:
        """Ask each group to end, wait, then end what is left by force."""
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + PATIENCE_SECONDS
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()


def _signal_group(group: int, number: signal.Signals) -> None:
    """Send a signal to a process group, which may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
