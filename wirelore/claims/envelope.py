"""Envelopes: an exchange with all that the analyzers saw of it, as the JSON object that claims are held against.

What an import's source does not tell is named in `Envelope.unknown`, so that nothing is concluded from its absence. Of
observations that come by the thousand (events of a stream) a list has the first ones of each shape.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wirelore.analysis.contract import Analyzer, Observation
from wirelore.analysis.registry import registry
from wirelore.analysis.witness import product
from wirelore.claims.checks import Steps
from wirelore.model.exchange import Exchange
from wirelore.schema.programs import Program, program
from wirelore.store.reader import labels

MOST = 5_000
"""How many observations of one shape a list has."""

_SHAPES = 1_000
"""Beyond so many shapes all further ones are one."""

MEMBERS = frozenset(
    {"client", "product", "version", "host", "operation", "method", "path", "scheme", "status", "category", "tags"}
    | {"end", "origin", "labels", "absent", "facts", "seen"}
)
"""The members of an envelope."""

_MEMBERS_OF = {
    "request": ("host", "method", "path", "scheme"),
    "request-headers": ("client",),
    "status": ("status",),
    "end": ("end",),
}
"""Members of the envelope itself that rest on a part that a source may not tell (`Exchange.absent`)."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One exchange for the checks of claims."""

    document: dict[str, Any]
    program: Program
    unknown: frozenset[Steps]
    """Places of which the source tells nothing, whatever the document has there."""
    left_out: int = 0
    """Observations beyond MOST of a shape."""


class Envelopes:
    """The envelopes of one capture, in the order of its exchanges."""

    def __init__(self, analyzers: Iterable[str], manifest: Mapping[str, Any]) -> None:
        """With what these analyzers see; the manifest tells labels and clients."""
        self._labels = labels(manifest)
        self._program = program(self._labels, ())
        self._recorded = program(self._labels, [str(client) for client in manifest.get("clients") or ()])
        chosen = [registry()[name] for name in sorted(set(analyzers))]
        self._observers = [(one, one.start()) for one in chosen]
        self._unknown: dict[tuple[str, ...], frozenset[Steps]] = {}

    def of(self, exchange: Exchange) -> Envelope:
        """The envelope of the next exchange."""
        seen, left_out = self._seen(exchange)
        imported = exchange.origin not in ("recorded", "stand-in")
        stated = self._program if imported else self._recorded
        own = _own(exchange)
        chosen = stated or own or Program("")
        request = exchange.request
        client = {} if own is None else {"client": request.client}
        named = {} if stated is None and own is None else {"product": chosen.product, "version": chosen.version}
        unknown = self._unknown_places(exchange.absent)
        if not named:
            unknown |= {("product",), ("version",)}
        document: dict[str, Any] = {
            **client,
            **named,
            "operation": exchange.operation,
            "status": _status(exchange),
            "category": exchange.category,
            "tags": list(exchange.tags),
            "origin": exchange.origin,
            "labels": self._labels,
            "absent": list(exchange.absent),
            "facts": dict(exchange.facts),
            "end": exchange.end.cause,
            "seen": seen,
        }
        if "request" not in exchange.absent:
            document |= {
                "host": request.host,
                "method": request.method,
                "path": request.path,
                "scheme": request.scheme,
            }
        return Envelope(document, chosen, unknown, left_out)

    def _seen(self, exchange: Exchange) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        left_out = 0
        for one, observe in self._observers:
            seen = observe(exchange)
            if isinstance(seen, Iterator):
                kept, left = _first_of_each_shape(seen)
                left_out += left
                if kept:
                    found[one.id] = kept
            elif seen is not None:
                found[one.id] = [seen] if one.several else seen
        return found, left_out

    def _unknown_places(self, absent: tuple[str, ...]) -> frozenset[Steps]:
        """The places that rest on parts that a source does not tell: of the envelope, and of what analyzers see."""
        if absent not in self._unknown:
            own = {(member,) for part in absent for member in _MEMBERS_OF.get(part, ())}
            self._unknown[absent] = frozenset(
                own.union(*(_unknown_parts_of(one, absent) for one, _ in self._observers))
            )
        return self._unknown[absent]


def analyzers_in(places: Iterable[Steps]) -> set[str]:
    """The analyzers whose observations the places are in."""
    return {place[1] for place in places if len(place) > 1 and place[0] == "seen"}


def is_unknown(place: Steps, unknown: Iterable[Steps]) -> bool:
    """Whether nothing is told of a place: it lies within one that the source does not tell."""
    return any(place[: len(one)] == one for one in unknown)


def _status(exchange: Exchange) -> int | None:
    return None if exchange.response is None or "status" in exchange.absent else exchange.response.status


def _own(exchange: Exchange) -> Program | None:
    """The program after the exchange's own user agent; None if the source does not tell."""
    name = product(exchange)
    if name is None:
        return None
    version = exchange.request.client.removeprefix(name).removeprefix("/")
    words = (exchange.request.headers.first("user-agent") or "").split(" ")
    if not version and len(words) > 1 and words[1][:1].isdigit():  # `Anthropic/Python 0.40.0`
        version = words[1]
    return Program(name, version)


def _first_of_each_shape(seen: Iterator[Observation]) -> tuple[list[Observation], int]:
    kept: list[Observation] = []
    shapes: Counter[Any] = Counter()
    left = 0
    for observation in seen:
        shape = (observation.get("case"), _shape(observation)) if len(shapes) < _SHAPES else None
        shapes[shape] += 1
        if shapes[shape] <= MOST:
            kept.append(observation)
        else:
            left += 1
    return kept, left


def _shape(value: Any, depth: int = 4) -> Any:
    """The members' names and the types, some levels deep."""
    if isinstance(value, dict) and depth:
        return tuple((name, _shape(below, depth - 1)) for name, below in value.items())
    return type(value)


def _unknown_parts_of(one: Analyzer, absent: Iterable[str]) -> Iterator[Steps]:
    place = ("seen", one.id, *(["*"] if one.several else []))
    for part in absent:
        if part in one.needs:
            yield "seen", one.id
        for member in one.optional.get(part, ()):
            yield *place, member
