"""Temporary folders that are locked while in use, so that those of a killed process can be removed.

The next start removes a folder if it has this prefix, belongs to the user with mode 0700, and its lock is free. Every
process that has the lock's descriptor holds the lock, so a child that inherits it keeps the folder in use.
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
"""The name of the lock file."""


class TemporaryFolder:
    """A folder (0700) that is removed by `cleanup`, or by the next start if the process is killed."""

    def __init__(self, kind: str) -> None:
        """Remove unused folders, then create one; `kind` becomes a part of its name."""
        remove_unused()
        while True:
            self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-"))
            self.descriptor = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                lock(self.descriptor)
            except Locked:  # another process is removing the new folder
                os.close(self.descriptor)
                continue
            if os.fstat(self.descriptor).st_nlink:
                return
            os.close(self.descriptor)

    def cleanup(self) -> None:
        """Remove the folder."""
        if self.descriptor >= 0:
            shutil.rmtree(self.folder, ignore_errors=True)
            os.close(self.descriptor)
            self.descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cleanup()


def remove_locked(folder: Path) -> None:
    """Remove a folder whose lock is held. The lock file is removed last, so that no other process takes the folder."""
    with contextlib.suppress(OSError):
        empty(folder)
        (folder / LOCK).unlink()
        folder.rmdir()


def empty(folder: Path) -> None:
    """Remove everything in a folder except its lock file. Raises OSError."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()


def remove_unused() -> list[Path]:
    """Remove the folders that are not in use, and return their paths."""
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
        status = folder.lstat()
    except FileNotFoundError:  # its owner has removed it
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid() and stat.S_IMODE(status.st_mode) == 0o700


def _lock_of(folder: Path) -> int | None:
    try:
        return os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:  # without a lock file it is not one of these folders
        return None
