"""Codecs for text with two bytes per character: hexadecimal digits and UTF-16.

See `wirelore.redaction.text_codecs.TextCodec` for the methods.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wirelore.redaction.secret_rules import compiled, expression

_PIECE = 4096
_REWOUND = 1024
_BINARY: Any = compiled(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xc0\xc1\xf5-\xff]")
_PLACEHOLDER = 0x7F
"""The content's placeholder for a character of more than one byte."""


@dataclass(frozen=True)
class TwoByteText:
    """A codec with two encoded bytes for each byte of content."""

    name: str
    start_pattern: str
    run: re.Pattern[bytes]
    decode_pairs: Callable[[bytes], bytes]
    """Decodes complete pairs, up to the end of the text."""
    byte_encoder: Callable[[bytes], Callable[[int], bytes]]
    """Returns an encoder of single bytes in the spelling of the raw bytes."""
    group: int = 1

    def texts(self, block: bytes, start: int) -> Iterator[tuple[int, int, bytes]]:
        """See TextCodec."""
        search, search_from = expression(self.start_pattern).search, start
        while match := search(block, search_from):
            begin = self._earliest_start(block, match.start(), start)
            end, content = self.decode(block, begin)
            yield begin, end, content
            second_match = search(block, match.start() + 1)
            if (
                second_match and second_match.start() < end and (second_match.start() - begin) % 2
            ):  # another alignment of the pairs
                begin = self._earliest_start(block, second_match.start(), start)
                end, content = self.decode(block, begin)
                yield begin, end, content
            search_from = max(end, match.start() + 2)

    def _earliest_start(self, block: bytes, offset: int, lowest: int) -> int:
        """Return the earliest possible start of the text found at an offset."""
        lowest = max(lowest, offset - _REWOUND)
        while (
            offset - 2 >= lowest
            and self.run.fullmatch(block, offset - 2, offset)
            and self.decode_pairs(block[offset - 2 : offset])
        ):
            offset -= 2
        return offset

    def decode(self, block: bytes, start: int) -> tuple[int, bytes]:
        """See TextCodec."""
        offset, size, content = start, _PIECE, []
        while True:
            match = self.run.match(block, offset, min(len(block), offset + size))
            raw = match.group() if match else b""
            piece = self.decode_pairs(raw[: len(raw) // 2 * 2])
            content.append(piece)
            offset += 2 * len(piece)
            if len(raw) < size or 2 * len(piece) < size:
                return offset, b"".join(content)
            size *= 2

    def content_size(self, raw: bytes) -> int:
        """See TextCodec."""
        return len(raw) // 2

    def complete_size(self, raw: bytes, limit: int) -> int:
        """See TextCodec."""
        return min(limit, len(raw)) // 2

    def encoded_sizes(self, raw: bytes, sizes: Sequence[int]) -> list[int]:
        """See TextCodec."""
        return [2 * size for size in sizes]

    def encode(self, raw: bytes, before: bytes, after: bytes) -> bytes | None:
        """See TextCodec."""
        result, encode_byte = bytearray(raw), self.byte_encoder(raw)
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            if old != new:
                result[2 * index : 2 * index + 2] = encode_byte(new)
        return bytes(result)

    def ending(self, block: bytes, start: int) -> int | None:
        """See TextCodec."""
        match = self.run.match(block, start)
        end = match.end() if match else start
        return None if end >= len(block) - 1 else end


def _decode_hex(raw: bytes) -> bytes:
    content = bytes.fromhex(raw.decode())
    match = _BINARY.search(content)
    return content[: match.start()] if match else content


def _hex_encoder(raw: bytes) -> Callable[[int], bytes]:
    form = b"%02X" if raw.isupper() else b"%02x"
    return lambda byte: form % byte


def _utf16_decoder(low: int) -> Callable[[bytes], bytes]:
    """Return a decoder of UTF-16 whose low bytes are first (0) or second (1)."""

    def decode_pairs(raw: bytes) -> bytes:
        lows, highs = raw[low::2], raw[1 - low :: 2]
        if highs.count(0) == len(highs) and lows.isascii() and 0 not in lows:
            return lows
        content = bytes(
            low_byte if not high and low_byte < 0x80 else _PLACEHOLDER
            for low_byte, high in zip(lows, highs, strict=True)
        )
        end = content.find(b"\0")
        return content if end < 0 else content[:end]

    return decode_pairs


def _utf16_encoder(low: int) -> Callable[[bytes], Callable[[int], bytes]]:
    def encode_byte(byte: int) -> bytes:
        return bytes([0, byte] if low else [byte, 0])

    return lambda raw: encode_byte


_ANY_PAIRS = re.compile(rb"(?:..)*", re.DOTALL)
TWO_BYTE_CODECS = (
    TwoByteText("hex", "(?:[2-7][0-9a-fA-F]){10}", re.compile(rb"(?:[0-9a-fA-F]{2})*"), _decode_hex, _hex_encoder),
    TwoByteText("utf-16le", r"(?:[\t\n\r -~]\x00){6}", _ANY_PAIRS, _utf16_decoder(0), _utf16_encoder(0)),
    TwoByteText("utf-16be", r"(?:\x00[\t\n\r -~]){6}", _ANY_PAIRS, _utf16_decoder(1), _utf16_encoder(1)),
)
"""All codecs of this module."""
