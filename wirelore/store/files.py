"""Atomic writing of files that only their owner can read."""

import os
from pathlib import Path
from typing import BinaryIO


def create(path: Path) -> BinaryIO:
    """Create a file that only its owner can read (0600)."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def replace_content(path: Path, data: bytes) -> None:
    """Replace a file's content atomically. On failure it raises OSError and leaves the old content."""
    temporary = path.with_name(path.name + ".new")
    try:
        with create(temporary) as stream:
            stream.write(data)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def write_at(descriptor: int, data: bytes, offset: int) -> None:
    """Write all of the data at the offset. On failure it raises OSError and restores the file's size."""
    size = os.fstat(descriptor).st_size
    written = 0
    try:
        while written < len(data):
            written += os.pwrite(descriptor, data[written:] if written else data, offset + written)
    except OSError:
        os.ftruncate(descriptor, size)
        raise
