"""Incremental decoding of server-sent events (WHATWG HTML 9.2.6), in linear time, with offsets and arrival times."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, repeat
from operator import add, itemgetter
from typing import Any, NamedTuple

import msgspec

from wirelore.model import codec
from wirelore.model.arrivals import Arrivals

_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n?|\n")
EVENT_LIMIT = 64 << 20
"""The maximum size of an event's data in bytes, counting 64 more per data line; a server can send one without end."""

_WINDOW = 1 << 15
_LINE_COST = 64
_NAMES_LIMIT = 256
_RETRY_DIGITS = 18
_BRACES = ({ord("{")}, {ord("}")})
_first, _last = itemgetter(0), itemgetter(-1)
_lines = msgspec.json.Decoder()


class Event(msgspec.Struct, frozen=True, gc=False):
    """One event of a stream.

    `offset` and `size` are those of its block: everything after the blank line before it, including comments.
    Additional blank lines, blocks without data and the byte order mark are between events.
    """

    name: str
    """The event type; `message` if the stream gives none."""
    data: bytes
    """The data lines joined with LF, UTF-8 as sent."""
    offset: int = 0
    """The offset of the event's first byte in the decoded body."""
    size: int = 0
    """The size in bytes, including the blank line that ends the event."""
    us: int | None = None
    """The arrival time of its last byte (microseconds from the request's first byte), None if unknown."""
    id: str = ""
    """The last event id in force (WHATWG: it persists)."""
    retry: int | None = None
    """The reconnection time in force (milliseconds; WHATWG: it persists), None if the stream has set none."""
    complete: bool = True
    """False for an event at the end of the stream without a blank line, which WHATWG drops but we report. False also
    for an event larger than EVENT_LIMIT, whose data are truncated.
    """

    @property
    def document(self) -> codec.Document:
        """The data read as JSON; never raises."""
        return codec.document(self.data)


class Batch(NamedTuple):
    """Events decoded together; `texts` are their data if each is a single line, None if that is unknown."""

    events: list[Event]
    texts: list[bytes] | None


class Decoder:
    """The decoder of one stream, which returns each event when its blank line has been read.

    The events do not depend on how the bytes are split. For the same reason a CR at the end of a piece is held until
    the next piece (or `finish`), because a following LF belongs to the same line end. `chunks` are (offset, size,
    microseconds) in the order of arrival; they give the arrival times.
    """

    def __init__(self, chunks: Iterable[tuple[int, int, int]] = ()) -> None:
        self._arrivals = Arrivals(chunks)
        self._is_past_bom = False
        self._carry = b""
        self._offset = 0
        self._names: dict[bytes, str] = {}
        self._id = ""
        self._retry: int | None = None
        self._remaining: int
        self._open(0)

    def feed(self, data: bytes) -> list[Event]:
        """Return the events that end in these bytes; never raises."""
        return [event for batch in self.batches(data) for event in batch.events]

    def batches(self, data: bytes) -> Iterator[Batch]:
        """Yield these events in batches of bounded size. Exhaust the iterator before passing further bytes."""
        for start in range(0, len(data), _WINDOW):
            piece = self._readable(data[start : start + _WINDOW])
            if piece:
                carried = len(self._carry)
                yield from self._decoded(piece)
                self._offset += len(piece) - (len(self._carry) - carried)

    def finish(self) -> list[Event]:
        """Return the unfinished event at the end of the stream, if there is one.

        An unfinished line is processed as far as it was received.
        """
        rest, self._carry = self._carry, b""
        self._is_past_bom = True
        events: list[Event] = []
        self._read(rest, 0, events)
        self._offset += len(rest)
        if self._partial or self._fields:
            self._line(bytes(self._partial))
            events.append(self._event(self._offset, complete=False))
        self._open(self._offset)
        return events

    def _readable(self, data: bytes) -> bytes:
        """Return the bytes without the byte order mark and without a CR whose meaning depends on the next byte."""
        data = self._carry + data
        self._carry = b""
        if not self._is_past_bom:
            if len(data) < len(_BOM) and _BOM.startswith(data):
                self._carry = data
                return b""
            self._is_past_bom = True
            if data.startswith(_BOM):
                data = data[len(_BOM) :]
                self._offset = len(_BOM)
                self._open(self._offset)
        if data.endswith(b"\r"):
            self._carry = b"\r"
            return data[:-1]
        return data

    def _decoded(self, data: bytes) -> Iterator[Batch]:
        """Yield the block in progress, then the canonical events in bulk, then the rest."""
        events: list[Event] = []
        start = 0 if self._start == self._offset else self._read(data, 0, events, blocks=1)
        bulk = self._canonical(data, start) if start < len(data) else None
        if bulk:
            if events:
                yield Batch(events, None)
            yield bulk
            events = []
            start = self._start - self._offset
            # Held until the next bytes, this block can be read in bulk too; it is copied only once.
            if not self._carry and b"\r" not in data:
                self._carry = data[start:]
                return
        self._read(data, start, events)
        if events:
            yield Batch(events, None)

    def _canonical(self, data: bytes, start: int) -> Batch | None:
        """Return the complete blocks from `start` if each is an `event: ` line, a `data: ` line and a blank line."""
        end_of_line = b"\r\n" if b"\r" in data else b"\n"
        end = data.rfind(end_of_line * 2, start)
        if end < 0:
            return None
        text = data[start : end + 2 * len(end_of_line)]
        lines = text.split(end_of_line)
        if len(lines) % 3 != 1 or any(lines[2::3]):
            return None
        if end_of_line == b"\r\n" and not text.count(b"\r") == text.count(b"\n") == len(lines) - 1:
            return None
        heads = lines[:-1:3]
        names = self._names_of(heads)
        if names is None:
            return None
        texts = list(map(bytes.removeprefix, lines[1::3], repeat(b"data: ")))
        overhead = len(b"data: ") + 3 * len(end_of_line)
        sizes = [size + overhead for size in map(add, map(len, heads), map(len, texts))]
        offsets = list(accumulate(sizes, initial=self._offset + start))
        # The sizes add up only if every second line had the prefix that was removed.
        if offsets[-1] != self._offset + start + len(text):
            return None
        times = self._arrivals.times_at(offsets[1:])
        events = list(map(Event, names, texts, offsets, sizes, times, repeat(self._id), repeat(self._retry)))
        self._open(offsets[-1])
        return Batch(events, texts)

    def _names_of(self, heads: list[bytes]) -> list[str] | None:
        """Return the event types of these lines, None if one is not an `event: ` line."""
        try:
            return list(map(self._names.__getitem__, heads))
        except KeyError:
            distinct_heads = set(heads)
        if not all(head.startswith(b"event: ") for head in distinct_heads):
            return None
        if len(self._names) > _NAMES_LIMIT:
            self._names.clear()
        self._names.update((head, _text(head[7:]) or "message") for head in distinct_heads)
        return list(map(self._names.__getitem__, heads))

    def _read(self, data: bytes, start: int, events: list[Event], blocks: int = -1) -> int:
        """Read line by line as specified, up to the end of `blocks` blocks if given, and return the offset reached."""
        for line_end in _LINE_END.finditer(data, start):
            line = data[start : line_end.start()]
            start = line_end.end()
            if self._partial:
                self._extend(line)
                line = bytes(self._partial)
                self._partial.clear()
            if line:
                self._line(line)
                continue
            if self._data:
                events.append(self._event(self._offset + start))
            self._open(self._offset + start)
            blocks -= 1
            if not blocks:
                return start
        self._extend(data[start:])
        return len(data)

    def _extend(self, data: bytes) -> None:
        """Append to the line in progress, up to one byte above the limit; that byte shows that it is truncated."""
        self._partial += data[: max(0, self._remaining + 1 - len(self._partial))]

    def _line(self, line: bytes) -> None:
        """Process one line that is not blank, truncated to the limit."""
        if len(line) > self._remaining:
            self._is_truncated = True
            line = line[: self._remaining]
        self._field(line)

    def _field(self, line: bytes) -> None:
        """Process one field."""
        name, _, value = line.partition(b":")
        if not name:
            return
        self._fields = True
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._remaining = max(0, self._remaining - len(value) - _LINE_COST)
        elif name == b"event":
            self._name = value
        elif name == b"id" and b"\0" not in value:
            self._id = _text(value)
        # A longer number is not a plausible time, and int() raises beyond some thousand digits.
        elif name == b"retry" and value.isdigit() and len(value.lstrip(b"0")) <= _RETRY_DIGITS:
            self._retry = int(value.lstrip(b"0") or b"0")

    def _event(self, end: int, complete: bool = True) -> Event:
        """Return the block that ends at the offset `end` as an event."""
        name = _text(self._name) or "message"
        start, us = self._start, self._arrivals.time_at(end)
        is_complete = complete and not self._is_truncated
        return Event(name, b"\n".join(self._data), start, end - start, us, self._id, self._retry, is_complete)

    def _open(self, offset: int) -> None:
        """Begin a block at an offset of the stream."""
        self._start = offset
        self._partial = bytearray()
        self._fields = False
        self._name = b""
        self._data: list[bytes] = []
        self._remaining = EVENT_LIMIT
        self._is_truncated = False


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def decode(blocks: Iterable[bytes], chunks: Sequence[tuple[int, int, int]] = ()) -> Iterator[Event]:
    """Yield the events of a body given in blocks; `chunks` (offset, size, microseconds) give the arrival times.

    Memory is bounded by one event and one batch.
    """
    return chain.from_iterable(batch.events for batch in _batches(blocks, chunks))


def decode_json(
    blocks: Iterable[bytes], chunks: Sequence[tuple[int, int, int]] = ()
) -> Iterator[tuple[Event, Any, str | None]]:
    """Yield the events of a body, each with its data as JSON: value and problem as in `codec.document`.

    This is the way to read a long stream: most of the data is parsed for many events at a time.
    """
    return chain.from_iterable(map(_parsed, _batches(blocks, chunks)))


def _batches(blocks: Iterable[bytes], chunks: Iterable[tuple[int, int, int]]) -> Iterator[Batch]:
    decoder = Decoder(chunks)
    for block in blocks:
        yield from decoder.batches(block)
    yield Batch(decoder.finish(), None)


def _parsed(batch: Batch) -> Iterable[tuple[Event, Any, str | None]]:
    values = _objects(batch.texts) if batch.texts else None
    if values is None:
        documents = ((event, event.document) for event in batch.events)
        return ((event, document.value, document.problem) for event, document in documents)
    return zip(batch.events, values, repeat(None))


def _objects(texts: list[bytes]) -> list[Any] | None:
    """Return the values of lines that are one JSON object each, None if that is not certain.

    The lines are parsed as one text. No value can extend over a line end, because inside a value `}` is never followed
    by `{`, and a string has no line end. So each line has at least one value, and equal numbers of values and lines
    mean one each.
    """
    try:
        if (set(map(_first, texts)), set(map(_last, texts))) != _BRACES:
            return None
        values = _lines.decode_lines(b"\n".join(texts))
    except (msgspec.DecodeError, RecursionError, ValueError, IndexError):
        return None
    if len(values) != len(texts):
        return None
    long = max(map(len, texts)) > 2 * codec.DEEPEST
    return None if long and any(map(codec.is_too_deep, texts, values)) else values
