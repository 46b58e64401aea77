"""The JSON documents of an exchange, and exchanges with a replaced document."""

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
"""The member that contains the document, by analyzer of JSON documents."""


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON document: the body of a request, response or error, or the data of an event."""

    lesson: Observed
    member: str

    def spots(self) -> Iterator[Spot]:
        """Yield the values in the document, the document itself first."""
        return (spot for spot in spots(self.lesson) if spot.path[:1] == (self.member,))

    def changed(self, path: tuple[str | int, ...], change: Callable[[Any, Any], None]) -> Exchange:
        """Return the exchange after `change` was applied to the container at `path[:-1]` and its key `path[-1]`."""
        whole = json.loads(json.dumps(self.lesson.observation))
        inner = whole
        for step in path[:-1]:
            inner = inner[step]
        change(inner, path[-1])
        return self.replaced(whole[self.member])

    @property
    def value(self) -> Any:
        """The document."""
        return self.lesson.observation[self.member]

    @property
    def case(self) -> str:
        """The kind of its observation."""
        return str(self.lesson.observation.get("case") or self.lesson.observation.get("operation") or "")

    def replaced(self, value: Any) -> Exchange:
        """Return the exchange with this value as the document."""
        content, exchange = json.dumps(value, ensure_ascii=False).encode(), self.lesson.exchange
        if self.lesson.item is not None:
            listed = list(events(exchange))
            number = self.lesson.item - 1
            listed[number] = (listed[number][0], content)
            return with_events(exchange, listed)
        return with_body(exchange, content, "request" if self.lesson.analyzer == "request-bodies" else "response")


def documents(exchange: Exchange) -> Iterator[Document]:
    """Yield the replaceable documents of an exchange; documents of truncated streams are not."""
    for name, member in MEMBERS.items():
        if name == "event-payloads" and not is_whole_stream(exchange):
            continue
        if name == "error-bodies" and exchange.response and exchange.response.status < 400:
            continue  # an error inside a stream is an event as well
        for item, observation in observations(registry()[name].start(), exchange):
            if member in observation:
                yield Document(Observed(name, product(exchange), item, observation, exchange), member)


def with_body(exchange: Exchange, content: bytes, side: str) -> Exchange:
    """Return the exchange with another body on one side."""
    if side == "request":
        return replace(exchange, request=replace(exchange.request, body=Body.from_bytes(content)))
    assert exchange.response is not None
    return replace(exchange, response=replace(exchange.response, body=Body.from_bytes(content)))


def events(exchange: Exchange) -> Iterator[tuple[str, bytes]]:
    """Yield the name and data of each event of a stream; nothing for other responses."""
    response = exchange.response
    if response is not None and response.is_event_stream and response.status < 400:
        yield from ((event.name, event.data) for event in response.events())


def is_whole_stream(exchange: Exchange) -> bool:
    """Return True if the response is a stream of complete events without an error."""
    response = exchange.response
    if response is None or not response.is_event_stream or response.status >= 400:
        return False
    return all(event.complete and event.name != packaged().error_event for event in response.events())


def with_events(exchange: Exchange, listed: list[tuple[str, bytes]]) -> Exchange:
    """Return the exchange with these events as its response."""
    content = b"".join(b"event: " + name.encode() + b"\ndata: " + data + b"\n\n" for name, data in listed)
    return with_body(exchange, content, "response")
