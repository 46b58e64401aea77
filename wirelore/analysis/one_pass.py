"""One pass over captures: each exchange is read once, observed once, and passed to every collector."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from wirelore.analysis.contract import Analyzer, Observation, Observe, observations
from wirelore.analysis.registry import registry
from wirelore.model.exchange import Exchange
from wirelore.store.reader import Capture, Unreadable

Numbered = tuple[int | None, Observation]
"""An observation with its number, counted from 1, or with None if the analyzer makes only one of each exchange."""

_CACHED_SIZE = 8 << 20
"""Size of an exchange's bodies in bytes up to which its observations are cached."""


class Observed:
    """An exchange with its observations, which are cached unless the bodies are large."""

    def __init__(self, exchange: Exchange, observers: Mapping[str, Observe]) -> None:
        self.exchange = exchange
        self._observers = observers
        self._cache: dict[str, Sequence[Numbered]] = {}
        response = exchange.response
        self._is_cached = exchange.request.body.size + (response.body.size if response else 0) <= _CACHED_SIZE

    def numbered(self, analyzer: str) -> Iterable[Numbered]:
        """Return the numbered observations of an analyzer. Raises KeyError if the analyzer is not part of the pass."""
        if analyzer not in self._cache:
            numbered = observations(self._observers[analyzer], self.exchange)
            if not self._is_cached:
                return numbered
            self._cache[analyzer] = list(numbered)
        return self._cache[analyzer]

    def observations(self, analyzer: str) -> Iterator[Observation]:
        """Return the observations of an analyzer. Raises KeyError if the analyzer is not part of the pass."""
        return (observation for _, observation in self.numbered(analyzer))

    def remember(self, analyzer: str) -> None:
        """Run and cache an analyzer now, because it must receive every exchange in order."""
        self._cache[analyzer] = list(observations(self._observers[analyzer], self.exchange))


class Collector(Protocol):
    """A consumer of observed exchanges, which provides its result after the pass."""

    @property
    def analyzers(self) -> Iterable[str]:
        """The ids of the analyzers whose observations it reads."""
        ...

    def begin(self, capture: str, labels: Mapping[str, str]) -> None:
        """Begin a capture with this name and these labels."""
        ...

    def add(self, observed: Observed) -> None:
        """Add an exchange of the capture."""
        ...


def observed(exchanges: Iterable[Exchange], analyzers: Iterable[str | Analyzer]) -> Iterator[Observed]:
    """Yield the exchanges of one capture, in order, with the observations of these analyzers."""
    chosen = [registry()[analyzer] if isinstance(analyzer, str) else analyzer for analyzer in analyzers]
    observers = {analyzer.id: analyzer.start() for analyzer in chosen}
    spanning = [analyzer.id for analyzer in chosen if analyzer.spans]
    for exchange in exchanges:
        observed_exchange = Observed(exchange, observers)
        for name in spanning:
            observed_exchange.remember(name)
        yield observed_exchange


def collect(
    name: str, exchanges: Iterable[Exchange], collectors: Sequence[Collector], labels: Mapping[str, str] | None = None
) -> None:
    """Pass the exchanges of one capture to every collector."""
    analyzers = sorted({analyzer for collector in collectors for analyzer in collector.analyzers})
    for collector in collectors:
        collector.begin(name, labels or {})
    for observed_exchange in observed(exchanges, analyzers):
        for collector in collectors:
            collector.add(observed_exchange)


def run(captures: Iterable[Capture], collectors: Sequence[Collector], broken: Callable[[Unreadable], object]) -> None:
    """Pass every exchange of the captures to every collector, and every unreadable part to `broken`."""
    for capture in captures:
        collect(capture.name, capture.exchanges(broken), collectors, capture.labels)
