"""Coverage both ways: which exchanges a document describes, and what of the document no exchange touched."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wirelore.model.exchange import Exchange
from wirelore.spec.conformance import Judgement
from wirelore.spec.contract import Contract, Place
from wirelore.spec.openness import is_open
from wirelore.spec.operations import Described
from wirelore.spec.verdict import Reason

PARTS = {
    "operation": "operations",
    "status": "statuses",
    "media type": "media types",
    "event": "events",
    "component": "component schemas",
    "property": "properties",
}
"""The kinds of parts that an exchange can touch, with the plural."""

_PLACES_KEPT = 10
_NUMBER = re.compile(r"/\d+(?=/|\Z)")


@dataclass
class Kept:
    """One kind of reason, and where it was found."""

    first: Reason
    count: int = 0
    """How often, which may be several times in one exchange."""
    exchanges: int = 0
    places: list[str] = field(default_factory=list)
    """`CAPTURE EXCHANGE` of the first ten exchanges."""


@dataclass
class Coverage:
    """How far a document and a set of captures cover each other."""

    exchanges: int = 0
    described: int = 0
    open: int = 0
    """Of those described: by an open branch or list only."""
    reasons: dict[tuple[str, str, str, str], Kept] = field(default_factory=dict)
    """Why exchanges are not described; those that differ in array positions only are one."""
    news: dict[tuple[str, str, str, str], Kept] = field(default_factory=dict)
    """What only an open branch or list describes."""
    unjudged: Counter[str] = field(default_factory=Counter)
    """Exchanges with a part that could not be judged, by the part."""
    parts: dict[str, dict[str, bool]] = field(default_factory=dict)
    """Every part of the document by kind and name, and whether an exchange touched it.

    Names: `POST /v1/messages`, `POST /v1/messages 200`, `POST /v1/messages 200 application/json`,
    `POST /v1/messages message_start`, `Message`, `Message usage`.
    """

    def touched(self, kind: str) -> int:
        """How many parts of a kind were touched."""
        return sum(self.parts[kind].values())


def coverage(document: Mapping[str, Any], exchanges: Iterable[Exchange]) -> Coverage:
    """The coverage, from one pass over the exchanges. Raises BadSchema if a reference in the document leads nowhere."""
    judgement = Judgement(document)
    found = Coverage(parts=_parts(judgement))
    for exchange in exchanges:
        verdict = judgement.verdict(exchange)
        found.exchanges += 1
        found.described += not verdict.reasons
        found.open += bool(verdict.open and not verdict.reasons)
        found.unjudged.update(set(verdict.unjudged))
        for reasons, kept in ((verdict.reasons, found.reasons), (verdict.open, found.news)):
            _take(kept, reasons, f"{exchange.capture} {exchange.id}".strip())
        for kind, name in verdict.touched:
            if name in found.parts[kind]:
                found.parts[kind][name] = True
    return found


def lines(found: Coverage) -> list[str]:
    """What a terminal is told: two lines."""
    missing = found.exchanges - found.described
    more = f" ({missing:,} not: coverage.md)" if missing else ""
    sums = {kind: f"{found.touched(kind):,} of {len(found.parts[kind]):,}" for kind in PARTS}
    return [
        f"described   {found.described:,} of {found.exchanges:,} exchanges{more}",
        f"touched     {sums['operation']} operations, {sums['property']} properties",
    ]


def _take(kept: dict[tuple[str, str, str, str], Kept], reasons: Iterable[Reason], place: str) -> None:
    keys = set()
    for reason in reasons:
        key = (reason.kind, reason.operation, _NUMBER.sub("/*", reason.pointer), reason.message)
        kept.setdefault(key, Kept(reason)).count += 1
        keys.add(key)
    for key in keys:
        kept[key].exchanges += 1
        if len(kept[key].places) < _PLACES_KEPT:
            kept[key].places.append(place)


def _parts(judgement: Judgement) -> dict[str, dict[str, bool]]:
    parts: dict[str, dict[str, bool]] = {kind: {} for kind in PARTS}
    for one in judgement.operations.every:
        parts["operation"][one.name] = False
        for kind, name in _of_operation(judgement.contract, one):
            parts[kind][name] = False
    for name, schema in judgement.contract.document.get("components", {}).get("schemas", {}).items():
        if is_open(schema):
            continue
        parts["component"][name] = "x-observed" in schema
        for path, member in _properties(schema):
            parts["property"][f"{name} {path}"] = "x-observed" in member
    return parts


def _of_operation(contract: Contract, one: Described) -> Iterator[tuple[str, str]]:
    _, node = contract.resolved(one.place)
    if "requestBody" in node:
        _, body = contract.resolved((*one.place, "requestBody"))
        yield from (("media type", f"{one.name} request {kind}") for kind in body.get("content", {}))
    for status in node.get("responses", {}):
        yield "status", f"{one.name} {status}"
        place, response = contract.resolved((*one.place, "responses", status))
        for kind, media in response.get("content", {}).items():
            yield "media type", f"{one.name} {status} {kind}"
            member = next((each for each in ("itemSchema", "schema") if each in media), None)
            if kind.startswith("text/event-stream") and member:
                for event in sorted(set(_events(contract, (*place, "content", kind, member)))):
                    yield "event", f"{one.name} {event}"


def _events(contract: Contract, place: Place) -> Iterator[str]:
    """The names of the events that a schema knows: the constants of `event` in it or in the variants of its union."""
    where, schema = contract.resolved(place)
    name = schema.get("properties", {}).get("event", {}) if isinstance(schema, Mapping) else {}
    yield from ([name["const"]] if "const" in name else name.get("enum", ()))
    for union in ("oneOf", "anyOf"):
        for number in range(len(schema.get(union, ()) if isinstance(schema, Mapping) else ())):
            yield from _events(contract, (*where, union, str(number)))


def _properties(schema: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The properties of a component with those of objects inside that are no components, each with its path."""
    if isinstance(schema, list):
        for each in schema:
            yield from _properties(each, path)
    if not isinstance(schema, Mapping):
        return
    for name, member in schema.get("properties", {}).items():
        yield (path + name, member if isinstance(member, Mapping) else {})
        yield from _properties(member, f"{path}{name}.")
    for keyword in ("items", "additionalProperties", "oneOf", "anyOf", "allOf"):
        yield from _properties(schema.get(keyword), path)
