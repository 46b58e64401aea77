"""A session at a pseudo-terminal: keys are typed when the screen shows what they answer."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wirelore.matrix.limits import Limits, code, end

_CONTROL = re.compile(
    rb"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>78cDEHMNOZ]"
)
"""Control sequences (ECMA-48: CSI, OSC; character sets and single functions)."""
_LATEST = 1 << 16
"""Bytes of the screen that are looked at."""
_APART_S, _LOOK_S = 0.3, 0.05
"""Keys are typed apart: many at once are taken for something that was pasted."""
_BLOCK = 1 << 16


class Session:
    """A client at a terminal."""

    def __init__(self, command: Sequence[str], work: Path, rows: int, columns: int) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        try:
            self.client = subprocess.Popen(
                command,
                stdin=slave,
                stdout=slave,
                stderr=slave,
                cwd=work,
                env={**os.environ, "TERM": "xterm-256color"},
                start_new_session=True,
                preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # this process has no threads
            )
        finally:
            os.close(slave)
        self._since = b""
        """What was written since the last keys."""
        self._all = b""

    def run(self, rules: Sequence[Mapping[str, Any]], patience_s: float, limits: Limits) -> int:
        """The client's exit code. Each rule (`shows`, `keys`) acts once; without any for so long the client is ended.

        Raises Ended.
        """
        left = list(rules)
        latest = time.monotonic()
        try:
            while self.client.poll() is None and time.monotonic() < latest + patience_s:
                self._read(_LOOK_S, limits)
                shown = squeezed(self._since)
                if rule := next((each for each in left if re.search(each["shows"], shown)), None):
                    left.remove(rule)
                    self._type(rule["keys"], limits)
                    latest = time.monotonic()
        finally:
            if self.client.poll() is None:
                end(self.client)
            self._drain()
            os.close(self._master)
        return code(self.client)

    @property
    def screen(self) -> str:
        """The last that was on the screen, squeezed."""
        return squeezed(self._all)

    def _type(self, keys: Sequence[str], limits: Limits) -> None:
        self._read(_APART_S, limits)
        self._since = b""
        for key in keys:
            os.write(self._master, key.encode())
            self._read(_APART_S, limits)

    def _read(self, seconds: float, limits: Limits) -> None:
        """Reads for so long. Raises Ended."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            limits.check(0)
            if not select.select([self._master], [], [], left)[0]:
                return
            if not self._block():
                time.sleep(left)
                return

    def _block(self) -> bytes:
        try:
            block = os.read(self._master, _BLOCK)
        except OSError:  # the client has closed its side
            return b""
        self._since = (self._since + block)[-_LATEST:]
        self._all = (self._all + block)[-_LATEST:]
        return block

    def _drain(self) -> None:
        while select.select([self._master], [], [], 0)[0] and self._block():
            pass


def squeezed(written: bytes) -> str:
    """A screen's text without control sequences and white space: a client may move the cursor instead of a space."""
    return re.sub(r"\s+", "", _CONTROL.sub(b"", written).decode(errors="replace"))
