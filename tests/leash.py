"""What the matrix holds its runs by, for the tests of their parts."""

import os
from pathlib import Path


class Leash:
    """A FIFO that is held open until it is let go."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR)

    def let_go(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1
