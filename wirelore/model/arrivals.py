"""Arrival times of the bytes of a body, from its chunk table."""

from collections.abc import Iterable
from itertools import repeat


class Arrivals:
    """Looks up arrival times by offset, in ascending order, so that the chunk table is read only once."""

    def __init__(self, chunks: Iterable[tuple[int, int, int]]) -> None:
        """`chunks` are (offset, size, microseconds), in the order of arrival."""
        self._chunks = iter(chunks)
        self._is_exhausted = False
        self._end = 0
        self._us: int | None = None

    def times_at(self, ends: list[int]) -> Iterable[int | None]:
        """Return the arrival times for several offsets, at no cost if there are no (more) chunks."""
        return repeat(None) if self._is_exhausted else map(self.time_at, ends)

    def time_at(self, end: int) -> int | None:
        """Return the arrival time, in microseconds, of the byte before `end`; None if no chunk extends to it."""
        while self._end < end:
            chunk = next(self._chunks, None)
            if chunk is None:
                self._is_exhausted = True
                return None
            offset, size, self._us = chunk
            self._end = offset + size
        return self._us
