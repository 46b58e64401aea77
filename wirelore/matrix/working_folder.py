"""The working folder of a client, at the same path in every run of a scenario.

Prompts contain the path of the working folder, so runs are comparable only if it is the same. The path depends only on
the user and the scenario's name. A run locks the folder; other runs of the scenario wait.
"""

import contextlib
import os
import stat
import tempfile
import threading
from pathlib import Path
from typing import Self

from wirelore.recorder.temporary_folders import LOCK, PREFIX, empty, remove_locked
from wirelore.store.index import Locked, lock

_POLL_S = 0.1


class WorkingFolder:
    """The folder (0700) for the duration of a `with` block; leftovers of a killed run are removed first."""

    def __init__(self, scenario: str, stopped: threading.Event) -> None:
        """`stopped` cancels waiting for another run."""
        self.folder = Path(tempfile.gettempdir()) / f"{PREFIX}stage-{os.getuid()}-{scenario}"
        self.home = self.folder / "person"
        self.work = self.home / "work"
        self.descriptor = -1
        """The descriptor of the lock; a child process that inherits it keeps the folder locked."""
        self._stopped = stopped

    def __enter__(self) -> Self:
        """Lock the folder. Raise InterruptedError if stopped while waiting, PermissionError if it is not private."""
        while not self._try_lock():
            if self._stopped.wait(_POLL_S):
                raise InterruptedError("stopped while another run used the working folder")
        return self

    def __exit__(self, *_: object) -> None:
        remove_locked(self.folder)
        os.close(self.descriptor)

    def _try_lock(self) -> bool:
        try:
            with contextlib.suppress(FileExistsError):  # exist_ok raises it if the folder is removed at the same time
                self.folder.mkdir(mode=0o700)
            status = self.folder.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
                raise PermissionError(f"{self.folder}: expected a folder that only this user can access; remove it")
            self.descriptor = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except FileNotFoundError:  # removed at the same time
            return False
        try:
            lock(self.descriptor)
            if os.fstat(self.descriptor).st_nlink:
                empty(self.folder)
                return True
        except Locked:
            pass
        except BaseException:
            os.close(self.descriptor)
            raise
        os.close(self.descriptor)  # another run has the folder, or had it and removed it
        return False
