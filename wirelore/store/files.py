"""Files of a capture: for their owner alone, and what is written to them is written whole or not at all."""

import os
from pathlib import Path
from typing import BinaryIO


def create(path: Path) -> BinaryIO:
    """A new file that only its owner can read (0600)."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def place(path: Path, data: bytes) -> None:
    """Has the file hold the data, all of it or what it held before. Raises OSError, and leaves nothing beside it."""
    aside = path.with_name(path.name + ".new")
    try:
        with create(aside) as stream:
            stream.write(data)
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise


def put(descriptor: int, data: bytes, offset: int) -> None:
    """Writes all of the data at the offset; if that fails, raises OSError and the file ends where it ended before."""
    before = os.fstat(descriptor).st_size
    done = 0
    try:
        while done < len(data):
            done += os.pwrite(descriptor, data[done:] if done else data, offset + done)
    except OSError:
        os.ftruncate(descriptor, before)
        raise
