"""The entries of a HAR as they stream by: memory holds one of them, whatever the archive's size or nesting."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson

from wirelore.formats.draft import EntryError
from wirelore.formats.source import ENTRY_LIMIT, too_large

DEEPEST = 100
"""Levels of an entry; the deepest that tools write have a dozen."""
VALUES_LIMIT = 1_000_000
"""Values of an entry: each takes some hundred bytes of memory, and may take two in the file."""

_DEEPEST_FILE = 10_000


def entries(stream: BinaryIO) -> Iterator[Any]:
    """The members of `log.entries`, an EntryError in the place of one that is too deep or has too many values.

    Raises ijson.JSONError where the JSON breaks or a number is beyond 64 bits, EntryError where it cannot go on: one
    entry, or what stands before the entries, is larger than ENTRY_LIMIT, or nested beyond all use.
    """
    source = _Metered(stream)
    # As the C code has them: numbers of Python's own would crash it where they have more than 4,300 digits (ijson 3.6).
    events = iter(ijson.basic_parse(source, use_float=True))
    place: list[Any] = []
    for event, value in events:
        if event == "start_array" and place == ["log", "entries"]:
            for entry in _members(events):
                source.taken = 0
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
    """The stream as the parser reads it, up to ENTRY_LIMIT bytes for one entry."""

    def __init__(self, stream: BinaryIO) -> None:
        # read1 gives what there is before a cut in a compressed file, where read would raise and give nothing.
        self._read = getattr(stream, "read1", stream.read)
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        if self.taken > ENTRY_LIMIT:
            raise too_large(ENTRY_LIMIT)
        block: bytes = self._read(size)
        self.taken += len(block)
        return block


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
                _put(open_values[-1], keys[-1], value)
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
    return EntryError(f"nested more than {limit} deep", "expected an entry of a few levels")


def _put(container: Any, key: str, value: Any) -> None:
    if isinstance(container, dict):
        container[key] = value
    else:
        container.append(value)
