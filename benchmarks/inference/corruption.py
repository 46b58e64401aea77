"""What a corruption is: a place of an exchange, how it is spoilt, and where a finding must point."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from benchmarks.inference.census import Census, Path
from benchmarks.inference.heads import Heads
from wirelore.model.exchange import Exchange

EVIDENCE = 5
"""Distinct training observations that a place must have had before its breach is a corruption."""


class Mark(NamedTuple):
    """Where a finding must point: the analyzer, which of its observations (None if it makes one), the JSON pointer."""

    analyzer: str
    item: int | None
    pointer: str


@dataclass(frozen=True, slots=True)
class Corruption:
    """One place that can be spoilt."""

    place: str
    """The place in general terms, the same in every exchange."""
    marks: frozenset[Mark]
    """A finding at any of these has caught it."""
    spoilt: Callable[[], Exchange] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Training:
    """What the training exchanges had, counted."""

    census: Census
    heads: Heads


Kind = Callable[[Exchange, Training], Iterator[Corruption]]
"""Every place of an exchange where a kind of corruption is one, after what the training had."""


def general(path: Path) -> str:
    """A path with `*` for every index."""
    return "".join(f"/{'*' if isinstance(step, int) else step}" for step in path)
