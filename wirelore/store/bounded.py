"""Bounded reading: the files of a capture as a stranger may have made them.

No link is followed, nothing but a regular file is opened (a pipe would be waited for, a device has no end), and no more
is read than fits.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

DOCUMENT_LIMIT = 256 << 20
"""Bytes of a JSON file of a capture: what describes an exchange of ten million chunks still fits."""
LINE_LIMIT = 4 << 20
"""Bytes of an index line: it has a host and a path, and servers take a few thousand bytes of both."""
LINES_LIMIT = 1_000_000
"""Lines of an index: each needs some hundred bytes of memory, and each is a folder on the disk."""


class Refused(OSError):
    """A file is not opened or not read; the message says what it is and what to do."""


def opened(path: Path) -> BinaryIO:
    """A regular file, open for reading. Raises Refused for anything else, and OSError."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        raise Refused("a link, which is not followed; put the file itself there")
    if not stat.S_ISREG(mode):
        raise Refused("not a regular file; take it from a copy")
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")


def read(path: Path, limit: int = DOCUMENT_LIMIT) -> bytes:
    """The bytes of a file. Raises Refused if they are more than the limit, and OSError."""
    with opened(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        content = stream.read(size + 1) if size <= limit else b""  # room is made for what is asked for
    if size > limit or len(content) > size:
        raise Refused(f"{size} bytes, at most {limit} are read; it was changed, take it from a copy")
    return content


def lines(path: Path) -> Iterator[bytes]:
    """The lines of a file. Raises Refused where one is too long, or where they are too many, and OSError."""
    with opened(path) as stream:
        number = 0
        while line := stream.readline(LINE_LIMIT + 1):
            number += 1
            if len(line) > LINE_LIMIT:
                raise Refused(f"line {number} has more than {LINE_LIMIT} bytes; it was changed, take it from a copy")
            if number > LINES_LIMIT:
                raise Refused(f"more than {LINES_LIMIT} lines; it was changed, take it from a copy")
            yield line


def linked(*folders: Path) -> Path | None:
    """The first of the folders that is a link, None if none is."""
    return next((folder for folder in folders if folder.is_symlink()), None)
