"""Text codecs: encodings of text inside other text, decoded, and encoded again with redacted content.

`base64_text`, `hex_utf16` (two bytes per character), `escapes` and `compressed_text`. Encoded text keeps its length.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from wirelore.redaction.base64_text import Base64Text
from wirelore.redaction.compressed_text import COMPRESSED_CODECS
from wirelore.redaction.escapes import Escapes
from wirelore.redaction.hex_utf16 import TWO_BYTE_CODECS

_BEFORE = 16
"""Bytes of content that stay together with the secret after them, so that it is recognized again."""


class TextCodec(Protocol):
    """An encoding of text; all offsets and sizes are in bytes."""

    @property
    def name(self) -> str:
        """The name of the encoding."""
        ...

    @property
    def start_pattern(self) -> str:
        """An RE2 pattern that matches wherever encoded text may begin."""
        ...

    @property
    def group(self) -> int:
        """The number of content bytes that are encoded together."""
        ...

    def texts(self, block: bytes, start: int) -> Iterator[tuple[int, int, bytes]]:
        """Yield start, end and content of each encoded text from `start` on. They may overlap."""
        ...

    def decode(self, block: bytes, start: int) -> tuple[int, bytes]:
        """Return the offset where the encoded text ends or is no longer text, and the content up to there."""
        ...

    def content_size(self, raw: bytes) -> int:
        """Return the size of the content of raw bytes."""
        ...

    def complete_size(self, raw: bytes, limit: int) -> int:
        """Return the content size of the complete groups in the first `limit` bytes."""
        ...

    def encoded_sizes(self, raw: bytes, sizes: Sequence[int]) -> list[int]:
        """Return how many raw bytes encode each size of content. Sizes are ascending multiples of the group."""
        ...

    def encode(self, raw: bytes, before: bytes, after: bytes) -> bytes | None:
        """Encode `after` instead of `before` in the raw bytes. Return None if it does not fit."""
        ...

    def ending(self, block: bytes, start: int) -> int | None:
        """Return the offset where the encoded text ends, or None if it may go on in the next block."""
        ...


class Decoded(NamedTuple):
    """Decoded text with its secrets; the content before `start` belongs to earlier blocks."""

    codec: TextCodec
    content: bytes
    start: int
    spans: list[Any]

    def clusters(self, raw: bytes, offset: int) -> Iterator[tuple[int, int, int, "Decoded"]]:
        """Yield lead, start and end in the block, and the secrets, of each part that can be encoded separately.

        The raw bytes begin at `offset`.
        """
        group, end, clusters = self.codec.group, len(self.content), list[tuple[int, int, int, list[Any]]]()
        for span in sorted(self.spans, key=lambda span: int(span.start)):
            places = (span.lead - _BEFORE, span.start)
            lead, low = (self.start + max(0, position - self.start) // group * group for position in places)
            high = min(self.start - (self.start - span.end) // group * group, end)
            if clusters and low < clusters[-1][2]:
                previous = clusters.pop()
                clusters.append((min(previous[0], lead), previous[1], max(previous[2], high), [*previous[3], span]))
            elif high > self.start:
                clusters.append((lead, low, high, [span]))
        sizes = sorted({position - self.start for cluster in clusters for position in cluster[:3]})
        raws = dict(zip(sizes, self.codec.encoded_sizes(raw, sizes), strict=True))
        raws[end - self.start] = len(raw)
        for lead, low, high, spans in clusters:
            raw_lead, start, stop = (offset + raws[position - self.start] for position in (lead, low, high))
            yield raw_lead, start, stop, Decoded(self.codec, self.content, low, spans)


class Continuation(NamedTuple):
    """The state of a block that continues encoded text: the codec and the content before the block."""

    codec: TextCodec
    before: bytes


CODECS: tuple[TextCodec, ...] = (Base64Text(), *TWO_BYTE_CODECS, Escapes(), *COMPRESSED_CODECS)
"""All codecs, in the order of the scan."""
