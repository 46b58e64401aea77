"""The contract of an analyzer: what it is given, what it gives."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from wirelore.model.exchange import Exchange

Observation = dict[str, Any]
"""A small JSON document: what an analyzer saw of an exchange."""

Observe = Callable[[Exchange], "Observation | Iterator[Observation] | None"]
"""Pure: one observation, several (each judged by itself), or None where there is nothing to observe."""


@dataclass(frozen=True)
class Analyzer:
    """A named observer, and the module docstring that explains it."""

    id: str
    doc: str
    summary: str
    start: Callable[[], Observe]
    """Begins a capture. What spans exchanges keeps its state in the function that it returns."""
    spans: bool = False
    """Whether it must see all exchanges of a capture, in order."""

    def __call__(self, exchange: Exchange) -> list[Observation]:
        """The observations of one exchange, seen by itself."""
        return [observation for _, observation in observations(self.start(), exchange)]


def analyzer(observe: Observe) -> Analyzer:
    """Makes an analyzer of a function of one exchange."""
    return _made(observe, lambda: observe)


def over_capture(start: Callable[[], Observe]) -> Analyzer:
    """Makes an analyzer of a function that begins a capture and returns an observer with memory."""
    return _made(start, start, spans=True)


def observations(observe: Observe, exchange: Exchange) -> Iterator[tuple[int | None, Observation]]:
    """What an observer saw of an exchange; numbered from 1 where it made several observations, else None."""
    seen = observe(exchange)
    if isinstance(seen, Iterator):
        yield from enumerate(seen, 1)
    elif seen is not None:
        yield None, seen


def _made(function: Callable[..., Any], start: Callable[[], Observe], *, spans: bool = False) -> Analyzer:
    module = sys.modules[function.__module__]
    name = function.__module__.rpartition(".")[2].replace("_", "-")
    return Analyzer(name, (module.__doc__ or "").strip(), (function.__doc__ or "").strip(), start, spans)
