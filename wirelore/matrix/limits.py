"""Limits on a client's run time, and the termination of a client that exceeds them."""

import os
import select
import subprocess
import time
from pathlib import Path

ITSELF, DEADLINE, LEASH = "itself", "deadline", "leash"
"""Why a client ended: by itself, at the deadline, or because the leash was closed."""
_POLL_S, _GRACE_S = 0.02, 2.0


class Ended(Exception):
    """A client must stop; the message is DEADLINE or LEASH."""


class Limits:
    """A deadline, and a FIFO (the leash) that another process holds open while the client may run."""

    def __init__(self, leash: Path, deadline_s: float) -> None:
        self._leash = os.open(leash, os.O_RDONLY | os.O_NONBLOCK)
        self._deadline = time.monotonic() + deadline_s

    def check(self, wait_s: float = _POLL_S) -> None:
        """Wait `wait_s` seconds, and raise Ended if a limit is reached."""
        if select.select([self._leash], [], [], wait_s)[0]:
            raise Ended(LEASH)
        if time.monotonic() > self._deadline:
            raise Ended(DEADLINE)


def wait_for(client: "subprocess.Popen[bytes]", limits: Limits) -> int:
    """Wait for a client and return its exit code. Raise Ended at a limit, after the client has been terminated."""
    try:
        while client.poll() is None:
            limits.check()
    except Ended:
        end(client)
        raise
    return code(client)


def end(client: "subprocess.Popen[bytes]") -> None:
    """Terminate the client; kill it if it does not end within 2 seconds."""
    client.terminate()
    try:
        client.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        client.kill()
        client.wait()


def code(client: "subprocess.Popen[bytes]") -> int:
    """Return the exit code of a client that has ended; after a signal, 128 plus its number, as in shells."""
    return 128 - client.returncode if client.returncode < 0 else client.returncode
