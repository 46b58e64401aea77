"""Text written with two bytes for each of its own, as hexadecimal digits or in UTF-16.

See `wirelore.redaction.text_codecs.Code` for what the methods give.
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
"""Stands in the content for a character that is more than one byte of it."""


@dataclass(frozen=True)
class TwoByteText:
    """Two bytes for each byte of content."""

    name: str
    begins: str
    run: re.Pattern[bytes]
    read: Callable[[bytes], bytes]
    """The content of whole pairs, up to where it is no text any more."""
    write: Callable[[bytes], Callable[[int], bytes]]
    """For raw bytes what writes a byte as they write theirs."""
    group: int = 1

    def texts(self, block: bytes, start: int) -> Iterator[tuple[int, int, bytes]]:
        """See Code."""
        search, at = expression(self.begins).search, start
        while found := search(block, at):
            begin = self._rewound(block, found.start(), start)
            end, content = self.unwrapped(block, begin)
            yield begin, end, content
            other = search(block, found.start() + 1)
            if other and other.start() < end and (other.start() - begin) % 2:  # the pairs may be others
                begin = self._rewound(block, other.start(), start)
                end, content = self.unwrapped(block, begin)
                yield begin, end, content
            at = max(end, found.start() + 2)

    def _rewound(self, block: bytes, at: int, lowest: int) -> int:
        """Where what is recognised at a place may have begun."""
        lowest = max(lowest, at - _REWOUND)
        while at - 2 >= lowest and self.run.fullmatch(block, at - 2, at) and self.read(block[at - 2 : at]):
            at -= 2
        return at

    def unwrapped(self, block: bytes, start: int) -> tuple[int, bytes]:
        """See Code."""
        at, size, content = start, _PIECE, []
        while True:
            found = self.run.match(block, at, min(len(block), at + size))
            raw = found.group() if found else b""
            piece = self.read(raw[: len(raw) // 2 * 2])
            content.append(piece)
            at += 2 * len(piece)
            if len(raw) < size or 2 * len(piece) < size:
                return at, b"".join(content)
            size *= 2

    def held(self, raw: bytes) -> int:
        """See Code."""
        return len(raw) // 2

    def whole(self, raw: bytes, limit: int) -> int:
        """See Code."""
        return min(limit, len(raw)) // 2

    def borders(self, raw: bytes, sizes: Sequence[int]) -> list[int]:
        """See Code."""
        return [2 * size for size in sizes]

    def wrapped(self, raw: bytes, before: bytes, after: bytes) -> bytes | None:
        """See Code."""
        made, write = bytearray(raw), self.write(raw)
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            if old != new:
                made[2 * place : 2 * place + 2] = write(new)
        return bytes(made)

    def ending(self, block: bytes, start: int) -> int | None:
        """See Code."""
        found = self.run.match(block, start)
        end = found.end() if found else start
        return None if end >= len(block) - 1 else end


def _of_hex(raw: bytes) -> bytes:
    content = bytes.fromhex(raw.decode())
    found = _BINARY.search(content)
    return content[: found.start()] if found else content


def _to_hex(raw: bytes) -> Callable[[int], bytes]:
    form = b"%02X" if raw.isupper() else b"%02x"
    return lambda byte: form % byte


def _of_utf16(low: int) -> Callable[[bytes], bytes]:
    """Reads UTF-16 whose low bytes stand first (0) or second (1)."""

    def read(raw: bytes) -> bytes:
        lows, highs = raw[low::2], raw[1 - low :: 2]
        if highs.count(0) == len(highs) and lows.isascii() and 0 not in lows:
            return lows
        content = bytes(one if not high and one < 0x80 else _PLACEHOLDER for one, high in zip(lows, highs, strict=True))
        end = content.find(b"\0")
        return content if end < 0 else content[:end]

    return read


def _to_utf16(low: int) -> Callable[[bytes], Callable[[int], bytes]]:
    def write(byte: int) -> bytes:
        return bytes([0, byte] if low else [byte, 0])

    return lambda raw: write


_ANY_PAIRS = re.compile(rb"(?:..)*", re.DOTALL)
PAIRS = (
    TwoByteText("hex", "(?:[2-7][0-9a-fA-F]){10}", re.compile(rb"(?:[0-9a-fA-F]{2})*"), _of_hex, _to_hex),
    TwoByteText("utf-16le", r"(?:[\t\n\r -~]\x00){6}", _ANY_PAIRS, _of_utf16(0), _to_utf16(0)),
    TwoByteText("utf-16be", r"(?:\x00[\t\n\r -~]){6}", _ANY_PAIRS, _of_utf16(1), _to_utf16(1)),
)
"""All of them."""
