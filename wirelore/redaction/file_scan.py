"""Matching a regular expression in a file of any length, in bounded memory."""

from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

BLOCK = 1 << 20
"""The number of bytes read at a time."""
OVERLAP = 8 << 10
"""The number of bytes at a block's end that are scanned with the next block, because a match may extend beyond them."""


class FileMatch(NamedTuple):
    """A match in a part of the file."""

    match: Any
    """A match object of re or re2; its positions are in `block`."""
    block: bytes
    base: int
    """The offset of the block in the file."""


def matches(
    stream: BinaryIO, expression: Any, *, before: int = 0, overlap: int = OVERLAP, size: int = BLOCK
) -> Iterator[FileMatch]:
    """Yield the non-overlapping matches in the file's order.

    The block of a match has at least `before` bytes of the file in front of it, if there are so many. A match longer
    than `overlap` may be cut at the end of a block of `size` bytes.
    """
    base, block, scanned_to = 0, b"", 0
    while True:
        data = stream.read(size)
        block += data
        limit = len(block) - (overlap if data else 0)
        for match in expression.finditer(block, scanned_to):
            if match.start() >= limit:
                break
            scanned_to = match.end()
            yield FileMatch(match, block, base)
        if not data:
            return
        scanned_to = max(scanned_to, limit)
        keep = max(0, scanned_to - before)
        base, block, scanned_to = base + keep, block[keep:], scanned_to - keep
