"""Compressed text: compressed data inside other text, by itself or in base64, looked into and hidden as a whole.

Compressed data with other content has another length, so nothing is written back: if there is a secret in it, all of it
goes. Only its beginning is looked into, see MOST.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from wirelore.redaction import base64_text
from wirelore.redaction.secret_rules import expression

MOST = 4 << 20
"""So many bytes are unpacked at most; of what comes behind them nothing is known, and nothing is hidden for it."""
_ENDLESS = 1 << 62
_PIECE = 1024
_PADDING = re.compile(rb"=*")


@dataclass(frozen=True)
class CompressedText:
    """gzip (RFC 1952) or zlib (RFC 1950); see `wirelore.redaction.text_codecs.Code`."""

    name: str
    begins: str
    read: Callable[[bytes, int], tuple[int, bytes]]
    """Where the data that begin there end, and their content; no content if they are not what they seem."""
    group: int = _ENDLESS

    def texts(self, block: bytes, start: int) -> Iterator[tuple[int, int, bytes]]:
        """See Code."""
        while found := expression(self.begins).search(block, start):
            end, content = self.read(block, found.start())
            if content:
                yield found.start(), end, content
            start = max(end, found.start() + 1) if content else found.start() + 1

    def unwrapped(self, block: bytes, start: int) -> tuple[int, bytes]:
        """See Code."""
        return self.read(block, start)

    def held(self, raw: bytes) -> int:
        """All of it: it is not read in parts."""
        return _ENDLESS

    def whole(self, raw: bytes, limit: int) -> int:
        """Nothing: it is not read in parts."""
        return 0

    def borders(self, raw: bytes, sizes: Sequence[int]) -> list[int]:
        """Its beginning and its end: it is not written in parts."""
        return [len(raw) if size else 0 for size in sizes]

    def wrapped(self, raw: bytes, before: bytes, after: bytes) -> bytes | None:
        """None if anything differs."""
        return raw if before == after else None

    def ending(self, block: bytes, start: int) -> int | None:
        """None: where packed data end is known only to who reads all of them."""
        return None


def of_bytes(block: bytes, start: int) -> tuple[int, bytes]:
    """Compressed data as they are."""

    def pieces() -> Iterator[tuple[int, bytes]]:
        at, size = start, _PIECE
        while at < len(block):
            piece = block[at : at + size]
            at += len(piece)
            size *= 2
            yield at, piece

    end, content, unused = _unpacked(pieces(), start)
    return end - unused, content


def of_base64(block: bytes, start: int) -> tuple[int, bytes]:
    """Compressed data in base64."""

    def pieces() -> Iterator[tuple[int, bytes]]:
        at, size = start, _PIECE
        while raw := base64_text.groups(block, at, size):
            at += len(raw)
            size *= 2
            yield at, base64_text.decoded(raw)

    end, content, _ = _unpacked(pieces(), start)
    padding = _PADDING.match(block, end)
    return padding.end() if content and padding else end, content


def _unpacked(pieces: Iterable[tuple[int, bytes]], start: int) -> tuple[int, bytes, int]:
    """Where the data end, or stop to be compressed data; their content; how many bytes behind them were read too.

    Read in growing pieces, so that what is no compressed data costs little wherever it is tried.
    """
    state, content, size, end = zlib.decompressobj(zlib.MAX_WBITS | 32), list[bytes](), 0, start
    for after, piece in pieces:
        end = after
        try:
            content.append(state.decompress(piece, MOST - size))
        except zlib.error:
            break
        size += len(content[-1])
        if state.eof or size >= MOST:
            break
    return end, b"".join(content), len(state.unused_data)


PACKED = (
    CompressedText("gzip", r"\x1f\x8b\x08[\x00-\x1f]", of_bytes),
    CompressedText(
        "zlib-base64", "(?:H4sI[A-Za-z0-9+/_-]|e(?:J[w-z]|N[o-r]|A[E-H]|F[4-7]))[A-Za-z0-9+/_-]{18}", of_base64
    ),
)
"""All of them."""
