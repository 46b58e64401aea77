"""Content-encodings undone as the bytes arrive (RFC 9110, 8.4.1): gzip, deflate, br, zstd, and chains of them."""

import zlib
from collections.abc import Callable
from typing import Protocol

import brotli
import zstandard


class Undecodable(ValueError):
    """The bytes are not what the content-encoding says, or the encoding is not known."""


class _Step(Protocol):
    def feed(self, data: bytes) -> bytes: ...
    def finish(self) -> bytes: ...


class _Zlib:
    def __init__(self, window: int) -> None:
        self._window = window
        self._state = zlib.decompressobj(window)
        self._fed = False

    def feed(self, data: bytes) -> bytes:
        out = []
        while data:
            if self._state.eof:  # RFC 1952, 2.2: members follow one another
                self._state = zlib.decompressobj(self._window)
            out.append(self._state.decompress(data))
            self._fed = True
            data = self._state.unused_data
        return b"".join(out)

    def finish(self) -> bytes:
        rest = self._state.flush()
        if self._fed and not self._state.eof:
            raise Undecodable("the compressed data ends too early")
        return rest


class _Deflate:
    """`deflate` is zlib (RFC 1950); some servers send it bare (RFC 1951), told apart by the first bytes."""

    def __init__(self) -> None:
        self._head = b""
        self._inner: _Zlib | None = None

    def feed(self, data: bytes) -> bytes:
        if self._inner is None:
            self._head += data
            if len(self._head) < 2:
                return b""
            zlib_header = self._head[0] & 0x0F == 8 and int.from_bytes(self._head[:2], "big") % 31 == 0
            self._inner = _Zlib(zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)
            data, self._head = self._head, b""
        return self._inner.feed(data)

    def finish(self) -> bytes:
        if self._inner is None:
            if self._head:
                raise Undecodable("the compressed data ends too early")
            return b""
        return self._inner.finish()


class _Brotli:
    def __init__(self) -> None:
        self._state = brotli.Decompressor()
        self._fed = False

    def feed(self, data: bytes) -> bytes:
        self._fed = self._fed or bool(data)
        return bytes(self._state.process(data)) if data else b""

    def finish(self) -> bytes:
        if self._fed and not self._state.is_finished():
            raise Undecodable("the compressed data ends too early")
        return b""


class _Zstd:
    def __init__(self) -> None:
        self._state = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
        self._fed = False

    def feed(self, data: bytes) -> bytes:
        out = []
        while data:
            if self._state.eof:  # RFC 8878, 3.1: frames follow one another
                self._state = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
            out.append(self._state.decompress(data))
            self._fed = True
            data = self._state.unused_data if self._state.eof else b""
        return b"".join(out)

    def finish(self) -> bytes:
        if self._fed and not self._state.eof:
            raise Undecodable("the compressed data ends too early")
        return b""


_STEPS: dict[str, Callable[[], _Step]] = {
    "gzip": lambda: _Zlib(zlib.MAX_WBITS | 16),
    "x-gzip": lambda: _Zlib(zlib.MAX_WBITS | 16),
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}
_FAULTS = (zlib.error, brotli.error, zstandard.ZstdError)


class Decoder:
    """Undoes the encodings of one content-encoding header, chunk by chunk."""

    def __init__(self, encoding: str) -> None:
        """Raises Undecodable if the header names an encoding that is not known."""
        names = [name.strip().lower() for name in encoding.split(",")]
        names = [name for name in names if name and name != "identity"]
        unknown = [name for name in names if name not in _STEPS]
        if unknown:
            raise Undecodable(f"content-encoding {unknown[0]!r} is not known")
        self._steps: list[_Step] = [_STEPS[name]() for name in reversed(names)]

    def feed(self, data: bytes) -> bytes:
        """What can be decoded now. Raises Undecodable."""
        try:
            for step in self._steps:
                data = step.feed(data)
        except _FAULTS as fault:
            raise Undecodable(str(fault)) from fault
        return data

    def finish(self) -> bytes:
        """What remained. Raises Undecodable if the data ended too early."""
        data = b""
        try:
            for step in self._steps:
                data = (step.feed(data) if data else b"") + step.finish()
        except _FAULTS as fault:
            raise Undecodable(str(fault)) from fault
        return data
