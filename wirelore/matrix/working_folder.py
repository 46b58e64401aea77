"""The stage of a scenario: the folder that a client finds itself in, at the same path in every run of that scenario.

Prompts hold the path of the working folder, so runs can be compared only if it is the same. The path is made of the
scenario's name alone, and whoever has the stage locks it: another run of the scenario waits.
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

_AGAIN_S = 0.1


class WorkingFolder:
    """The folder (0700) as long as a `with` block; what a killed run left there is removed first."""

    def __init__(self, scenario: str, stopped: threading.Event) -> None:
        """`stopped` ends the waiting for another run."""
        self.folder = Path(tempfile.gettempdir()) / f"{PREFIX}stage-{os.getuid()}-{scenario}"
        self.home = self.folder / "person"
        self.work = self.home / "work"
        self.descriptor = -1
        """That of the lock: a child that is given it goes on using the folder."""
        self._stopped = stopped

    def __enter__(self) -> Self:
        """Takes the stage. Raises InterruptedError if it was stopped meanwhile, PermissionError if it is not ours."""
        while not self._taken():
            if self._stopped.wait(_AGAIN_S):
                raise InterruptedError("stopped while another run had the stage")
        return self

    def __exit__(self, *_: object) -> None:
        remove_locked(self.folder)
        os.close(self.descriptor)

    def _taken(self) -> bool:
        try:
            with contextlib.suppress(FileExistsError):  # exist_ok would raise it where somebody removes it just now
                self.folder.mkdir(mode=0o700)
            found = self.folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
                raise PermissionError(f"{self.folder}: not ours alone; remove it")
            self.descriptor = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except FileNotFoundError:  # it was removed just now
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
        os.close(self.descriptor)  # somebody has the stage, or had it and removed it
        return False
