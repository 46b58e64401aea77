"""Find and kill all descendant processes, including orphans (Linux)."""

import contextlib
import ctypes
import os
import sys
import time

import psutil

_PR_SET_CHILD_SUBREAPER = 36
"""An option of prctl(2); psutil does not support it."""
_TIMEOUT_S, _POLL_S = 5.0, 0.01


def adopt() -> None:
    """Make this process the parent of orphaned descendants; does nothing on systems other than Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def living() -> list[psutil.Process]:
    """Return all descendants that still run, without zombies."""
    return [process for process in psutil.Process().children(recursive=True) if _runs(process)]


def end() -> None:
    """Kill all descendants and wait until they have ended, for at most 5 seconds."""
    deadline = time.monotonic() + _TIMEOUT_S
    while (processes := living()) and time.monotonic() < deadline:
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        _reap()
        time.sleep(_POLL_S)
    _reap()


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it ended meanwhile
        return False


def _reap() -> None:
    """Collect ended children; adopted orphans would otherwise stay zombies."""
    with contextlib.suppress(ChildProcessError):  # no children
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
