"""Text codecs: encodings of text inside other text, each decoded, and encoded again with other content.

`base64_text`, `hex_utf16` (two bytes for each), `escapes` (characters spelled out) and `compressed_text`. What is
written again has the length of what stood there.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from wirelore.redaction.base64_text import Base64Text
from wirelore.redaction.compressed_text import PACKED
from wirelore.redaction.escapes import Escapes
from wirelore.redaction.hex_utf16 import PAIRS

_BEFORE = 16
"""So many bytes of content stay together with the secret after them, so that it is recognised from them again."""


class TextCodec(Protocol):
    """One way of writing; all offsets and sizes are bytes."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def begins(self) -> str:
        """An RE2 pattern that is found where there is any."""
        ...

    @property
    def group(self) -> int:
        """How many bytes of content are written together."""
        ...

    def texts(self, block: bytes, start: int) -> Iterator[tuple[int, int, bytes]]:
        """The texts written so from `start` on: where each begins and ends, and its content. They may overlap."""
        ...

    def unwrapped(self, block: bytes, start: int) -> tuple[int, bytes]:
        """Where what is written so ends, or stops to be text, and what it holds up to there."""
        ...

    def held(self, raw: bytes) -> int:
        """How many bytes of content raw bytes hold."""
        ...

    def whole(self, raw: bytes, limit: int) -> int:
        """How many bytes of content the whole groups in the first `limit` bytes hold."""
        ...

    def borders(self, raw: bytes, sizes: Sequence[int]) -> list[int]:
        """How many raw bytes hold the first bytes of content, for sizes that grow, multiples of the group."""
        ...

    def wrapped(self, raw: bytes, before: bytes, after: bytes) -> bytes | None:
        """The raw bytes with `after` in them instead of `before`; None if it cannot be written in the same space."""
        ...

    def ending(self, block: bytes, start: int) -> int | None:
        """Where what is under way ends, None if not in this block."""
        ...


class Decoded(NamedTuple):
    """What text in a code holds, from `start` on, and the secrets in it; before `start` stands what was before it."""

    code: TextCodec
    content: bytes
    start: int
    spans: list[Any]

    def clusters(self, raw: bytes, at: int) -> Iterator[tuple[int, int, int, "Decoded"]]:
        """The secrets apart, as far as the code can write them apart: the lead, beginning and end of each in the block.

        The raw bytes are at `at`.
        """
        group, end, clusters = self.code.group, len(self.content), list[tuple[int, int, int, list[Any]]]()
        for span in sorted(self.spans, key=lambda span: int(span.start)):
            places = (span.lead - _BEFORE, span.start)
            lead, low = (self.start + max(0, place - self.start) // group * group for place in places)
            high = min(self.start - (self.start - span.end) // group * group, end)
            if clusters and low < clusters[-1][2]:
                before = clusters.pop()
                clusters.append((min(before[0], lead), before[1], max(before[2], high), [*before[3], span]))
            elif high > self.start:
                clusters.append((lead, low, high, [span]))
        sizes = sorted({place - self.start for cluster in clusters for place in cluster[:3]})
        raws = dict(zip(sizes, self.code.borders(raw, sizes), strict=True))
        raws[end - self.start] = len(raw)
        for lead, low, high, spans in clusters:
            begun, start, stop = (at + raws[place - self.start] for place in (lead, low, high))
            yield begun, start, stop, Decoded(self.code, self.content, low, spans)


class Encoder(NamedTuple):
    """That a block goes on inside a code, and what stood in it before."""

    code: TextCodec
    before: bytes


CODES: tuple[TextCodec, ...] = (Base64Text(), *PAIRS, Escapes(), *PACKED)
"""All codes that redaction looks into."""
