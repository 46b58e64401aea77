"""Headers of the training exchanges: their operations, and the headers that each client always sent."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from wirelore.analysis.witness import product
from wirelore.model.exchange import Exchange


class Heads:
    """Header names by client and operation."""

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self._requests: Counter[tuple[str | None, str]] = Counter()
        self._operations: set[str] = set()
        self._names: dict[tuple[str | None, str], Counter[str]] = defaultdict(Counter)
        for exchange in exchanges:
            if not {"request", "request-headers"} & set(exchange.absent):
                self._operations.add(exchange.operation)
                who = (product(exchange), exchange.operation)
                self._requests[who] += 1
                self._names[who].update({name.lower() for name, _ in exchange.request.headers})

    def knows(self, operation: str) -> bool:
        """Return True if a training request with known headers has this operation."""
        return operation in self._operations

    def always(self, exchange: Exchange, evidence: int) -> frozenset[str]:
        """Return the headers that all training requests of this client and operation had; none if there are too few."""
        who = (product(exchange), exchange.operation)
        total = self._requests[who]
        return frozenset(name for name, number in self._names[who].items() if number == total >= evidence)

    def had_without(self, name: str, exchange: Exchange) -> bool:
        """Return True if a training request of the exchange's client and operation lacked the header."""
        who = (product(exchange), exchange.operation)
        return self._names[who][name] < self._requests[who]
