"""The file behind a recording as a stream of bytes, whether it is compressed with gzip or not.

How much of it is held at once has limits, as a foreign file may be made to fill any memory.
"""

import stat
from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, BinaryIO

from wirelore.formats.draft import EntryError
from wirelore.model import encodings

DOCUMENT_LIMIT = 64 << 20
"""Bytes of a document that is parsed as a whole: a cassette, a JSON body, a line of a log. The longest request that the
service takes has 32 MB; a parsed document needs some twenty times its size at worst."""
ENTRY_LIMIT = 256 << 20
"""Bytes of one entry of a file that is read entry by entry, and of a body that is not parsed."""

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_BLOCK = 1 << 14
_BUFFER = 1 << 18

CUT = encodings.Undecodable
"""What reading raises where a compressed file is cut or damaged; the bytes before were given."""


def opened(path: Path) -> BufferedReader:
    """The file's bytes, decompressed if gzip, without a UTF-8 byte order mark. Raises OSError, CUT.

    Only a regular file is opened: a pipe would be waited for, and a device has no end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("not a regular file; copy what it gives into one")
    stream: BufferedReader = BufferedReader(path.open("rb", buffering=0), _BUFFER)
    try:
        if stream.peek(2).startswith(_GZIP):
            stream = BufferedReader(_Gunzip(stream), _BUFFER)
        if stream.peek(3).startswith(_BOM):
            stream.read(3)
    except BaseException:
        stream.close()
        raise
    return stream


def content(stream: BinaryIO, limit: int = DOCUMENT_LIMIT) -> bytes:
    """All bytes of a stream. Raises EntryError if they are more than the limit."""
    found = bytearray()
    while block := stream.read(_BUFFER):
        found += block
        if len(found) > limit:
            raise too_large(limit)
    return bytes(found)


def lines(stream: BinaryIO) -> Iterator[bytes | EntryError]:
    """The lines of a stream; for one that is longer than DOCUMENT_LIMIT, an error in its place."""
    while line := stream.readline(DOCUMENT_LIMIT + 1):
        if len(line) <= DOCUMENT_LIMIT:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(_BUFFER)
        yield too_large(DOCUMENT_LIMIT)


def too_large(limit: int) -> EntryError:
    """The error of what is larger than a limit (bytes)."""
    return EntryError(f"more than {limit >> 20} MiB", f"at most {limit >> 20} MiB are read at once; split it")


class _Gunzip(RawIOBase):
    """The decompressed bytes of a gzip file, all of them up to a cut."""

    def __init__(self, packed: BinaryIO) -> None:
        super().__init__()
        self._packed = packed
        self._decoder = encodings.Decoder("gzip")
        self._pieces: Iterator[bytes] = iter(())
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            piece = next(self._pieces, None)
            if piece is None:
                block = self._packed.read(_BLOCK)
                if not block:
                    self._decoder.finish()
                    return 0
                self._pieces = self._decoder.pieces(block)
                continue
            self._ready = memoryview(piece)
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def close(self) -> None:
        self._packed.close()
        super().close()
