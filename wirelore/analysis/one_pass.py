"""One pass over captures: each exchange is read once, observed once, and given to every collector."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from wirelore.analysis.contract import Analyzer, Observation, Observe, observations
from wirelore.analysis.registry import registry
from wirelore.model.exchange import Exchange
from wirelore.store.reader import Capture, Unreadable

Numbered = tuple[int | None, Observation]
"""An observation and its number, from 1, where the analyzer makes several of one exchange; else None."""

_KEPT = 8 << 20
"""Bytes of the bodies of an exchange up to which its observations are kept; of larger ones they are made anew."""


class Observed:
    """An exchange with what the analyzers observe of it, each asked at most once (but for large bodies)."""

    def __init__(self, exchange: Exchange, observers: Mapping[str, Observe]) -> None:
        self.exchange = exchange
        self._observers = observers
        self._known: dict[str, Sequence[Numbered]] = {}
        response = exchange.response
        self._keeps = exchange.request.body.size + (response.body.size if response else 0) <= _KEPT

    def numbered(self, analyzer: str) -> Iterable[Numbered]:
        """The observations of an analyzer with their numbers. Raises KeyError for one that the pass was not given."""
        if analyzer not in self._known:
            made = observations(self._observers[analyzer], self.exchange)
            if not self._keeps:
                return made
            self._known[analyzer] = list(made)
        return self._known[analyzer]

    def of(self, analyzer: str) -> Iterator[Observation]:
        """The observations of an analyzer. Raises KeyError for one that the pass was not given."""
        return (observation for _, observation in self.numbered(analyzer))

    def remember(self, analyzer: str) -> None:
        """Asks an analyzer now, which must see every exchange in its turn."""
        self._known[analyzer] = list(observations(self._observers[analyzer], self.exchange))


class Collector(Protocol):
    """What takes in observed exchanges, one by one, and is asked afterwards for what it has made of them."""

    @property
    def analyzers(self) -> Iterable[str]:
        """The ids of the analyzers whose observations it asks for."""
        ...

    def begin(self, capture: str, labels: Mapping[str, str]) -> None:
        """A capture begins: its name and what its recorder was told of it."""
        ...

    def take(self, observed: Observed) -> None:
        """An exchange of it."""
        ...


def observed(exchanges: Iterable[Exchange], analyzers: Iterable[str | Analyzer]) -> Iterator[Observed]:
    """The exchanges of one capture, in order, each with the observations of these analyzers."""
    chosen = [registry()[one] if isinstance(one, str) else one for one in analyzers]
    observers = {one.id: one.start() for one in chosen}
    in_turn = [one.id for one in chosen if one.spans]
    for exchange in exchanges:
        each = Observed(exchange, observers)
        for analyzer in in_turn:
            each.remember(analyzer)
        yield each


def collect(
    name: str, exchanges: Iterable[Exchange], collectors: Sequence[Collector], labels: Mapping[str, str] | None = None
) -> None:
    """Gives the exchanges of one capture to every collector."""
    analyzers = sorted({analyzer for collector in collectors for analyzer in collector.analyzers})
    for collector in collectors:
        collector.begin(name, labels or {})
    for each in observed(exchanges, analyzers):
        for collector in collectors:
            collector.take(each)


def run(captures: Iterable[Capture], collectors: Sequence[Collector], broken: Callable[[Unreadable], object]) -> None:
    """Gives every exchange of captures to every collector; what cannot be read is given to `broken`."""
    for capture in captures:
        collect(capture.name, capture.exchanges(broken), collectors, capture.labels)
