"""The inventory of a client's version: what it calls, sends, offers and gets, by name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wirelore.analysis.one_pass import Observed
from wirelore.store.completeness import name_among


@dataclass(frozen=True, slots=True)
class Shelf:
    """One kind of things that versions have."""

    id: str
    title: str
    analyzer: str
    path: tuple[str, ...]
    """Where the names stand in an observation: members, `*` for every element, `?` for the members' names."""


SHELVES = (
    Shelf("operations", "Operations", "operations", ("operation",)),
    Shelf("hosts", "Hosts", "operations", ("host",)),
    Shelf("request-headers", "Request headers", "request-headers", ("headers", "?")),
    Shelf("beta-flags", "Beta flags", "beta-flags", ("flags", "*")),
    Shelf("models", "Models asked for", "request-bodies", ("body", "model")),
    Shelf("tools", "Tools offered to the model", "request-bodies", ("body", "tools", "*", "name")),
    Shelf("events", "Event types in answers", "event-payloads", ("case",)),
)
"""What is listed, in the order in which it is told."""


@dataclass
class Inventory:
    """How many exchanges of a version showed each name, by shelf; so many names of a shelf are kept as of hosts."""

    names: dict[str, Counter[str]] = field(default_factory=lambda: {shelf.id: Counter() for shelf in SHELVES})
    exchanges: int = 0
    clients: Counter[str] = field(default_factory=Counter)
    """Exchanges by client (`name/version`), as their requests tell."""

    @property
    def analyzers(self) -> Iterable[str]:
        """Those whose observations are counted."""
        return sorted({shelf.analyzer for shelf in SHELVES})

    def begin(self, capture: str, labels: Mapping[str, str]) -> None:
        """A capture makes no difference to what is counted."""

    def take(self, observed: Observed) -> None:
        """Counts an exchange."""
        self.exchanges += 1
        if client := observed.exchange.request.client:
            self.clients[name_among(client, self.clients)] += 1
        for shelf in SHELVES:
            counted = self.names[shelf.id]
            for name in {name for one in observed.of(shelf.analyzer) for name in _names(one, shelf.path)}:
                counted[name_among(name, counted)] += 1

    def add(self, other: "Inventory") -> None:
        """Adds what was counted of another capture."""
        self.exchanges += other.exchanges
        self.clients += other.clients
        for shelf, counted in other.names.items():
            self.names[shelf] += counted


def _names(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    if not path:
        if isinstance(value, str):
            yield value
        return
    step, rest = path[0], path[1:]
    if step == "*":
        for element in value if isinstance(value, list) else []:
            yield from _names(element, rest)
    elif isinstance(value, dict):
        if step == "?":
            yield from value
        elif step in value:
            yield from _names(value[step], rest)
