"""A regular expression's matches in a file of any length, in bounded memory."""

from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

BLOCK = 1 << 20
"""How many bytes are read at a time."""
OVERLAP = 8 << 10
"""How many bytes at a block's end wait for the next block, because a match may reach beyond them."""


class Found(NamedTuple):
    """A match, as the expression found it in a part of the file."""

    match: Any
    """A match object of re or re2; its positions are in `block`."""
    block: bytes
    base: int
    """Where the block begins in the file."""


def matches(
    stream: BinaryIO, expression: Any, *, before: int = 0, overlap: int = OVERLAP, size: int = BLOCK
) -> Iterator[Found]:
    """Each match in the file's order, none that overlaps the one before.

    The block of a match has at least `before` bytes of the file in front of it, as far as there are so many. A match
    that is longer than `overlap` may be cut where a block of `size` bytes ends.
    """
    base, block, done = 0, b"", 0
    while True:
        data = stream.read(size)
        block += data
        limit = len(block) - (overlap if data else 0)
        for match in expression.finditer(block, done):
            if match.start() >= limit:
                break
            done = match.end()
            yield Found(match, block, base)
        if not data:
            return
        done = max(done, limit)
        keep = max(0, done - before)
        base, block, done = base + keep, block[keep:], done - keep
