"""Finds and ends all descendant processes, also those that left their parent (Linux)."""

import contextlib
import ctypes
import os
import sys
import time

import psutil

_PR_SET_CHILD_SUBREAPER = 36
"""prctl(2); psutil does not offer it."""
_PATIENCE_S, _AGAIN_S = 5.0, 0.01


def adopt() -> None:
    """Has orphans among the descendants become this process's children, where the system can do that (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def living() -> list[psutil.Process]:
    """All descendants that still run; zombies do not."""
    return [process for process in psutil.Process().children(recursive=True) if _runs(process)]


def end() -> None:
    """Ends all descendants at once, and waits until they are gone; 5 seconds at most."""
    deadline = time.monotonic() + _PATIENCE_S
    while (left := living()) and time.monotonic() < deadline:
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        _reap()
        time.sleep(_AGAIN_S)
    _reap()


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it ended meanwhile
        return False


def _reap() -> None:
    """Collects the ended children; without this, adopted orphans stay zombies."""
    with contextlib.suppress(ChildProcessError):  # there are none
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
