"""A session at a pseudo-terminal that types keys when the screen shows expected texts."""

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
_SCREEN_BYTES = 1 << 16
"""The number of bytes of the latest output that are searched."""
_KEY_PAUSE_S, _POLL_S = 0.3, 0.05
"""The pause between keys, because clients take fast input for pasted text; the interval of reads."""
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
        """The output since the last keys."""
        self._all = b""

    def run(self, rules: Sequence[Mapping[str, Any]], patience_s: float, limits: Limits) -> int:
        """Run the session and return the client's exit code. Each rule (`shows`, `keys`) applies once.

        The client is terminated after `patience_s` seconds without a matching rule. Raise Ended.
        """
        remaining = list(rules)
        last_match = time.monotonic()
        try:
            while self.client.poll() is None and time.monotonic() < last_match + patience_s:
                self._read(_POLL_S, limits)
                screen = squeezed(self._since)
                if rule := next((each for each in remaining if re.search(each["shows"], screen)), None):
                    remaining.remove(rule)
                    self._type(rule["keys"], limits)
                    last_match = time.monotonic()
        finally:
            if self.client.poll() is None:
                end(self.client)
            self._drain()
            os.close(self._master)
        return code(self.client)

    @property
    def screen(self) -> str:
        """The latest output, without control sequences and white space."""
        return squeezed(self._all)

    def _type(self, keys: Sequence[str], limits: Limits) -> None:
        self._read(_KEY_PAUSE_S, limits)
        self._since = b""
        for key in keys:
            os.write(self._master, key.encode())
            self._read(_KEY_PAUSE_S, limits)

    def _read(self, seconds: float, limits: Limits) -> None:
        """Read output for some seconds. Raise Ended."""
        deadline = time.monotonic() + seconds
        while (remaining := deadline - time.monotonic()) > 0:
            limits.check(0)
            if not select.select([self._master], [], [], remaining)[0]:
                return
            if not self._block():
                time.sleep(remaining)
                return

    def _block(self) -> bytes:
        try:
            block = os.read(self._master, _BLOCK)
        except OSError:  # the client has closed the terminal
            return b""
        self._since = (self._since + block)[-_SCREEN_BYTES:]
        self._all = (self._all + block)[-_SCREEN_BYTES:]
        return block

    def _drain(self) -> None:
        while select.select([self._master], [], [], 0)[0] and self._block():
            pass


def squeezed(output: bytes) -> str:
    """Return a terminal's output as text without control sequences and white space.

    White space is removed because a client may move the cursor instead of writing a space.
    """
    return re.sub(r"\s+", "", _CONTROL.sub(b"", output).decode(errors="replace"))
