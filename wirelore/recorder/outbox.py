"""A non-blocking, bounded queue of frames from the proxy to the recorder process."""

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
"""Smaller payloads are appended to their head, which is cheaper than a separate buffer."""
_SPARE = 16 << 20
"""Bytes beyond the limit that only frames without a body may use, so that ends and counts are still queued."""
_PAUSE_S = 0.02
"""Seconds for which frames are collected before they are written together."""
_BATCH = 256 << 10
"""Queued bytes above which frames are written immediately."""

logger = logging.getLogger(__name__)


class Outbox:
    """A recorder process and the bounded queue of frames for it."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str], limit: int, pass_fds: Sequence[int] = ()
    ) -> None:
        """Start the process and wait until it is ready. Raises RuntimeError with the reason if it is not."""
        self.pending = 0
        self.broken = ""
        """The reason why the process cannot be reached; empty while it can."""
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
        first_line = self._line()
        if "ready" not in first_line:
            self._process.kill()
            self._process.wait()
            raise RuntimeError(first_line.get("error") or "the recorder process did not start")
        os.set_blocking(self._descriptor, False)
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            with contextlib.suppress(OSError):  # the user's quota of pipe pages is used up: keep the default size
                fcntl.fcntl(self._descriptor, fcntl.F_SETPIPE_SZ, 1 << 20)

    @property
    def pid(self) -> int:
        """The recorder's process id."""
        return self._process.pid

    def put(self, kind: int, exchange: int, us: int, payload: bytes = b"") -> bool:
        """Queue a frame. Return False, and queue nothing, if the recorder is gone or the queue is full."""
        size = len(payload)
        limit = self._limit if kind in _BODIES else self._limit + _SPARE
        if self.broken or self.pending + size > limit:
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
        """Write the remaining frames, wait for the recorder to exit, and return its last line ({} if there is none)."""
        self._unblock()
        if not self.broken:
            os.set_blocking(self._descriptor, True)
            self._flush()
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # the recorder is gone; `_line` returns an empty result
            self._process.stdin.close()
        last_line = self._line()
        self._process.wait()
        return last_line

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
            logger.error("wirelore: the recorder process is gone (%s): recording has stopped", self.broken)
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
        except ValueError:  # the process exited without output
            return {}
        return value if isinstance(value, dict) else {}
