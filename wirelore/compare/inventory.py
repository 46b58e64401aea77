"""The inventory of a client's version: the names of its operations, headers, flags, tools and events."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wirelore.analysis.one_pass import Observed
from wirelore.store.completeness import name_among


@dataclass(frozen=True, slots=True)
class NameKind:
    """One kind of names in the inventory."""

    id: str
    title: str
    analyzer: str
    path: tuple[str, ...]
    """The path of the names in an observation: members, `*` for every element, `?` for the names of members."""


NAME_KINDS = (
    NameKind("operations", "Operations", "operations", ("operation",)),
    NameKind("hosts", "Hosts", "operations", ("host",)),
    NameKind("request-headers", "Request headers", "request-headers", ("headers", "?")),
    NameKind("beta-flags", "Beta flags", "beta-flags", ("flags", "*")),
    NameKind("models", "Requested models", "request-bodies", ("body", "model")),
    NameKind("tools", "Tools offered to the model", "request-bodies", ("body", "tools", "*", "name")),
    NameKind("events", "Event types in responses", "event-payloads", ("case",)),
)
"""The kinds of names, in the order of output."""


@dataclass
class Inventory:
    """The number of exchanges with each name, by kind. The number of names is limited by `name_among`."""

    names: dict[str, Counter[str]] = field(default_factory=lambda: {shelf.id: Counter() for shelf in NAME_KINDS})
    exchanges: int = 0
    clients: Counter[str] = field(default_factory=Counter)
    """Exchanges by client (`name/version`)."""

    @property
    def analyzers(self) -> Iterable[str]:
        """The ids of the analyzers whose observations are counted."""
        return sorted({shelf.analyzer for shelf in NAME_KINDS})

    def begin(self, capture: str, labels: Mapping[str, str]) -> None:
        """Do nothing: counts are not kept by capture."""

    def add(self, observed: Observed) -> None:
        """Count an exchange."""
        self.exchanges += 1
        if client := observed.exchange.request.client:
            self.clients[name_among(client, self.clients)] += 1
        for shelf in NAME_KINDS:
            counted = self.names[shelf.id]
            observations = observed.observations(shelf.analyzer)
            for name in {name for observation in observations for name in _names(observation, shelf.path)}:
                counted[name_among(name, counted)] += 1

    def merge(self, other: "Inventory") -> None:
        """Add the counts of another inventory."""
        self.exchanges += other.exchanges
        self.clients += other.clients
        for shelf, counted in other.names.items():
            self.names[shelf] += counted


def _names(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    if not path:
        if isinstance(value, str):
            yield value
        return
    step, remaining = path[0], path[1:]
    if step == "*":
        for element in value if isinstance(value, list) else []:
            yield from _names(element, remaining)
    elif isinstance(value, dict):
        if step == "?":
            yield from value
        elif step in value:
            yield from _names(value[step], remaining)
