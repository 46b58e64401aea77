"""Offspring: the processes that descend from this one, also those that went away from their parent, and their end."""

import contextlib
import ctypes
import os
import signal
import sys
import time
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
"""prctl(2)."""
_PATIENCE_S, _AGAIN_S = 5.0, 0.01


def adopt() -> None:
    """Has orphans among the descendants become this process's children, where the system can do that (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def living() -> list[int]:
    """The ids of all descendants that are no zombies, where the system tells (Linux)."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            state, parent = entry.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(entry.parent.name)] = int(parent)
    found, level = [], {os.getpid()}
    while level:
        level = {child for child, parent in parents.items() if parent in level}
        found += sorted(level)
    return found


def end() -> None:
    """Ends all descendants at once, and waits until they are gone."""
    deadline = time.monotonic() + _PATIENCE_S
    while (left := living()) and time.monotonic() < deadline:
        for number in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        _reap()
        time.sleep(_AGAIN_S)
    _reap()


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):  # there are none
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
