"""Inputs for hypothesis: mutated seeds of a target, and random bytes."""

from hypothesis import strategies as st

from tests.fuzz.targets import Target
from tests.fuzz.tokens import TOKENS


def mutated(target: Target) -> st.SearchStrategy[bytes]:
    """Return a strategy of inputs for a target."""
    piece = st.one_of(st.sampled_from(TOKENS), st.binary(max_size=6))
    edits = st.lists(st.tuples(st.integers(0, 1 << 14), st.integers(0, 40), piece), max_size=4)
    seeds = st.sampled_from([*target.seeds(), *target.corpus()])
    return st.one_of(st.builds(_edited, seeds, edits), st.binary(max_size=200))


def _edited(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for place, gone, piece in edits:
        at = place % (len(data) + 1)
        data = data[:at] + piece + data[at + gone :]
    return data
