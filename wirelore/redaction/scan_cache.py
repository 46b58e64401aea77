"""A cache of scan results: those of a block are reused for the next block with the same beginning.

A few blocks are kept in memory, unredacted, for the lifetime of the redactor. Results are reused up to a safe distance
before the first difference, so that no match can have seen it, and up to the beginning of a JSON object.
"""

from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from wirelore.redaction.secret_scan import Span

SHORTEST = 96 * 1024
"""The size in bytes below which scanning a block is faster than comparing it."""
_MARGIN = 64 * 1024
"""The distance before a difference, in bytes, from which results are not reused, because a match may extend that far.
"""
_CONTEXT = 512
_BLOCKS = 6


class _Earlier(NamedTuple):
    block: bytes
    start: int
    version: Hashable
    spans: Sequence[Span]


class ScanCache:
    """The last scanned blocks and their results."""

    def __init__(self) -> None:
        self._earlier: deque[_Earlier] = deque(maxlen=_BLOCKS)

    def spans(
        self, block: bytes, start: int, version: Hashable, scan: Callable[[bytes, int], list[Span]]
    ) -> list[Span]:
        """Return the result of `scan` for the block from `start` on.

        `version` identifies the rules and known secrets in use.
        """
        spans = self._scan(block, start, version, scan)
        self._earlier.append(_Earlier(block, start, version, spans))
        return list(spans)

    def _scan(
        self, block: bytes, start: int, version: Hashable, scan: Callable[[bytes, int], list[Span]]
    ) -> list[Span]:
        best: tuple[int, Sequence[Span]] = (0, ())
        for earlier in self._earlier:
            if earlier.start == start and earlier.version == version and earlier.block[:64] == block[:64]:
                best = max(
                    best, (_common_size(earlier.block, block), earlier.spans), key=lambda candidate: candidate[0]
                )
        border = _border(block, best[0] - _MARGIN, best[1])
        if border <= start + _CONTEXT:
            return scan(block, start)
        offset = border - _CONTEXT
        rescanned = scan(block[offset:], _CONTEXT)
        return [span for span in best[1] if span.end <= border] + [_moved(span, offset) for span in rescanned]


def _common_size(first: bytes, second: bytes) -> int:
    """Return the number of equal bytes at the beginning of two blocks."""
    low, high = 0, min(len(first), len(second))
    if first[:high] == second[:high]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _border(block: bytes, limit: int, spans: Sequence[Span]) -> int:
    """Return the last beginning of an object up to an offset that is not inside a span; 0 if there is none."""
    border = block.rfind(b'{"', 0, max(0, limit))
    for span in sorted(spans, key=lambda span: -span.lead):
        if span.lead < border < span.end:
            border = block.rfind(b'{"', 0, span.lead)
    return max(border, 0)


def _moved(span: Span, distance: int) -> Span:
    pieces = tuple((begin + distance, end + distance) for begin, end in span.pieces)
    return span._replace(lead=span.lead + distance, start=span.start + distance, end=span.end + distance, pieces=pieces)
