"""The index: a line per exchange, appended whole or not at all, and locked as long as somebody writes the capture."""

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
from wirelore.store.files import put

UNLOCKABLE = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)
"""What a file system answers that knows no locks."""
_MOST = 1 << 30
"""Bytes of an index: some million lines."""


class Locked(Exception):
    """Somebody else writes the capture."""


class Index:
    """An index being written; lines that find no room wait in memory for the next try."""

    def __init__(self, path: Path, *, new: bool) -> None:
        """Opens and locks the file, a `new` one emptied. Raises Locked and OSError."""
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
        self._waiting: deque[bytes] = deque()

    def append(self, entry: Mapping[str, Any]) -> None:
        """Writes a line now, or when there is room for it again."""
        data = codec.line(entry) + b"\n"
        self._hash.update(data)
        self._waiting.append(data)
        try:
            self.drain()
        except OSError:  # no room: the line waits, and `close` says it if there never is any
            return

    def drain(self) -> None:
        """Writes the lines that wait. Raises OSError."""
        while self._waiting:
            put(self._descriptor, self._waiting[0], self._size)
            self._size += len(self._waiting.popleft())

    def keep(self, lines: bytes) -> None:
        """Starts from lines that are there already; what follows them in the file goes."""
        os.ftruncate(self._descriptor, len(lines))
        self._hash, self._size = hashlib.sha256(lines), len(lines)

    def read(self) -> bytes:
        """The whole file. Raises OSError for one that is larger than any recording makes it."""
        size = os.fstat(self._descriptor).st_size
        if size > _MOST:
            raise OSError(f"its index has {size} bytes, at most {_MOST} are read")
        return os.pread(self._descriptor, size, 0)

    @property
    def sha256(self) -> str:
        """The hash of all lines, those that wait included."""
        return self._hash.hexdigest()

    def close(self) -> None:
        """Writes what waits and gives the lock up. Raises OSError, and then the lock is gone too."""
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
    """Locks an open file for as long as it is open. Raises Locked if it is already; a file system may know no locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Locked("somebody else writes it") from None
    except OSError as fault:
        if fault.errno not in UNLOCKABLE:
            raise


def entry_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The line of the index that an exchange.json has. Raises KeyError, TypeError, AttributeError if it is none."""
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
