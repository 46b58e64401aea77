"""Envelopes: an exchange with its observations, as the JSON object that claims are checked against.

`Envelope.unknown` lists the places that an import's source lacks, so that nothing is concluded from their absence. Of
numerous observations (events of a stream), the envelope contains the first ones of each shape.
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
"""The maximum number of observations of one shape."""

_SHAPES = 1_000
"""The maximum number of shapes; further ones count as one."""

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
"""Members of the envelope that depend on a part that a source may lack (`Exchange.absent`)."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One exchange for the checks of claims."""

    document: dict[str, Any]
    program: Program
    unknown: frozenset[Steps]
    """Places that the source lacks, regardless of the content of the document."""
    left_out: int = 0
    """The number of omitted observations."""


class Envelopes:
    """The envelopes of one capture, in the order of its exchanges."""

    def __init__(self, analyzers: Iterable[str], manifest: Mapping[str, Any]) -> None:
        """Include the observations of these analyzers; labels and clients come from the manifest."""
        self._labels = labels(manifest)
        self._program = program(self._labels, ())
        self._recorded = program(self._labels, [str(client) for client in manifest.get("clients") or ()])
        chosen = [registry()[name] for name in sorted(set(analyzers))]
        self._observers = [(analyzer, analyzer.start()) for analyzer in chosen]
        self._unknown: dict[tuple[str, ...], frozenset[Steps]] = {}

    def of(self, exchange: Exchange) -> Envelope:
        """Return the envelope of the next exchange."""
        observed, left_out = self._observations(exchange)
        imported = exchange.origin not in ("recorded", "stand-in")
        known_program = self._program if imported else self._recorded
        own = _own_program(exchange)
        chosen = known_program or own or Program("")
        request = exchange.request
        client = {} if own is None else {"client": request.client}
        program_members = (
            {} if known_program is None and own is None else {"product": chosen.product, "version": chosen.version}
        )
        unknown = self._unknown_places(exchange.absent)
        if not program_members:
            unknown |= {("product",), ("version",)}
        document: dict[str, Any] = {
            **client,
            **program_members,
            "operation": exchange.operation,
            "status": _status(exchange),
            "category": exchange.category,
            "tags": list(exchange.tags),
            "origin": exchange.origin,
            "labels": self._labels,
            "absent": list(exchange.absent),
            "facts": dict(exchange.facts),
            "end": exchange.end.cause,
            "seen": observed,
        }
        if "request" not in exchange.absent:
            document |= {
                "host": request.host,
                "method": request.method,
                "path": request.path,
                "scheme": request.scheme,
            }
        return Envelope(document, chosen, unknown, left_out)

    def _observations(self, exchange: Exchange) -> tuple[dict[str, Any], int]:
        by_analyzer: dict[str, Any] = {}
        left_out = 0
        for analyzer, observe in self._observers:
            result = observe(exchange)
            if isinstance(result, Iterator):
                included, omitted = _first_of_each_shape(result)
                left_out += omitted
                if included:
                    by_analyzer[analyzer.id] = included
            elif result is not None:
                by_analyzer[analyzer.id] = [result] if analyzer.several else result
        return by_analyzer, left_out

    def _unknown_places(self, absent: tuple[str, ...]) -> frozenset[Steps]:
        """Return the places of the envelope and of observations that depend on parts that a source lacks."""
        if absent not in self._unknown:
            own = {(member,) for part in absent for member in _MEMBERS_OF.get(part, ())}
            self._unknown[absent] = frozenset(
                own.union(*(_unknown_parts_of(analyzer, absent) for analyzer, _ in self._observers))
            )
        return self._unknown[absent]


def analyzers_in(places: Iterable[Steps]) -> set[str]:
    """Return the analyzers whose observations contain the places."""
    return {place[1] for place in places if len(place) > 1 and place[0] == "seen"}


def is_unknown(place: Steps, unknown: Iterable[Steps]) -> bool:
    """Return True if a place is within one that the source lacks."""
    return any(place[: len(prefix)] == prefix for prefix in unknown)


def _status(exchange: Exchange) -> int | None:
    return None if exchange.response is None or "status" in exchange.absent else exchange.response.status


def _own_program(exchange: Exchange) -> Program | None:
    """Return the program in the exchange's user agent; None if the source lacks the headers."""
    name = product(exchange)
    if name is None:
        return None
    version = exchange.request.client.removeprefix(name).removeprefix("/")
    words = (exchange.request.headers.first("user-agent") or "").split(" ")
    if not version and len(words) > 1 and words[1][:1].isdigit():  # `Anthropic/Python 0.40.0`
        version = words[1]
    return Program(name, version)


def _first_of_each_shape(observations: Iterator[Observation]) -> tuple[list[Observation], int]:
    included: list[Observation] = []
    shapes: Counter[Any] = Counter()
    omitted = 0
    for observation in observations:
        shape = (observation.get("case"), _shape(observation)) if len(shapes) < _SHAPES else None
        shapes[shape] += 1
        if shapes[shape] <= MOST:
            included.append(observation)
        else:
            omitted += 1
    return included, omitted


def _shape(value: Any, depth: int = 4) -> Any:
    """Return the names of members and the types, down to a depth."""
    if isinstance(value, dict) and depth:
        return tuple((name, _shape(member, depth - 1)) for name, member in value.items())
    return type(value)


def _unknown_parts_of(analyzer: Analyzer, absent: Iterable[str]) -> Iterator[Steps]:
    place = ("seen", analyzer.id, *(["*"] if analyzer.several else []))
    for part in absent:
        if part in analyzer.needs:
            yield "seen", analyzer.id
        for member in analyzer.optional.get(part, ()):
            yield *place, member
