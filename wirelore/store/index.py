"""Writes the index: one line per exchange, appended atomically; the file is locked while the capture is written."""

import errno
import fcntl
import hashlib
import os
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from wirelore.model import codec
from wirelore.model.exchange import Request
from wirelore.store.files import write_at

UNLOCKABLE = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)
"""The error numbers of file systems that do not support locks."""
_SIZE_LIMIT = 1 << 30
"""The maximum size of an index in bytes: a few million lines."""


class Locked(Exception):
    """Another process is writing the capture."""


class Index:
    """An index that is being written. Lines that cannot be written are kept in memory and retried."""

    def __init__(self, path: Path, *, new: bool) -> None:
        """Open and lock the file; with `new`, empty it. Raises Locked and OSError."""
        self._descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | (os.O_CREAT if new else 0), 0o600)
        try:
            lock(self._descriptor)
            if new:
                os.ftruncate(self._descriptor, 0)
        except BaseException:
            os.close(self._descriptor)
            raise
        self._hash = hashlib.sha256()
        self._size = 0
        self._pending: deque[bytes] = deque()

    def append(self, entry: Mapping[str, Any]) -> None:
        """Append a line, or keep it in memory if that fails."""
        data = codec.line(entry) + b"\n"
        self._hash.update(data)
        self._pending.append(data)
        try:
            self.drain()
        except OSError:  # no space: the line stays pending, and `close` raises if it cannot be written
            return

    def drain(self) -> None:
        """Write the pending lines. Raises OSError."""
        while self._pending:
            write_at(self._descriptor, self._pending[0], self._size)
            self._size += len(self._pending.popleft())

    def keep(self, lines: bytes) -> None:
        """Continue after lines that are already in the file, and remove the lines after them."""
        os.ftruncate(self._descriptor, len(lines))
        self._hash, self._size = hashlib.sha256(lines), len(lines)

    def read(self) -> bytes:
        """Return the file's content. Raises OSError if it is larger than a recorder would write."""
        size = os.fstat(self._descriptor).st_size
        if size > _SIZE_LIMIT:
            raise OSError(f"index of {size} bytes, expected at most {_SIZE_LIMIT}")
        return os.pread(self._descriptor, size, 0)

    @property
    def sha256(self) -> str:
        """The SHA-256 of all lines, including pending ones."""
        return self._hash.hexdigest()

    def close(self) -> None:
        """Write the pending lines and release the lock. Raises OSError; the lock is released in any case."""
        if self._descriptor < 0:
            return
        try:
            self.drain()
        finally:
            os.close(self._descriptor)
            self._descriptor = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def lock(descriptor: int) -> None:
    """Lock an open file until it is closed, if the file system has locks. Raises Locked if it is already locked."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Locked("another process is writing it") from None
    except OSError as fault:
        if fault.errno not in UNLOCKABLE:
            raise


def entry_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the index line of an exchange.json. Raises KeyError, TypeError, AttributeError if it is malformed."""
    request, response = document["request"], document["response"]
    sizes = {
        f"{side}_size": message["body"]["size"] if message and message["body"] else 0
        for side, message in (("request", request), ("response", response))
    }
    return {
        **{key: document[key] for key in ("id", "sequence", "started", "category", "tags")},
        "method": request["method"],
        "host": request["host"],
        "path": Request(target=request["target"]).path,
        "status": response["status"] if response else None,
        "us": document["end"]["us"],
        "end": document["end"]["cause"],
        **sizes,
    }
