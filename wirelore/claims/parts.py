"""Parts of the protocol that captures show, for the areas of a ledger: operations, header names, types of events.

Which parts belong to an area is data in its file. What a stand-in answered is no part of the service's protocol, and
what an imported recording holds of other people's services is none of this one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wirelore.analysis.places import walk
from wirelore.analysis.registry import registry
from wirelore.model.exchange import Exchange
from wirelore.model.routes import packaged
from wirelore.schema.claims import Area, Part

_MOST = 2_000
"""How many names of one part are kept."""


@dataclass
class PartsSeen:
    """Which parts were seen, in how many exchanges."""

    areas: Iterable[Area]
    counts: dict[tuple[str, Part], dict[str, int]] = field(init=False)
    """Exchanges by area and part, then by name."""

    def __post_init__(self) -> None:
        self.counts = {(area.name, part): {} for area in self.areas for part in area.parts}

    def take(self, exchange: Exchange, seen: Mapping[str, Any], *, by_service: bool) -> None:
        """Counts one exchange with what the analyzers saw of it; `by_service` False: a stand-in answered it."""
        if _is_foreign(exchange):
            return
        for (_, part), counts in self.counts.items():
            if part.operations and exchange.operation not in part.operations:
                continue
            if registry()[part.analyzer].about == "response" and not by_service:
                continue
            for name in sorted(set(_names(seen.get(part.analyzer), part.steps))):
                if name in counts or len(counts) < _MOST:
                    counts[name] = counts.get(name, 0) + 1


def _is_foreign(exchange: Exchange) -> bool:
    """Whether an import has it from a host that the route table does not name; a recorder was told its hosts."""
    if exchange.origin in ("recorded", "stand-in") or "request" in exchange.absent:
        return False
    return exchange.request.host not in packaged().hosts


def _names(seen: Any, steps: tuple[str, ...]) -> Iterator[str]:
    for observation in seen if isinstance(seen, list) else [seen]:
        for met in walk(observation, steps):
            if met.depth == len(steps) and not met.lacks:
                if isinstance(met.value, str):
                    yield met.value
                elif isinstance(met.value, dict):
                    yield from met.value
