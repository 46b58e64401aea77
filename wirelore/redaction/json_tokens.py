"""A tokenizer for JSON of any length, in bounded memory.

It recognizes only what is needed to locate strings; a text that is not JSON has tokens too. A string ends at its quote
or, because JSON strings have no raw line ends, at the end of the line.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_BLOCK = 1 << 20
KEPT = 4096
"""The maximum number of a string's bytes in its token."""
_NEXT = re.compile(rb"[\"{}\[\],:]")
_STRING = re.compile(rb"(?:[^\"\\\r\n]++|\\[^\r\n])*+")


class Token(NamedTuple):
    """A bracket, comma or colon, or a string (`"`), with its offsets; those of a string exclude its quotes."""

    kind: bytes
    start: int
    end: int
    text: bytes = b""
    """The first bytes of a string, as written."""


def tokens(stream: BinaryIO) -> Iterator[Token]:
    """Yield the tokens of a text in order."""
    base, block, offset = 0, b"", 0
    string_start, text = -1, b""
    while data := stream.read(_BLOCK):
        base, block, offset = base + offset, block[offset:] + data, 0
        while True:
            if string_start < 0:
                match = _NEXT.search(block, offset)
                if not match:
                    offset = len(block)
                    break
                offset = match.end()
                if match.group() != b'"':
                    yield Token(match.group(), base + offset - 1, base + offset)
                    continue
                string_start, text = base + offset, b""
            end = _end(block, offset)
            text += block[offset : min(end, offset + KEPT - len(text))]
            offset = end
            if end >= len(block) - 1 and block[end:] in (b"", b"\\"):
                break
            yield Token(b'"', string_start, base + end, text)
            string_start, offset = -1, end + 1
    if string_start >= 0:
        yield Token(b'"', string_start, base + len(block), text)


def _end(block: bytes, start: int) -> int:
    match = _STRING.match(block, start)
    return match.end() if match else start
