"""JSON tokens: where in a text of any length its strings and brackets are, found in bounded memory.

Only as much is understood as is needed to tell where a string stands; a text that is no JSON gives tokens too. A string
ends at its quote or, as JSON has none inside, at the end of its line.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_BLOCK = 1 << 20
KEPT = 4096
"""So many bytes of a string are given with it."""
_NEXT = re.compile(rb"[\"{}\[\],:]")
_STRING = re.compile(rb"(?:[^\"\\\r\n]++|\\[^\r\n])*+")


class Token(NamedTuple):
    """A bracket, comma or colon, or a string (`"`): where it begins and ends, of a string without its quotes."""

    kind: bytes
    start: int
    end: int
    text: bytes = b""
    """Of a string its first bytes, as they are written."""


def tokens(stream: BinaryIO) -> Iterator[Token]:
    """The tokens of a text, in its order."""
    base, block, at = 0, b"", 0
    begun, kept = -1, b""
    while data := stream.read(_BLOCK):
        base, block, at = base + at, block[at:] + data, 0
        while True:
            if begun < 0:
                found = _NEXT.search(block, at)
                if not found:
                    at = len(block)
                    break
                at = found.end()
                if found.group() != b'"':
                    yield Token(found.group(), base + at - 1, base + at)
                    continue
                begun, kept = base + at, b""
            end = _end(block, at)
            kept += block[at : min(end, at + KEPT - len(kept))]
            at = end
            if end >= len(block) - 1 and block[end:] in (b"", b"\\"):
                break
            yield Token(b'"', begun, base + end, kept)
            begun, at = -1, end + 1
    if begun >= 0:
        yield Token(b'"', begun, base + len(block), kept)


def _end(block: bytes, start: int) -> int:
    found = _STRING.match(block, start)
    return found.end() if found else start
