"""Streaming of the entries of a HAR: only one is in memory at a time, however large or nested the archive is."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson

from wirelore.formats.draft import EntryError
from wirelore.formats.source import ENTRY_LIMIT, too_large

DEEPEST = 100
"""The maximum nesting of an entry; tools write a dozen levels at most."""
VALUES_LIMIT = 1_000_000
"""The maximum number of values in an entry: each takes about a hundred bytes of memory, but as few as two in the file.
"""

_DEEPEST_FILE = 10_000


def entries(stream: BinaryIO) -> Iterator[Any]:
    """Yield the elements of `log.entries`, with an EntryError for one that is too deep or has too many values.

    Raises ijson.JSONError for invalid JSON or a number beyond 64 bits. Raises EntryError if reading cannot go on: an
    entry, or the part before the entries, is larger than ENTRY_LIMIT or nested excessively.
    """
    source = _Metered(stream)
    # Floats of the C code: Python numbers of more than 4,300 digits would crash it (ijson 3.6).
    events = iter(ijson.basic_parse(source, use_float=True))
    place: list[Any] = []
    for event, value in events:
        if event == "start_array" and place == ["log", "entries"]:
            for entry in _elements(events):
                source.entry_size = 0
                yield entry
        elif event == "map_key":
            place[-1] = value
        elif event.startswith("start_"):
            place.append(None)
            if len(place) > _DEEPEST_FILE:
                raise _too_deep(_DEEPEST_FILE)
        elif event.startswith("end_"):
            place.pop()


class _Metered:
    """The parser's input stream, limited to ENTRY_LIMIT bytes per entry."""

    def __init__(self, stream: BinaryIO) -> None:
        # read1 returns the bytes before a truncation in a compressed file, whereas read raises.
        self._read = getattr(stream, "read1", stream.read)
        self.entry_size = 0

    def read(self, size: int = -1) -> bytes:
        if self.entry_size > ENTRY_LIMIT:
            raise too_large(ENTRY_LIMIT)
        block: bytes = self._read(size)
        self.entry_size += len(block)
        return block


def _elements(events: Iterator[tuple[str, Any]]) -> Iterator[Any]:
    for event, value in events:
        if event == "end_array":
            return
        yield _build_value(event, value, events)


def _build_value(event: str, value: Any, events: Iterator[tuple[str, Any]]) -> Any:
    """Return the value that starts with this event, consuming its other events without recursion."""
    root: list[Any] = []
    open_values: list[Any] = [root]
    keys: list[str] = [""]
    depth = values = deepest = 0
    while True:
        if event == "map_key":
            keys[-1] = value
        elif event.startswith("end_"):
            depth -= 1
            if depth < DEEPEST:
                open_values.pop()
                keys.pop()
        else:
            values += 1
            opened = event.startswith("start_")
            if opened:
                value = {} if event == "start_map" else []
            if depth < DEEPEST and values <= VALUES_LIMIT:
                _append(open_values[-1], keys[-1], value)
            if opened:
                if depth < DEEPEST:
                    open_values.append(value)
                    keys.append("")
                depth += 1
                deepest = max(deepest, depth)
                if depth > _DEEPEST_FILE:
                    raise _too_deep(_DEEPEST_FILE)
        if depth == 0:
            if values > VALUES_LIMIT:
                return EntryError(f"{values} values", f"expected an entry of at most {VALUES_LIMIT}")
            return _too_deep(DEEPEST) if deepest > DEEPEST else root[0]
        event, value = next(events)


def _too_deep(limit: int) -> EntryError:
    return EntryError(f"nested more than {limit} levels deep", "expected an entry of a few levels")


def _append(container: Any, key: str, value: Any) -> None:
    if isinstance(container, dict):
        container[key] = value
    else:
        container.append(value)
