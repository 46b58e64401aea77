"""Arrival times of bytes."""

from hypothesis import given
from hypothesis import strategies as st

from wirelore.model.arrivals import Arrivals

CHUNKS = [(0, 3, 10), (3, 4, 20), (7, 1, 30)]


def test_a_byte_arrived_with_the_chunk_that_holds_it() -> None:
    assert list(Arrivals(CHUNKS).times_at([1, 3, 4, 7, 8])) == [10, 10, 20, 20, 30]


def test_beyond_the_chunks_the_time_is_unknown() -> None:
    arrivals = Arrivals(CHUNKS)
    assert [arrivals.time_at(8), arrivals.time_at(9)] == [30, None]


def test_without_chunks_the_time_is_unknown() -> None:
    assert Arrivals(()).time_at(1) is None


@given(st.lists(st.integers(1, 5), min_size=1, max_size=20))
def test_every_byte_has_the_time_of_its_own_chunk(sizes: list[int]) -> None:
    chunks = [(sum(sizes[:number]), size, number) for number, size in enumerate(sizes)]
    owners = [number for number, size in enumerate(sizes) for _ in range(size)]
    arrivals = Arrivals(chunks)
    assert [arrivals.time_at(end) for end in range(1, sum(sizes) + 1)] == owners
