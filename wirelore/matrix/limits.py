"""Limits: until when a client may run, and its end when it did not end by itself."""

import os
import select
import subprocess
import time
from pathlib import Path

ITSELF, DEADLINE, LEASH = "itself", "deadline", "leash"
"""What ends a client: its own end, the time, or the end of what it is a part of."""
_LOOK_S, _GRACE_S = 0.02, 2.0


class Ended(Exception):
    """A client may not go on; the message is DEADLINE or LEASH."""


class Limits:
    """A time from now, and a FIFO that somebody holds open for so long as the client may run."""

    def __init__(self, leash: Path, deadline_s: float) -> None:
        self._leash = os.open(leash, os.O_RDONLY | os.O_NONBLOCK)
        self._deadline = time.monotonic() + deadline_s

    def check(self, wait_s: float = _LOOK_S) -> None:
        """Waits so long (seconds), then raises Ended if a limit is reached."""
        if select.select([self._leash], [], [], wait_s)[0]:
            raise Ended(LEASH)
        if time.monotonic() > self._deadline:
            raise Ended(DEADLINE)


def awaited(client: "subprocess.Popen[bytes]", limits: Limits) -> int:
    """The exit code of a client that ends within the limits. Raises Ended, after the client has ended."""
    try:
        while client.poll() is None:
            limits.check()
    except Ended:
        end(client)
        raise
    return code(client)


def end(client: "subprocess.Popen[bytes]") -> None:
    """Asks the client to end, and ends it if it does not."""
    client.terminate()
    try:
        client.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        client.kill()
        client.wait()


def code(client: "subprocess.Popen[bytes]") -> int:
    """The exit code of a client that has ended; 128 and the number of the signal that ended it, as shells have it."""
    return 128 - client.returncode if client.returncode < 0 else client.returncode
