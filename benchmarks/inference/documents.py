"""The JSON documents of an exchange, and the exchange with one of them put in another's place."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.inference.census import Spot, spots
from benchmarks.inference.teaching import Observed
from wirelore.analysis.contract import observations
from wirelore.analysis.registry import registry
from wirelore.analysis.witness import product
from wirelore.model.exchange import Body, Exchange
from wirelore.model.routes import packaged

MEMBERS = {"request-bodies": "body", "response-bodies": "body", "error-bodies": "body", "event-payloads": "data"}
"""The analyzers of JSON documents, and the member of their observation that is the document."""


@dataclass(frozen=True, slots=True)
class Document:
    """One JSON document: a request's, a response's, an error's body, or an event's data."""

    lesson: Observed
    member: str

    def spots(self) -> Iterator[Spot]:
        """Its values, the document itself first."""
        return (spot for spot in spots(self.lesson) if spot.path[:1] == (self.member,))

    def changed(self, path: tuple[str | int, ...], change: Callable[[Any, Any], None]) -> Exchange:
        """The exchange with what `change` does to the container at `path[:-1]`, of which `path[-1]` is a key."""
        whole = json.loads(json.dumps(self.lesson.observation))
        inner = whole
        for step in path[:-1]:
            inner = inner[step]
        change(inner, path[-1])
        return self.replaced(whole[self.member])

    @property
    def value(self) -> Any:
        """The document itself."""
        return self.lesson.observation[self.member]

    @property
    def case(self) -> str:
        """The kind of observation that it is in."""
        return str(self.lesson.observation.get("case") or self.lesson.observation.get("operation") or "")

    def replaced(self, value: Any) -> Exchange:
        """The exchange with this value as the document."""
        content, exchange = json.dumps(value, ensure_ascii=False).encode(), self.lesson.exchange
        if self.lesson.item is not None:
            listed = list(events(exchange))
            number = self.lesson.item - 1
            listed[number] = (listed[number][0], content)
            return with_events(exchange, listed)
        return with_body(exchange, content, "request" if self.lesson.analyzer == "request-bodies" else "response")


def documents(exchange: Exchange) -> Iterator[Document]:
    """The documents of an exchange that can be replaced; those of streams whose end is not whole cannot."""
    for name, member in MEMBERS.items():
        if name == "event-payloads" and not is_whole_stream(exchange):
            continue
        if name == "error-bodies" and exchange.response and exchange.response.status < 400:
            continue  # an error inside a stream is an event as well
        for item, observation in observations(registry()[name].start(), exchange):
            if member in observation:
                yield Document(Observed(name, product(exchange), item, observation, exchange), member)


def with_body(exchange: Exchange, content: bytes, side: str) -> Exchange:
    """The exchange with another body on one side."""
    if side == "request":
        return replace(exchange, request=replace(exchange.request, body=Body.of(content)))
    assert exchange.response is not None
    return replace(exchange, response=replace(exchange.response, body=Body.of(content)))


def events(exchange: Exchange) -> Iterator[tuple[str, bytes]]:
    """Name and data of each event of a stream; nothing if it is none."""
    response = exchange.response
    if response is not None and response.is_event_stream and response.status < 400:
        yield from ((event.name, event.data) for event in response.events())


def is_whole_stream(exchange: Exchange) -> bool:
    """Whether the response is a stream of whole events without an error among them."""
    response = exchange.response
    if response is None or not response.is_event_stream or response.status >= 400:
        return False
    return all(event.complete and event.name != packaged().error_event for event in response.events())


def with_events(exchange: Exchange, listed: list[tuple[str, bytes]]) -> Exchange:
    """The exchange with these events as its response."""
    content = b"".join(b"event: " + name.encode() + b"\ndata: " + data + b"\n\n" for name, data in listed)
    return with_body(exchange, content, "response")
