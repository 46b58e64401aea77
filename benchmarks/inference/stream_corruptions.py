"""Corruptions of event streams: missing, duplicate, swapped and renamed events, wrong indices, unreadable data."""

import json
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from benchmarks.inference.corruption import Corruption, Kind, Mark, Training
from benchmarks.inference.documents import events, is_whole_stream, with_events
from wirelore.model.exchange import Exchange

Listed = list[tuple[str, bytes]]
_SEQUENCE, _PAYLOADS = "event-sequence", "event-payloads"
_FRAME = frozenset({"message_start", "content_block_start", "content_block_stop", "message_delta", "message_stop"})
"""The events that a complete stream requires. A `ping` is allowed anywhere, and an additional or missing delta does not
violate the order."""
_FAR = 7


def event_dropped(exchange: Exchange, _: Training) -> Iterator[Corruption]:
    """Remove a required event other than the last one."""
    listed = list(events(exchange))
    for number, (name, _data) in enumerate(listed):
        if name in _FRAME - {"message_stop"}:
            between = f"{name} between {_name(listed, number - 1)} and {_name(listed, number + 1)}"
            yield _made(exchange, between, listed[:number] + listed[number + 1 :], _steps(number))


def without_stop(exchange: Exchange, _: Training) -> Iterator[Corruption]:
    """Remove the last event, message_stop."""
    listed = list(events(exchange))
    if listed and listed[-1][0] == "message_stop":
        yield _made(exchange, "message_stop", listed[:-1], _steps(len(listed) - 1))


def swapped(exchange: Exchange, _: Training) -> Iterator[Corruption]:
    """Swap two adjacent events with different names, one of them required, none a ping."""
    listed = list(events(exchange))
    for number, (one, two) in enumerate(pairwise(listed)):
        names = {one[0], two[0]}
        if len(names) == 2 and names & _FRAME and "ping" not in names:
            changed = [*listed[:number], two, one, *listed[number + 2 :]]
            yield _made(exchange, f"{one[0]}, {two[0]}", changed, _steps(number, number + 1, number + 2))


def second_start(exchange: Exchange, _: Training) -> Iterator[Corruption]:
    """Insert a second message_start after any event."""
    listed = list(events(exchange))
    start = next((event for event in listed if event[0] == "message_start"), None)
    for number in range(1, len(listed)) if start else ():
        assert start is not None
        changed = [*listed[:number], start, *listed[number:]]
        yield _made(exchange, f"after {listed[number - 1][0]}", changed, _steps(number, number + 1))


def wrong_index(exchange: Exchange, _: Training) -> Iterator[Corruption]:
    """Change an event's block index to one far from the previous index."""
    listed = list(events(exchange))
    for number, (name, data) in enumerate(listed):
        value = json.loads(data)
        if isinstance(value, dict) and isinstance(value.get("index"), int):
            moved = json.dumps({**value, "index": value["index"] + _FAR}).encode()
            changed = [*listed[:number], (name, moved), *listed[number + 1 :]]
            yield _made(exchange, name, changed, _steps(number, number + 1))


def unknown_event(exchange: Exchange, training: Training) -> Iterator[Corruption]:
    """Rename an event to an unknown name."""
    listed = list(events(exchange))
    for number, (name, data) in enumerate(listed):
        if training.census.at((_PAYLOADS, f"{exchange.operation} {name}")).samples:
            changed = [*listed[:number], ("wirelore_event", data), *listed[number + 1 :]]
            named = Mark(_PAYLOADS, number + 1, "/case")
            yield _made(exchange, name, changed, frozenset({named}) | _steps(number, number + 1))


def no_json(exchange: Exchange, _: Training) -> Iterator[Corruption]:
    """Remove the last character of an event's data."""
    listed = list(events(exchange))
    for number, (name, data) in enumerate(listed):
        changed = [*listed[:number], (name, data[:-1]), *listed[number + 1 :]]
        yield _made(exchange, name, changed, frozenset({Mark(_PAYLOADS, number + 1, "/unreadable")}))


def in_streams(kind: Kind) -> Kind:
    """Return the kind, restricted to exchanges with a complete stream."""

    def corruptions(exchange: Exchange, training: Training) -> Iterator[Corruption]:
        if is_whole_stream(exchange):
            yield from kind(exchange, training)

    return corruptions


def _made(exchange: Exchange, place: str, changed: Listed, marks: frozenset[Mark]) -> Corruption:
    return Corruption(place, marks, partial(with_events, exchange, changed))


def _name(listed: Listed, number: int) -> str:
    return listed[number][0] if 0 <= number < len(listed) else "the edge"


def _steps(*numbers: int) -> frozenset[Mark]:
    """Return the marks of the steps to these events; step 0 leads from the start to the first event."""
    return frozenset(Mark(_SEQUENCE, None, f"/steps/{number}") for number in numbers)
