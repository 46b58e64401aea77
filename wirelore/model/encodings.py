"""Incremental decoding of content-encodings (RFC 9110, 8.4.1): gzip, deflate, br, zstd, and chains of them.

Compressed data may be malicious (10 MB of gzip can contain 10 GB). So decoding proceeds in pieces of bounded size and
stops if a body grows excessively: memory is bounded, and the rest is returned undecoded, as it was sent.
"""

import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli

from wirelore.model.zstd import zstd

CHAIN_LIMIT = 8
"""The maximum number of encodings in one header; servers name one, rarely two."""
SPARE, GROWTH = 64 << 20, 200
"""A body may grow to SPARE bytes, or to GROWTH times its encoded size if that is more. JSON and event streams compress
to a twentieth or a fiftieth; only malicious data come near the thousandth that gzip can reach.
"""

_PIECE = 1 << 18
_SLICE = 1 << 12
"""Bytes decoded at once, so that a long rest is not copied, and a fault returns at most this many bytes again."""
_FIRST = 1 << 12
"""The first bytes that are also returned if decoding fails among them."""
_BROTLI_SLICE = 32
"""A dozen bytes of br can decode to 16 MB, and its output cannot be limited."""
_ZSTD_SLICE = 512
"""Four bytes of zstd can decode to 128 kB."""
_ZSTD_HEADER = 18
"""RFC 8878, 3.1.1: the maximum size of a frame header, including its magic number."""
_ZSTD_WINDOW_LOG = 23
"""RFC 9659, 3: the maximum window that a sender may use."""


class Undecodable(ValueError):
    """The bytes are not valid, the content-encoding is unknown, or the decoded size is excessive."""

    rest: bytes = b""
    """The bytes that were fed but not decoded, as sent; after an early fault, a line end and all bytes fed so far."""


class _Step(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]: ...
    def finish(self) -> bytes: ...


class _Zlib:
    def __init__(self, window: int) -> None:
        self._window = window
        self._state = zlib.decompressobj(window)
        self._fed = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _SLICE):
            packed = data[start : start + _SLICE]
            self._fed = True
            while packed:
                if self._state.eof:  # RFC 1952, 2.2: members follow one another
                    self._state = zlib.decompressobj(self._window)
                yield self._state.decompress(packed, _PIECE)
                packed = self._state.unused_data if self._state.eof else self._state.unconsumed_tail

    def finish(self) -> bytes:
        rest = self._state.flush()
        if self._fed and not self._state.eof:
            raise Undecodable("the compressed data ends too early")
        return rest


class _Deflate:
    """The decoder for `deflate`: zlib (RFC 1950), or raw deflate (RFC 1951) as some servers send it."""

    def __init__(self) -> None:
        self._head = b""
        self._inner: _Zlib | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inner is None:
            self._head += data
            if len(self._head) < 2:
                return
            zlib_header = self._head[0] & 0x0F == 8 and int.from_bytes(self._head[:2], "big") % 31 == 0
            self._inner = _Zlib(zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)
            data, self._head = self._head, b""
        yield from self._inner.feed(data)

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

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _BROTLI_SLICE):
            self._fed = True
            yield bytes(self._state.process(data[start : start + _BROTLI_SLICE]))

    def finish(self) -> bytes:
        if self._fed and not self._state.is_finished():
            raise Undecodable("the compressed data ends too early")
        return b""


class _Zstd:
    def __init__(self) -> None:
        self._open()

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_SLICE):
            packed = data[start : start + _ZSTD_SLICE]
            while packed:
                if self._state.eof:  # RFC 8878, 3.1: frames follow one another
                    self._open()
                # While libzstd reads a header, it treats a complete frame in the same input differently from one in
                # parts. So headers are fed byte by byte.
                size = 1 if self._frame_bytes < _ZSTD_HEADER else len(packed)
                self._frame_bytes += size
                yield self._state.decompress(packed[:size])
                packed = (self._state.unused_data if self._state.eof else b"") + packed[size:]

    def finish(self) -> bytes:
        if self._frame_bytes and not self._state.eof:
            raise Undecodable("the compressed data ends too early")
        return b""

    def _open(self) -> None:
        self._state = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})
        self._frame_bytes = 0


_STEPS: dict[str, Callable[[], _Step]] = {
    "gzip": lambda: _Zlib(zlib.MAX_WBITS | 16),
    "x-gzip": lambda: _Zlib(zlib.MAX_WBITS | 16),
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}
_FAULTS = (zlib.error, brotli.error, zstd.ZstdError)


class Decoder:
    """The decoder for one content-encoding header, chunk by chunk."""

    def __init__(self, encoding: str) -> None:
        """Parse the header. Raises Undecodable if it names an unknown encoding, or too many encodings."""
        names = [name.strip().lower() for name in encoding.split(",")]
        names = [name for name in names if name and name != "identity"]
        if len(names) > CHAIN_LIMIT:
            raise Undecodable(f"content-encoding names {len(names)} encodings, at most {CHAIN_LIMIT} are decoded")
        unknown = [name for name in names if name not in _STEPS]
        if unknown:
            raise Undecodable(f"content-encoding {unknown[0][:40]!r} is unknown")
        self._steps: list[_Step] = [_STEPS[name]() for name in reversed(names)]
        self._decoded_sizes = [0] * len(names)
        self._encoded_size = 0
        self._first = b""

    def feed(self, data: bytes) -> bytes:
        """Decode bytes and return the result in one piece. Raises Undecodable."""
        return b"".join(self.pieces(data))

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Yield decoded bytes in pieces of some megabytes (br: dozens). Raises Undecodable, with its `rest`."""
        for start in range(0, len(data), _SLICE):
            packed = data[start : start + _SLICE]
            self._encoded_size += len(packed)
            try:
                yield from self._decoded(packed, 0)
            except Undecodable as fault:
                fault.rest = self._first_bytes + data[start:]
                raise
            except _FAULTS as fault:
                undecodable = Undecodable(str(fault))
                undecodable.rest = self._first_bytes + data[start:]
                raise undecodable from fault
            self._first = self._first + packed if self._encoded_size <= _FIRST else b""

    def finish(self) -> bytes:
        """Return the remaining decoded bytes. Raises Undecodable if the data ended too early."""
        try:
            ends = (self._decoded(step.finish(), number) for number, step in enumerate(self._steps, 1))
            return b"".join(piece for pieces in ends for piece in pieces)
        except _FAULTS as fault:
            raise Undecodable(str(fault)) from fault

    @property
    def _first_bytes(self) -> bytes:
        """The first bytes, after a line end: if decoding fails so early, they may not have been encoded at all."""
        return b"\n" + self._first if self._first else b""

    def _decoded(self, data: bytes, number: int) -> Iterator[bytes]:
        """Decode the data with the encodings from `number` on."""
        if number == len(self._steps):
            if data:
                yield data
            return
        for piece in self._steps[number].feed(data):
            self._decoded_sizes[number] += len(piece)
            size = self._decoded_sizes[number]
            if size > SPARE and size > GROWTH * self._encoded_size:
                raise Undecodable(f"{self._encoded_size} bytes decode to {size}, more than {GROWTH} times as many")
            yield from self._decoded(piece, number + 1)
