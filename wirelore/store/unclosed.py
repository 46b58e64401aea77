"""State of a capture that was not closed: whether its recorder is running and whether it can be repaired in place.

Nothing is written to find out.
"""

import fcntl
import os
from pathlib import Path

from wirelore.store import bounded
from wirelore.store.index import UNLOCKABLE


def is_being_recorded(index: Path) -> bool:
    """Return True if a recorder holds the lock of the index. A missing file, or one without locks, is not locked."""
    try:
        with bounded.open_regular(index) as stream:
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
    """Return True if the user may write into a folder, according to its mode and its file system."""
    return os.access(folder, os.W_OK | os.X_OK)


def reason(folder: Path, index: Path) -> str:
    """Return why a capture is not closed, and the remedy."""
    if is_being_recorded(index):
        return "not closed; its recorder is still running"
    if may_write(folder):
        return "not closed; its recorder was killed and it has not been repaired"
    return (
        "not closed; its recorder was killed and its folder is not writable; "
        "copy it to a writable folder and read the copy"
    )
