"""The outbox: what the proxy has to tell the recorder process, written without ever waiting for it."""

import asyncio
import contextlib
import fcntl
import itertools
import json
import logging
import os
import subprocess
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from wirelore.recorder import handover

_BUFFERS = 512
_BODIES = (handover.REQUEST_BODY, handover.RESPONSE_BODY)
_SMALL = 4 << 10
"""Payloads below this are copied behind their head: cheaper than a buffer more to write."""
_SPARE = 16 << 20
"""Bytes beyond the limit that are left to frames without bodies, so that ends and counts still get through."""
_PAUSE_S = 0.02
"""How long frames are gathered before they are written together."""
_BATCH = 256 << 10
"""Bytes that are written at once, without a pause."""

logger = logging.getLogger(__name__)


class Outbox:
    """A recorder process and the bounded queue of frames to it."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str], limit: int, pass_fds: Sequence[int] = ()
    ) -> None:
        """Starts the process and waits until it is ready. Raises RuntimeError with its reason if it is not."""
        self.pending = 0
        self.broken = ""
        """Why the process can no longer be reached; empty while it can."""
        self._limit = limit
        self._queue: deque[bytes | memoryview] = deque()
        self._scheduled = False
        self._blocked = False
        self._loop = asyncio.get_running_loop()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(env),
            pass_fds=pass_fds,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        self._descriptor = self._process.stdin.fileno()
        first = self._line()
        if "ready" not in first:
            self._process.kill()
            self._process.wait()
            raise RuntimeError(first.get("error") or "the recorder process did not start")
        os.set_blocking(self._descriptor, False)
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            with contextlib.suppress(OSError):  # a full quota of pipe pages: the default size works as well
                fcntl.fcntl(self._descriptor, fcntl.F_SETPIPE_SZ, 1 << 20)

    @property
    def pid(self) -> int:
        """The recorder's process id."""
        return self._process.pid

    def put(self, kind: int, exchange: int, us: int, payload: bytes = b"") -> bool:
        """Queues a frame; False if the recorder is gone or too far behind, then nothing of the frame is kept."""
        size = len(payload)
        room = self._limit if kind in _BODIES else self._limit + _SPARE
        if self.broken or self.pending + size > room:
            return False
        head = handover.HEAD.pack(kind, exchange, us, size)
        if size < _SMALL:
            self._queue.append(head + payload)
        else:
            self._queue.append(head)
            self._queue.append(payload)
        self.pending += size + len(head)
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_later(_PAUSE_S, self._flush)
        if self.pending > _BATCH and not self._blocked:
            self._flush()
        return True

    def close(self) -> dict[str, Any]:
        """Writes what is left, waits for the recorder to finish, and returns its last line; empty if it died."""
        self._unblock()
        if not self.broken:
            os.set_blocking(self._descriptor, True)
            self._flush()
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it is gone: its exit code says so below
            self._process.stdin.close()
        last = self._line()
        self._process.wait()
        return last

    def _flush(self) -> None:
        self._scheduled = False
        queue = self._queue
        try:
            while queue:
                written = os.writev(self._descriptor, list(itertools.islice(queue, _BUFFERS)))
                self._drop(written)
        except BlockingIOError:
            self._scheduled = True
            if not self._blocked:
                self._blocked = True
                self._loop.add_writer(self._descriptor, self._flush)
            return
        except OSError as fault:
            self.broken = fault.strerror or str(fault)
            queue.clear()
            self.pending = 0
            logger.error("wirelore: the recorder process is gone (%s): nothing is recorded any more", self.broken)
        self._unblock()

    def _drop(self, written: int) -> None:
        self.pending -= written
        queue = self._queue
        if not self.pending:
            queue.clear()
            return
        while written:
            first = queue.popleft()
            if len(first) > written:
                queue.appendleft(memoryview(first)[written:])
                return
            written -= len(first)

    def _unblock(self) -> None:
        if self._blocked:
            self._blocked = False
            self._loop.remove_writer(self._descriptor)

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        try:
            value = json.loads(line)
        except ValueError:  # it died before it could say anything
            return {}
        return value if isinstance(value, dict) else {}
