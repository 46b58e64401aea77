"""Reading a recording's file as a stream of bytes, with or without gzip.

The amount held in memory is limited, because a foreign file may be crafted to exhaust it.
"""

import stat
from collections.abc import Iterator
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, BinaryIO

from wirelore.formats.draft import EntryError
from wirelore.model import encodings

DOCUMENT_LIMIT = 64 << 20
"""The maximum size in bytes of a document that is parsed as a whole: a cassette, a JSON body, a line of a log. The
longest request accepted by the service has 32 MB; a parsed document takes at worst some twenty times its size.
"""
ENTRY_LIMIT = 256 << 20
"""The maximum size in bytes of an entry of a file that is read entry by entry, and of a body that is not parsed."""

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_BLOCK = 1 << 14
_BUFFER = 1 << 18

CUT = encodings.Undecodable
"""The error raised where a compressed file is truncated or damaged, after its earlier bytes have been returned."""


def opened(path: Path) -> BufferedReader:
    """Open a file for reading its bytes, decompressed, without a UTF-8 byte order mark. Raises OSError, CUT.

    Only a regular file is opened, because a pipe can block and a device has no end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("not a regular file; copy its content into one")
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
    """Return all bytes of a stream. Raises EntryError if they exceed the limit."""
    data = bytearray()
    while block := stream.read(_BUFFER):
        data += block
        if len(data) > limit:
            raise too_large(limit)
    return bytes(data)


def lines(stream: BinaryIO) -> Iterator[bytes | EntryError]:
    """Yield the lines of a stream, with an error in place of one longer than DOCUMENT_LIMIT."""
    while line := stream.readline(DOCUMENT_LIMIT + 1):
        if len(line) <= DOCUMENT_LIMIT:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(_BUFFER)
        yield too_large(DOCUMENT_LIMIT)


def too_large(limit: int) -> EntryError:
    """Return the error for content larger than a limit in bytes."""
    return EntryError(f"more than {limit >> 20} MiB", f"expected at most {limit >> 20} MiB; split the file")


class _Gunzip(RawIOBase):
    """The decompressed bytes of a gzip file, up to a truncation."""

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
