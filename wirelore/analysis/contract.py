"""The contract of an analyzer: which exchanges it gets, and which observations it returns."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from wirelore.model.exchange import Exchange
from wirelore.model.exchange_parts import PARTS
from wirelore.model.wording import did_you_mean

Observation = dict[str, Any]
"""A small JSON document: what an analyzer saw of an exchange."""

Observe = Callable[[Exchange], "Observation | Iterator[Observation] | None"]
"""Pure: one observation, several (each judged by itself), or None where there is nothing to observe."""


class AnalyzerFailed(Exception):
    """An analyzer raised an exception; the message names the analyzer, the exchange and what was raised."""


About = Literal["request", "response", "exchange"]
"""Whose behaviour an analyzer observes: the client's, the service's, or that of both."""


@dataclass(frozen=True)
class Analyzer:
    """A named observer, with its declarations and the module docstring that explains it."""

    id: str
    doc: str
    summary: str
    begin: Callable[[], Observe]
    """Begins a capture, without the engine: the observer gets every exchange. Use `start`."""
    about: About
    needs: frozenset[str] = frozenset()
    """The parts (PARTS) without which nothing is observed."""
    optional: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Parts that it can do without, each with the members of an observation that say nothing without it."""
    answer: frozenset[str] = frozenset()
    """Members of an observation about an exchange that the answer decides."""
    several: bool = False
    """Whether it may make several observations of one exchange."""
    routes: bool = False
    """Whether `host` and `operation` of its observations belong into the route table."""
    spans: bool = False
    """Whether it must see all exchanges of a capture, in order."""

    def __call__(self, exchange: Exchange) -> list[Observation]:
        """The observations of one exchange, seen by itself."""
        return [observation for _, observation in observations(self.start(), exchange)]

    def sees(self, exchange: Exchange) -> bool:
        """Whether the source of an exchange tells every part that the analyzer needs."""
        return self.needs.isdisjoint(exchange.absent)

    def start(self) -> Observe:
        """Begins a capture: an observer from which exchanges without a needed part are withheld.

        The observer raises TypeError if the analyzer makes several observations and does not declare so.
        """
        observe = self.begin()

        def observed(exchange: Exchange) -> Observation | Iterator[Observation] | None:
            if not self.sees(exchange):
                return None
            try:
                seen = observe(exchange)
            except Exception as fault:  # whatever a stranger's analyzer raises
                raise self._failed(exchange, fault) from fault
            if isinstance(seen, Iterator):
                if not self.several:
                    raise TypeError(f"analyzer {self.id}: returned an iterator; declare several=True in its decorator")
                return self._each(exchange, seen)
            return seen

        return observed

    def _each(self, exchange: Exchange, seen: Iterator[Observation]) -> Iterator[Observation]:
        try:
            yield from seen
        except Exception as fault:  # whatever a stranger's analyzer raises
            raise self._failed(exchange, fault) from fault

    def _failed(self, exchange: Exchange, fault: Exception) -> AnalyzerFailed:
        place = f"{exchange.capture}/{exchange.id}" if exchange.id else exchange.operation
        return AnalyzerFailed(
            f"analyzer {self.id}: {type(fault).__name__}: {fault}, at {place}; an analyzer must not raise, correct it"
        )


def analyzer(
    *,
    about: About,
    needs: Iterable[str] = (),
    optional: Mapping[str, Iterable[str]] | None = None,
    answer: Iterable[str] = (),
    several: bool = False,
    routes: bool = False,
) -> Callable[[Observe], Analyzer]:
    """Makes an analyzer of a function of one exchange; the parameters are the members of `Analyzer`.

    Raises ValueError, when the module is loaded, for a part that PARTS does not have.
    """

    def decorated(observe: Observe) -> Analyzer:
        return Analyzer(
            **_described(observe),
            **_declared(observe, about, needs, optional),
            begin=lambda: observe,
            answer=frozenset(answer),
            several=several,
            routes=routes,
        )

    return decorated


def over_capture(
    *,
    about: About,
    needs: Iterable[str] = (),
    optional: Mapping[str, Iterable[str]] | None = None,
    answer: Iterable[str] = (),
    several: bool = False,
) -> Callable[[Callable[[], Observe]], Analyzer]:
    """Makes an analyzer of a function that begins a capture and returns an observer with memory.

    The observer gets the exchanges in order, but for those that are withheld. Parameters and errors as of `analyzer`.
    """

    def decorated(start: Callable[[], Observe]) -> Analyzer:
        return Analyzer(
            **_described(start),
            **_declared(start, about, needs, optional),
            begin=start,
            answer=frozenset(answer),
            several=several,
            spans=True,
        )

    return decorated


def observations(observe: Observe, exchange: Exchange) -> Iterator[tuple[int | None, Observation]]:
    """What an observer saw of an exchange; numbered from 1 where it made several observations, else None."""
    seen = observe(exchange)
    if isinstance(seen, Iterator):
        yield from enumerate(seen, 1)
    elif seen is not None:
        yield None, seen


def _described(function: Callable[..., Any]) -> dict[str, Any]:
    doc = sys.modules[function.__module__].__doc__ or ""
    return {"id": _id(function), "doc": doc.strip(), "summary": (function.__doc__ or "").strip()}


def _declared(
    function: Callable[..., Any], about: str, needs: Iterable[str], optional: Mapping[str, Iterable[str]] | None
) -> dict[str, Any]:
    members = {part: frozenset(names) for part, names in (optional or {}).items()}
    required = frozenset(needs)
    _check(function, "about", [about], get_args(About))
    _check(function, "needs", required, PARTS)
    _check(function, "optional", members, PARTS)
    if both := sorted(required & members.keys()):
        raise ValueError(f"analyzer {_id(function)}: {both[0]!r} is in needs and in optional; keep it in one of them")
    return {"about": about, "needs": required, "optional": members}


def _check(function: Callable[..., Any], parameter: str, names: Iterable[str], allowed: Iterable[str]) -> None:
    """Raises ValueError if a parameter names something that does not exist."""
    known = list(allowed)
    for name in sorted(names):
        if name not in known:
            advice = did_you_mean(name, known)
            raise ValueError(
                f"analyzer {_id(function)}: {parameter} has {name!r}; {advice}expected one of {', '.join(known)}"
            )


def _id(function: Callable[..., Any]) -> str:
    return function.__module__.rpartition(".")[2].replace("_", "-")
