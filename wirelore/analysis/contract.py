"""The contract of an analyzer: the exchanges that it receives and the observations that it returns."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from wirelore.model.exchange import Exchange
from wirelore.model.exchange_parts import PARTS
from wirelore.model.wording import did_you_mean

Observation = dict[str, Any]
"""A small JSON document with the facts that an analyzer extracts from an exchange."""

Observe = Callable[[Exchange], "Observation | Iterator[Observation] | None"]
"""A pure function. It returns one observation, an iterator of several (each is checked by itself), or None."""


class AnalyzerFailed(Exception):
    """An analyzer raised an exception. The message names the analyzer, the exchange and the exception."""


About = Literal["request", "response", "exchange"]
"""The side that an analyzer observes: `request` the client, `response` the service, `exchange` both."""


@dataclass(frozen=True)
class Analyzer:
    """An analyzer: its function, its declarations, and the module docstring that documents it."""

    id: str
    doc: str
    summary: str
    begin: Callable[[], Observe]
    """Returns an observer for one capture that receives every exchange. Call `start` instead."""
    about: About
    needs: frozenset[str] = frozenset()
    """Parts of an exchange (PARTS); an exchange that lacks one is not observed."""
    optional: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Parts that an exchange may lack, each with the members of an observation that depend on it."""
    answer: frozenset[str] = frozenset()
    """Members of an observation that depend on the response, if the analyzer is about the exchange."""
    several: bool = False
    """True if it may make several observations of one exchange."""
    routes: bool = False
    """True if `host` and `operation` of its observations are entered in the route table."""
    spans: bool = False
    """True if it must receive all exchanges of a capture, in order."""

    def __call__(self, exchange: Exchange) -> list[Observation]:
        """Return the observations of one exchange on its own."""
        return [observation for _, observation in observations(self.start(), exchange)]

    def sees(self, exchange: Exchange) -> bool:
        """Return True if the exchange has every part that the analyzer needs."""
        return self.needs.isdisjoint(exchange.absent)

    def start(self) -> Observe:
        """Return an observer for one capture, which skips exchanges that lack a needed part.

        The observer raises TypeError if the analyzer makes several observations without declaring `several`.
        """
        observe = self.begin()

        def observed(exchange: Exchange) -> Observation | Iterator[Observation] | None:
            if not self.sees(exchange):
                return None
            try:
                result = observe(exchange)
            except Exception as fault:  # third-party code may raise anything
                raise self._failed(exchange, fault) from fault
            if isinstance(result, Iterator):
                if not self.several:
                    raise TypeError(f"analyzer {self.id}: returned an iterator; declare several=True in its decorator")
                return self._each(exchange, result)
            return result

        return observed

    def _each(self, exchange: Exchange, iterator: Iterator[Observation]) -> Iterator[Observation]:
        try:
            yield from iterator
        except Exception as fault:  # third-party code may raise anything
            raise self._failed(exchange, fault) from fault

    def _failed(self, exchange: Exchange, fault: Exception) -> AnalyzerFailed:
        place = f"{exchange.capture}/{exchange.id}" if exchange.id else exchange.operation
        return AnalyzerFailed(
            f"analyzer {self.id}: {type(fault).__name__}: {fault}, at {place}; an analyzer must not raise, fix it"
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
    """Turn a function of one exchange into an analyzer; the parameters are the fields of `Analyzer`.

    Raises ValueError, when the module is loaded, for a part that is not in PARTS.
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
    """Turn a function that returns an observer into an analyzer whose observers keep state during one capture.

    An observer receives the exchanges of a capture in order, except those that lack a needed part. Parameters and
    errors are those of `analyzer`.
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
    """Yield the observations of an exchange, numbered from 1 if the observer returns an iterator, else with None."""
    result = observe(exchange)
    if isinstance(result, Iterator):
        yield from enumerate(result, 1)
    elif result is not None:
        yield None, result


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
    if in_both := sorted(required & members.keys()):
        raise ValueError(
            f"analyzer {_id(function)}: {in_both[0]!r} is in needs and in optional; remove it from one of them"
        )
    return {"about": about, "needs": required, "optional": members}


def _check(function: Callable[..., Any], parameter: str, names: Iterable[str], allowed: Iterable[str]) -> None:
    """Raise ValueError if a parameter has a name that is not allowed."""
    allowed_names = list(allowed)
    for name in sorted(names):
        if name not in allowed_names:
            advice, expected = did_you_mean(name, allowed_names), ", ".join(allowed_names)
            raise ValueError(f"analyzer {_id(function)}: {parameter} has {name!r}; {advice}expected one of {expected}")


def _id(function: Callable[..., Any]) -> str:
    return function.__module__.rpartition(".")[2].replace("_", "-")
