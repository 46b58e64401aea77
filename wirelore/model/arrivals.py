"""Arrivals: when which byte of a body arrived, after its chunk table."""

from collections.abc import Iterable
from itertools import repeat


class Arrivals:
    """Arrival times by growing offset; reads the chunk table once, whatever its length."""

    def __init__(self, chunks: Iterable[tuple[int, int, int]]) -> None:
        """`chunks` are (offset, size, microseconds), in the order of arrival."""
        self._chunks = iter(chunks)
        self._none = False
        self._end = 0
        self._us: int | None = None

    def each(self, ends: list[int]) -> Iterable[int | None]:
        """The same for many, at no cost if there are no chunks (left)."""
        return repeat(None) if self._none else map(self.of, ends)

    def of(self, end: int) -> int | None:
        """When the byte before `end` arrived (microseconds), None if no chunk reaches so far."""
        while self._end < end:
            chunk = next(self._chunks, None)
            if chunk is None:
                self._none = True
                return None
            offset, size, self._us = chunk
            self._end = offset + size
        return self._us
