"""The JSON documents of recordings, grouped for tools that do not know event streams."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from benchmarks.inference.documents import MEMBERS
from benchmarks.inference.teaching import Observed

ANALYZERS = frozenset(MEMBERS)


class Grouped(NamedTuple):
    """A document with its group."""

    group: str
    document: Any
    lesson: Observed


def grouped(lessons: Iterable[Observed]) -> Iterator[Grouped]:
    """Yield the documents: requests by operation, responses and errors by operation and status, events by operation."""
    for lesson in lessons:
        member = MEMBERS.get(lesson.analyzer)
        if member and member in lesson.observation and not is_twice(lesson):
            yield Grouped(group(lesson), lesson.observation[member], lesson)


def group(lesson: Observed) -> str:
    """Return the group of an observation."""
    exchange = lesson.exchange
    if lesson.analyzer == "request-bodies":
        return f"request {exchange.operation}"
    if lesson.analyzer == "event-payloads":
        return f"events {exchange.operation}"
    return f"response {exchange.operation} {exchange.response.status if exchange.response else None}"


def is_twice(lesson: Observed) -> bool:
    """Return True for an error inside a stream, because it is also an event."""
    return lesson.analyzer == "error-bodies" and lesson.observation.get("where") == "stream"
