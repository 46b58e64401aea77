"""Observed names of the parts of each area of a ledger, such as operations, header names and types of events.

The file of an area defines its parts. The responses of a stand-in, and imported exchanges with hosts of other
services, are ignored.
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
"""The maximum number of stored names of one part."""


@dataclass
class PartsSeen:
    """The observed names, with the number of exchanges."""

    areas: Iterable[Area]
    counts: dict[tuple[str, Part], dict[str, int]] = field(init=False)
    """The number of exchanges by area and part, then by name."""

    def __post_init__(self) -> None:
        self.counts = {(area.name, part): {} for area in self.areas for part in area.parts}

    def add(self, exchange: Exchange, observations: Mapping[str, Any], *, by_service: bool) -> None:
        """Count the names in the observations of an exchange; `by_service` is False if a stand-in answered it."""
        if _is_foreign(exchange):
            return
        for (_, part), counts in self.counts.items():
            if part.operations and exchange.operation not in part.operations:
                continue
            if registry()[part.analyzer].about == "response" and not by_service:
                continue
            for name in sorted(set(_names(observations.get(part.analyzer), part.steps))):
                if name in counts or len(counts) < _MOST:
                    counts[name] = counts.get(name, 0) + 1


def _is_foreign(exchange: Exchange) -> bool:
    """Return True for an imported exchange with a host that is not in the route table."""
    if exchange.origin in ("recorded", "stand-in") or "request" in exchange.absent:
        return False
    return exchange.request.host not in packaged().hosts


def _names(observations: Any, steps: tuple[str, ...]) -> Iterator[str]:
    for observation in observations if isinstance(observations, list) else [observations]:
        for visit in walk(observation, steps):
            if visit.depth == len(steps) and not visit.is_missing_next:
                if isinstance(visit.value, str):
                    yield visit.value
                elif isinstance(visit.value, dict):
                    yield from visit.value
