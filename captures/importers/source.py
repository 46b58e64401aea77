"""The file behind a recording as a stream of bytes, whether it is compressed with gzip or not."""

from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import Any, BinaryIO

from captures import encodings

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_BLOCK = 1 << 14
_BUFFER = 1 << 18

CUT = encodings.Undecodable
"""What reading raises where a compressed file is cut or damaged; the bytes before were given."""


def opened(path: Path) -> BufferedReader:
    """The file's bytes, decompressed if gzip, without a UTF-8 byte order mark. Raises OSError, CUT."""
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


class _Gunzip(RawIOBase):
    """The decompressed bytes of a gzip file, all of them up to a cut."""

    def __init__(self, packed: BinaryIO) -> None:
        super().__init__()
        self._packed = packed
        self._decoder = encodings.Decoder("gzip")
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            block = self._packed.read(_BLOCK)
            if not block:
                self._decoder.finish()
                return 0
            self._ready = memoryview(self._decoder.feed(block))
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    def close(self) -> None:
        self._packed.close()
        super().close()
