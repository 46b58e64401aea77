"""The scan cache: what was found in a block is reused for the next block that begins like it.

A few blocks are kept in memory, unredacted, as long as the redactor lives. What of a block was found is taken over up
to so far before the first difference that no match can have seen it, and up to the beginning of a JSON object.
"""

from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from wirelore.redaction.secret_scan import Span

SHORTEST = 96 * 1024
"""Bytes under which a block is scanned faster than it is compared and cut."""
_BLIND = 64 * 1024
"""So far before a difference nothing is taken over, because a match may have reached to it."""
_CONTEXT = 512
_KEPT = 6


class _Earlier(NamedTuple):
    block: bytes
    start: int
    version: Hashable
    spans: Sequence[Span]


class ScanCache:
    """The blocks scanned last, and what was found in them."""

    def __init__(self) -> None:
        self._earlier: deque[_Earlier] = deque(maxlen=_KEPT)

    def spans(
        self, block: bytes, start: int, version: Hashable, scan: Callable[[bytes, int], list[Span]]
    ) -> list[Span]:
        """What `scan` finds in the block from `start` on; `version` says with what rules and memory it looks."""
        found = self._found(block, start, version, scan)
        self._earlier.append(_Earlier(block, start, version, found))
        return list(found)

    def _found(
        self, block: bytes, start: int, version: Hashable, scan: Callable[[bytes, int], list[Span]]
    ) -> list[Span]:
        best: tuple[int, Sequence[Span]] = (0, ())
        for earlier in self._earlier:
            if earlier.start == start and earlier.version == version and earlier.block[:64] == block[:64]:
                best = max(best, (_alike(earlier.block, block), earlier.spans), key=lambda one: one[0])
        border = _border(block, best[0] - _BLIND, best[1])
        if border <= start + _CONTEXT:
            return scan(block, start)
        at = border - _CONTEXT
        again = scan(block[at:], _CONTEXT)
        return [span for span in best[1] if span.end <= border] + [_moved(span, at) for span in again]


def _alike(one: bytes, other: bytes) -> int:
    """How many bytes two blocks have in common at their beginning."""
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _border(block: bytes, most: int, spans: Sequence[Span]) -> int:
    """The last beginning of an object up to there that lies in no finding; 0 if there is none."""
    border = block.rfind(b'{"', 0, max(0, most))
    for span in sorted(spans, key=lambda span: -span.lead):
        if span.lead < border < span.end:
            border = block.rfind(b'{"', 0, span.lead)
    return max(border, 0)


def _moved(span: Span, by: int) -> Span:
    pieces = tuple((begin + by, end + by) for begin, end in span.pieces)
    return span._replace(lead=span.lead + by, start=span.start + by, end=span.end + by, pieces=pieces)
