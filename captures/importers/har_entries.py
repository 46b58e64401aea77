"""The entries of a HAR as they stream by: memory holds one of them, whatever the archive's size or nesting."""

from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, BinaryIO

import ijson

_DEEPEST = 100


class TooDeep:
    """Stands for an entry that is nested too deeply to be kept."""


def entries(stream: BinaryIO) -> Iterator[Any]:
    """The members of `log.entries`. Raises ijson.JSONError where the JSON breaks."""
    # read1 gives what there is before a cut in a compressed file, where read would raise and give nothing.
    piecewise = SimpleNamespace(read=getattr(stream, "read1", stream.read))
    events = iter(ijson.basic_parse(piecewise))
    place: list[Any] = []
    for event, value in events:
        if event == "start_array" and place == ["log", "entries"]:
            yield from _members(events)
        elif event == "map_key":
            place[-1] = value
        elif event.startswith("start_"):
            place.append(None)
        elif event.startswith("end_"):
            place.pop()


def _members(events: Iterator[tuple[str, Any]]) -> Iterator[Any]:
    for event, value in events:
        if event == "end_array":
            return
        yield _built(event, value, events)


def _built(event: str, value: Any, events: Iterator[tuple[str, Any]]) -> Any:
    """The value that starts with this event; takes its other events, without recursion."""
    root: list[Any] = []
    open_values: list[Any] = [root]
    keys: list[str] = [""]
    depth = 0
    too_deep = False
    while True:
        if event == "map_key":
            keys[-1] = value
        elif event.startswith("end_"):
            depth -= 1
            if depth < _DEEPEST:
                open_values.pop()
                keys.pop()
        else:
            opened = event.startswith("start_")
            if opened:
                value = {} if event == "start_map" else []
            elif isinstance(value, Decimal):
                value = float(value)
            if depth < _DEEPEST:
                _put(open_values[-1], keys[-1], value)
            if opened:
                if depth < _DEEPEST:
                    open_values.append(value)
                    keys.append("")
                else:
                    too_deep = True
                depth += 1
        if depth == 0:
            return TooDeep() if too_deep else root[0]
        event, value = next(events)


def _put(container: Any, key: str, value: Any) -> None:
    if isinstance(container, dict):
        container[key] = value
    else:
        container.append(value)
