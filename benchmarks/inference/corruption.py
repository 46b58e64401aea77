"""Corruptions: a place in an exchange, the change, and the pointers at which a finding is expected."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from benchmarks.inference.census import Census, Path
from benchmarks.inference.heads import Heads
from wirelore.model.exchange import Exchange

EVIDENCE = 5
"""The number of distinct training observations that a place needs for a change to count as a corruption."""


class Mark(NamedTuple):
    """The expected place of a finding: analyzer, number of the observation (None if it makes one), JSON pointer."""

    analyzer: str
    item: int | None
    pointer: str


@dataclass(frozen=True, slots=True)
class Corruption:
    """A place that can be corrupted."""

    place: str
    """The general place, the same in all exchanges."""
    marks: frozenset[Mark]
    """A finding at any of these counts as a detection."""
    spoilt: Callable[[], Exchange] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Training:
    """The counts of the training exchanges."""

    census: Census
    heads: Heads


Kind = Callable[[Exchange, Training], Iterator[Corruption]]
"""Yields the places of an exchange at which a kind of corruption is possible, given the training."""


def general(path: Path) -> str:
    """Return a path with `*` for each index."""
    return "".join(f"/{'*' if isinstance(step, int) else step}" for step in path)
