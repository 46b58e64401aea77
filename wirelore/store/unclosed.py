"""A capture that was not closed: whether its recorder is still at work, and whether it can be repaired where it is.

Nothing is written to find out.
"""

import fcntl
import os
from pathlib import Path

from wirelore.store import bounded
from wirelore.store.index import UNLOCKABLE


def is_recorded(index: Path) -> bool:
    """Whether a recorder holds the lock of a capture's index; a missing file, and one without locks, has none."""
    try:
        with bounded.opened(index) as stream:
            fcntl.flock(stream.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    except OSError as fault:
        if fault.errno is not None and fault.errno not in UNLOCKABLE:
            raise
    return False


def may_write(folder: Path) -> bool:
    """Whether the user may write into a folder: its mode and its file system allow it."""
    return os.access(folder, os.W_OK | os.X_OK)


def reason(folder: Path, index: Path) -> str:
    """Why a capture is not closed, and what to do."""
    if is_recorded(index):
        return "it was not closed: its recorder is still at work"
    if may_write(folder):
        return "it was not closed: its recorder was killed, and it was not repaired"
    return (
        "it was not closed: its recorder was killed, and it cannot be repaired here, where nothing may be written; "
        "copy it to a folder that you may write to, and read the copy"
    )
