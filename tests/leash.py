"""The leash of a matrix run, for tests: the run stops when it is closed."""

import os
from pathlib import Path


class Leash:
    """A FIFO that stays open until `close` is called."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1
