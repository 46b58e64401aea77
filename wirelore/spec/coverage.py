"""Coverage in both directions: the exchanges that a document describes, and the parts that exchanges touch."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from wirelore.model.exchange import Exchange
from wirelore.model.wording import quantity
from wirelore.spec.conformance import ConformanceChecker
from wirelore.spec.contract import Contract, Place
from wirelore.spec.openness import is_open
from wirelore.spec.operations import DescribedOperation
from wirelore.spec.verdict import Reason

PARTS = {
    "operation": "operations",
    "status": "statuses",
    "media type": "media types",
    "event": "events",
    "component": "component schemas",
    "property": "properties",
}
"""The kinds of parts that an exchange can touch, with their plurals."""

_MAX_PLACES = 10
_NUMBER = re.compile(r"/\d+(?=/|\Z)")


@dataclass
class ReasonCount:
    """A reason, how often it occurs, and where."""

    first: Reason
    count: int = 0
    """The number of occurrences; an exchange may have several."""
    exchanges: int = 0
    """The number of exchanges."""
    places: list[str] = field(default_factory=list)
    """`CAPTURE EXCHANGE` of the first ten exchanges."""


@dataclass
class Coverage:
    """The coverage of a document by captures, and of captures by a document."""

    exchanges: int = 0
    described: int = 0
    open: int = 0
    """The number of described exchanges that need an open branch or list."""
    reasons: dict[tuple[str, str, str, str], ReasonCount] = field(default_factory=dict)
    """The reasons why exchanges are not described; reasons that differ only in array positions count as one."""
    open_reasons: dict[tuple[str, str, str, str], ReasonCount] = field(default_factory=dict)
    """The values that only an open branch or list describes."""
    inconclusive: Counter[str] = field(default_factory=Counter)
    """For each part of an exchange, the number of exchanges where it is inconclusive."""
    parts: dict[str, dict[str, bool]] = field(default_factory=dict)
    """The parts of the document by kind and name; True if an exchange touched the part.

    Names: `POST /v1/messages`, `POST /v1/messages 200`, `POST /v1/messages 200 application/json`,
    `POST /v1/messages message_start`, `Message`, `Message usage`.
    """

    def touched(self, kind: str) -> int:
        """Return the number of touched parts of a kind."""
        return sum(self.parts[kind].values())


def coverage(document: Mapping[str, Any], exchanges: Iterable[Exchange]) -> Coverage:
    """Compute the coverage in one pass over the exchanges. Raises BadSchema if a reference in the document dangles."""
    checker = ConformanceChecker(document)
    result = Coverage(parts=_parts(checker))
    for exchange in exchanges:
        verdict = checker.verdict(exchange)
        result.exchanges += 1
        result.described += not verdict.reasons
        result.open += bool(verdict.open and not verdict.reasons)
        result.inconclusive.update(set(verdict.inconclusive))
        for reasons, counts in ((verdict.reasons, result.reasons), (verdict.open, result.open_reasons)):
            _add(counts, reasons, f"{exchange.capture} {exchange.id}".strip())
        for kind, name in verdict.touched:
            if name in result.parts[kind]:
                result.parts[kind][name] = True
    return result


def lines(result: Coverage) -> list[str]:
    """Return the summary for a terminal, in two lines."""
    missing = result.exchanges - result.described
    hint = f" ({missing:,} not described, see coverage.md)" if missing else ""
    totals = {kind: f"{result.touched(kind):,} of {len(result.parts[kind]):,}" for kind in PARTS}
    return [
        f"described   {result.described:,} of {quantity(result.exchanges, 'exchange')}{hint}",
        f"touched     {totals['operation']} operations, {totals['property']} properties",
    ]


def _add(counts: dict[tuple[str, str, str, str], ReasonCount], reasons: Iterable[Reason], place: str) -> None:
    keys = set()
    for reason in reasons:
        key = (reason.kind, reason.operation, _NUMBER.sub("/*", reason.pointer), reason.message)
        counts.setdefault(key, ReasonCount(reason)).count += 1
        keys.add(key)
    for key in keys:
        counts[key].exchanges += 1
        if len(counts[key].places) < _MAX_PLACES:
            counts[key].places.append(place)


def _parts(checker: ConformanceChecker) -> dict[str, dict[str, bool]]:
    parts: dict[str, dict[str, bool]] = {kind: {} for kind in PARTS}
    for operation in checker.operations.every:
        parts["operation"][operation.name] = False
        for kind, name in _parts_of_operation(checker.contract, operation):
            parts[kind][name] = False
    for name, schema in checker.contract.document.get("components", {}).get("schemas", {}).items():
        if is_open(schema):
            continue
        parts["component"][name] = "x-observed" in schema
        for path, member in _properties(schema):
            parts["property"][f"{name} {path}"] = "x-observed" in member
    return parts


def _parts_of_operation(contract: Contract, operation: DescribedOperation) -> Iterator[tuple[str, str]]:
    _, node = contract.resolved(operation.place)
    if "requestBody" in node:
        _, body = contract.resolved((*operation.place, "requestBody"))
        yield from (("media type", f"{operation.name} request {kind}") for kind in body.get("content", {}))
    for status in node.get("responses", {}):
        yield "status", f"{operation.name} {status}"
        place, response = contract.resolved((*operation.place, "responses", status))
        for kind, media in response.get("content", {}).items():
            yield "media type", f"{operation.name} {status} {kind}"
            member = next((each for each in ("itemSchema", "schema") if each in media), None)
            if kind.startswith("text/event-stream") and member:
                for event in sorted(set(_events(contract, (*place, "content", kind, member)))):
                    yield "event", f"{operation.name} {event}"


def _events(contract: Contract, place: Place) -> Iterator[str]:
    """Yield the event names in a schema: the constants of `event` in it and in the variants of its union."""
    resolved_place, schema = contract.resolved(place)
    name = schema.get("properties", {}).get("event", {}) if isinstance(schema, Mapping) else {}
    yield from ([name["const"]] if "const" in name else name.get("enum", ()))
    for union in ("oneOf", "anyOf"):
        for number in range(len(schema.get(union, ()) if isinstance(schema, Mapping) else ())):
            yield from _events(contract, (*resolved_place, union, str(number)))


def _properties(schema: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the properties of a component and of its inline objects, each with its path."""
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
