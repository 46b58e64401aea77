"""Safe reading of a capture's files, which may come from a stranger.

Links are not followed. Only regular files are opened, because a pipe can block and a device has no end. Sizes are
limited.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

DOCUMENT_LIMIT = 256 << 20
"""The maximum size of a capture's JSON file in bytes; an exchange of ten million chunks still fits."""
LINE_LIMIT = 4 << 20
"""The maximum size of an index line in bytes. It has a host and a path, and servers accept a few thousand bytes of
each.
"""
LINES_LIMIT = 1_000_000
"""The maximum number of index lines. Each takes some hundred bytes of memory and is a folder on disk."""


class Refused(OSError):
    """A file is not opened or not read; the message gives the reason and the remedy."""


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading. Raises Refused for anything else, and OSError."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        raise Refused("a symbolic link, which is not followed; replace it with the file")
    if not stat.S_ISREG(mode):
        raise Refused("not a regular file; restore it from a copy")
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")


def read(path: Path, limit: int = DOCUMENT_LIMIT) -> bytes:
    """Return the content of a file. Raises Refused if it is larger than the limit, and OSError."""
    with open_regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        content = stream.read(size + 1) if size <= limit else b""  # read() allocates the requested size at once
    if size > limit or len(content) > size:
        raise Refused(f"{size} bytes, expected at most {limit}; it was changed, restore it from a copy")
    return content


def lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file. Raises Refused if a line is too long or there are too many, and OSError."""
    with open_regular(path) as stream:
        number = 0
        while line := stream.readline(LINE_LIMIT + 1):
            number += 1
            if len(line) > LINE_LIMIT:
                raise Refused(f"line {number} has more than {LINE_LIMIT} bytes; it was changed, restore it from a copy")
            if number > LINES_LIMIT:
                raise Refused(f"more than {LINES_LIMIT} lines; it was changed, restore it from a copy")
            yield line


def first_link(*folders: Path) -> Path | None:
    """Return the first of the folders that is a symbolic link, None if there is none."""
    return next((folder for folder in folders if folder.is_symlink()), None)
