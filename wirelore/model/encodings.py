"""Content-encodings undone as the bytes arrive (RFC 9110, 8.4.1): gzip, deflate, br, zstd, and chains of them.

What comes may be made to explode (10 MB of gzip hold 10 GB). So decoding goes in pieces of bounded size, and ends
where a body grows beyond all use: memory stays flat, and what is not decoded is given back as it was sent.
"""

import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli

from wirelore.model.zstd import zstd

CHAIN_LIMIT = 8
"""So many encodings of one header are undone; servers name one, rarely two."""
SPARE, GROWTH = 64 << 20, 200
"""A body may always grow to SPARE bytes, and beyond that to GROWTH times what was sent. JSON and event streams pack to
a twentieth or a fiftieth; only what was made to explode comes near to the thousandth part that gzip can reach."""

_PIECE = 1 << 18
_SLICE = 1 << 12
"""Bytes undone at once: so no copy is made of a long rest, and a fault gives back at most so many decoded bytes."""
_FIRST = 1 << 12
"""So many of the first bytes are given back, too, if decoding breaks among them."""
_BROTLI_SLICE = 32
"""Every dozen bytes of br may stand for 16 MB, and no limit can be set for its output."""
_ZSTD_SLICE = 512
"""Every four bytes of zstd may stand for 128 kB."""
_ZSTD_HEADER = 18
"""RFC 8878, 3.1.1: the longest header of a frame, with its magic number."""
_ZSTD_WINDOW_LOG = 23
"""RFC 9659, 3: what a sender may ask of a receiver's memory."""


class Undecodable(ValueError):
    """The bytes are not what the content-encoding says, it is not known, or they are more than can be meant."""

    rest: bytes = b""
    """Of the bytes that were fed, those not decoded, as they were sent; early on all of them, on a new line."""


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
    """`deflate` is zlib (RFC 1950); some servers send it bare (RFC 1951), told apart by the first bytes."""

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
                # While libzstd reads a header it takes a whole frame in what comes now for the one it reads, and
                # judges that otherwise than the same in parts. So headers come byte by byte.
                size = 1 if self._begun < _ZSTD_HEADER else len(packed)
                self._begun += size
                yield self._state.decompress(packed[:size])
                packed = (self._state.unused_data if self._state.eof else b"") + packed[size:]

    def finish(self) -> bytes:
        if self._begun and not self._state.eof:
            raise Undecodable("the compressed data ends too early")
        return b""

    def _open(self) -> None:
        self._state = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})
        self._begun = 0


_STEPS: dict[str, Callable[[], _Step]] = {
    "gzip": lambda: _Zlib(zlib.MAX_WBITS | 16),
    "x-gzip": lambda: _Zlib(zlib.MAX_WBITS | 16),
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}
_FAULTS = (zlib.error, brotli.error, zstd.ZstdError)


class Decoder:
    """Undoes the encodings of one content-encoding header, chunk by chunk."""

    def __init__(self, encoding: str) -> None:
        """Raises Undecodable if the header names an encoding that is not known, or too many."""
        names = [name.strip().lower() for name in encoding.split(",")]
        names = [name for name in names if name and name != "identity"]
        if len(names) > CHAIN_LIMIT:
            raise Undecodable(f"content-encoding names {len(names)} encodings, at most {CHAIN_LIMIT} are undone")
        unknown = [name for name in names if name not in _STEPS]
        if unknown:
            raise Undecodable(f"content-encoding {unknown[0][:40]!r} is not known")
        self._steps: list[_Step] = [_STEPS[name]() for name in reversed(names)]
        self._made = [0] * len(names)
        self._sent = 0
        self._first = b""

    def feed(self, data: bytes) -> bytes:
        """What can be decoded now, in one piece. Raises Undecodable."""
        return b"".join(self.pieces(data))

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What can be decoded now, in pieces of some megabytes (br: dozens). Raises Undecodable, with its `rest`."""
        for start in range(0, len(data), _SLICE):
            packed = data[start : start + _SLICE]
            self._sent += len(packed)
            try:
                yield from self._undone(packed, 0)
            except Undecodable as fault:
                fault.rest = self._again + data[start:]
                raise
            except _FAULTS as fault:
                undecodable = Undecodable(str(fault))
                undecodable.rest = self._again + data[start:]
                raise undecodable from fault
            self._first = self._first + packed if self._sent <= _FIRST else b""

    def finish(self) -> bytes:
        """What remained. Raises Undecodable if the data ended too early."""
        try:
            ends = (self._undone(step.finish(), number) for number, step in enumerate(self._steps, 1))
            return b"".join(piece for pieces in ends for piece in pieces)
        except _FAULTS as fault:
            raise Undecodable(str(fault)) from fault

    @property
    def _again(self) -> bytes:
        """The first bytes, after a line end: what breaks so early was none of it encoded, and some passed for it."""
        return b"\n" + self._first if self._first else b""

    def _undone(self, data: bytes, number: int) -> Iterator[bytes]:
        """The data with the encodings from `number` on undone."""
        if number == len(self._steps):
            if data:
                yield data
            return
        for piece in self._steps[number].feed(data):
            self._made[number] += len(piece)
            if self._made[number] > SPARE and self._made[number] > GROWTH * self._sent:
                raise Undecodable(f"{self._made[number]} bytes of {self._sent}, more than {GROWTH} times what was sent")
            yield from self._undone(piece, number + 1)
