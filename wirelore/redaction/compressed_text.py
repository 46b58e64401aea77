"""Compressed data inside other text, raw or in base64: decompressed for scanning, and replaced as a whole.

Redacted content would compress to another length, so nothing is compressed again: if there is a secret in the data, all
of it is replaced. Only the beginning is scanned, see LIMIT.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from wirelore.redaction import base64_text
from wirelore.redaction.secret_rules import expression

LIMIT = 4 << 20
"""The maximum number of decompressed bytes. Data after them are not scanned and not replaced."""
_ENDLESS = 1 << 62
_PIECE = 1024
_PADDING = re.compile(rb"=*")


@dataclass(frozen=True)
class CompressedText:
    """The codec for gzip (RFC 1952) or zlib (RFC 1950); see `wirelore.redaction.text_codecs.TextCodec`."""

    name: str
    start_pattern: str
    decompress: Callable[[bytes, int], tuple[int, bytes]]
    """Returns the end of the data at an offset and their content, which is empty if they are not compressed data."""
    group: int = _ENDLESS

    def texts(self, block: bytes, start: int) -> Iterator[tuple[int, int, bytes]]:
        """See TextCodec."""
        while match := expression(self.start_pattern).search(block, start):
            end, content = self.decompress(block, match.start())
            if content:
                yield match.start(), end, content
            start = max(end, match.start() + 1) if content else match.start() + 1

    def decode(self, block: bytes, start: int) -> tuple[int, bytes]:
        """See TextCodec."""
        return self.decompress(block, start)

    def content_size(self, raw: bytes) -> int:
        """Return a size beyond any data: they are not read in parts."""
        return _ENDLESS

    def complete_size(self, raw: bytes, limit: int) -> int:
        """Return 0: the data are not read in parts."""
        return 0

    def encoded_sizes(self, raw: bytes, sizes: Sequence[int]) -> list[int]:
        """Return the beginning or the end of the data: they are not written in parts."""
        return [len(raw) if size else 0 for size in sizes]

    def encode(self, raw: bytes, before: bytes, after: bytes) -> bytes | None:
        """Return the data unchanged, or None if the content differs."""
        return raw if before == after else None

    def ending(self, block: bytes, start: int) -> int | None:
        """Return None: the end is known only after decompressing."""
        return None


def decompress(block: bytes, start: int) -> tuple[int, bytes]:
    """Decompress raw data; see CompressedText.decompress."""

    def pieces() -> Iterator[tuple[int, bytes]]:
        offset, size = start, _PIECE
        while offset < len(block):
            piece = block[offset : offset + size]
            offset += len(piece)
            size *= 2
            yield offset, piece

    end, content, unused = _decompress(pieces(), start)
    return end - unused, content


def decompress_base64(block: bytes, start: int) -> tuple[int, bytes]:
    """Decompress data in base64; see CompressedText.decompress."""

    def pieces() -> Iterator[tuple[int, bytes]]:
        offset, size = start, _PIECE
        while raw := base64_text.read_groups(block, offset, size):
            offset += len(raw)
            size *= 2
            yield offset, base64_text.decode(raw)

    end, content, _ = _decompress(pieces(), start)
    padding = _PADDING.match(block, end)
    return padding.end() if content and padding else end, content


def _decompress(pieces: Iterable[tuple[int, bytes]], start: int) -> tuple[int, bytes, int]:
    """Return the end of the valid data, their content, and the number of bytes read beyond their end.

    They are read in growing pieces, so that an attempt on other data is cheap.
    """
    state, content, size, end = zlib.decompressobj(zlib.MAX_WBITS | 32), list[bytes](), 0, start
    for after, piece in pieces:
        end = after
        try:
            content.append(state.decompress(piece, LIMIT - size))
        except zlib.error:
            break
        size += len(content[-1])
        if state.eof or size >= LIMIT:
            break
    return end, b"".join(content), len(state.unused_data)


COMPRESSED_CODECS = (
    CompressedText("gzip", r"\x1f\x8b\x08[\x00-\x1f]", decompress),
    CompressedText(
        "zlib-base64", "(?:H4sI[A-Za-z0-9+/_-]|e(?:J[w-z]|N[o-r]|A[E-H]|F[4-7]))[A-Za-z0-9+/_-]{18}", decompress_base64
    ),
)
"""All codecs of this module."""
