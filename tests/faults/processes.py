"""Processes by their place in the tree, from /proc."""

import contextlib
import os
import signal
from pathlib import Path


def _parents():
    """The parent of each process that lives."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if fields[0] != "Z":
                    parents[int(entry.name)] = int(fields[1])
    return parents


def command_of(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return ""


def children(pid):
    return sorted(child for child, parent in _parents().items() if parent == pid)


def descendants(pid):
    """Children, their children and so on, the process itself not."""
    parents = _parents()
    found, front = [], {pid}
    while front:
        front = {child for child, parent in parents.items() if parent in front}
        found.extend(sorted(front))
    return found


def lives(pid):
    return pid in _parents()


def send(pids, number):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def kill_tree(pid):
    """End a process and all it started, each by its id; groups do not matter."""
    found = [pid, *descendants(pid)]
    send(found, signal.SIGSTOP)  # nobody starts another while we look
    send({*found, *descendants(pid)}, signal.SIGKILL)
