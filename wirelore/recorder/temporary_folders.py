"""Leftovers: temporary folders that are locked while they are used, so that what a killed process left can be removed.

A folder is removed by the next start if it is of this kind, ours, for nobody else to look into, and its lock is free.
The lock is held by whoever has its descriptor: a child that is given it goes on using the folder.
"""

import contextlib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Self

from wirelore.store.index import Locked, lock

PREFIX = "wirelore-"
LOCK = "lock"
"""The file in such a folder that is locked."""


class TemporaryFolder:
    """A folder (0700) until `cleanup`, or until the next start if that never comes."""

    def __init__(self, kind: str) -> None:
        """Removes what others left, then makes the folder; `kind` is a part of its name."""
        remove_unused()
        while True:
            self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-"))
            self.descriptor = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                lock(self.descriptor)
            except Locked:  # somebody's next start was quicker, and removes it
                os.close(self.descriptor)
                continue
            if os.fstat(self.descriptor).st_nlink:
                return
            os.close(self.descriptor)

    def cleanup(self) -> None:
        """Removes the folder."""
        if self.descriptor >= 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            os.close(self.descriptor)
            self.descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cleanup()


def remove_locked(folder: Path) -> None:
    """Removes a folder whose lock is held. The lock goes last: until then nobody takes the rest for free."""
    with contextlib.suppress(OSError):
        empty(folder)
        (folder / LOCK).unlink()
        folder.rmdir()


def empty(folder: Path) -> None:
    """Removes all that is in a folder but its lock. Raises OSError."""
    for left in folder.iterdir():
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left)
        elif left.name != LOCK:
            left.unlink()


def remove_unused() -> list[Path]:
    """Removes the folders that nobody uses any more, and returns them."""
    removed = []
    for folder in sorted(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")):
        if _is_ours(folder) and (descriptor := _lock_of(folder)) is not None:
            try:
                lock(descriptor)
                remove_locked(folder)
                removed.append(folder)
            except Locked:  # in use
                continue
            finally:
                os.close(descriptor)
    return removed


def _is_ours(folder: Path) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:  # its owner was quicker
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and stat.S_IMODE(found.st_mode) == 0o700


def _lock_of(folder: Path) -> int | None:
    try:
        return os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:  # it has none: then it is not of this kind
        return None
