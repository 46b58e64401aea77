"""Server-sent events from bytes (WHATWG HTML 9.2.6): incremental and linear, with offsets and arrival times."""

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
"""Bytes of an event that are kept, 64 more counted for each data line; a server can send one without end."""

_WINDOW = 1 << 15
_LINE_COST = 64
_NAMES_KEPT = 256
_RETRY_DIGITS = 18
_BRACES = ({ord("{")}, {ord("}")})
_first, _last = itemgetter(0), itemgetter(-1)
_lines = msgspec.json.Decoder()


class Event(msgspec.Struct, frozen=True, gc=False):
    """One event of a stream.

    `offset` and `size` are those of its block: everything from the end of the blank line before it, comments included.
    Blank lines more than one, blocks without data and the byte order mark lie between events.
    """

    name: str
    """The event type; `message` where the stream names none."""
    data: bytes
    """The data lines joined with LF, UTF-8 as sent."""
    offset: int = 0
    """Where the event's first byte is in the decoded body."""
    size: int = 0
    """Bytes of the body up to and including the blank line that ends the event."""
    us: int | None = None
    """When its last byte arrived (microseconds from the request's first byte), None if the chunks are not known."""
    id: str = ""
    """The last event id in force (WHATWG: it persists)."""
    retry: int | None = None
    """The reconnection time in force (milliseconds; WHATWG: it persists), None if the stream has set none yet."""
    complete: bool = True
    """False for what stood at the end of the stream without a blank line: WHATWG drops it, we report it. False too if
    the event is larger than EVENT_LIMIT: then the data is its beginning."""

    @property
    def document(self) -> codec.Document:
        """The data read as JSON; never raises."""
        return codec.document(self.data)


class Batch(NamedTuple):
    """Events decoded together; `texts` are their data where each is a single line, None where that is not known."""

    events: list[Event]
    texts: list[bytes] | None


class Decoder:
    """The decoder of one stream: bytes in pieces of any size in, events out as their blank line is read.

    The events do not depend on how the bytes are cut. To keep that true of their sizes, a CR at the end of a piece
    waits for the next piece (or for `finish`), as an LF after it belongs to the same line end.
    `chunks` are (offset, size, microseconds), in the order of arrival, and give the arrival times.
    """

    def __init__(self, chunks: Iterable[tuple[int, int, int]] = ()) -> None:
        self._arrivals = Arrivals(chunks)
        self._begun = False
        self._held = b""
        self._at = 0
        self._names: dict[bytes, str] = {}
        self._id = ""
        self._retry: int | None = None
        self._room: int
        self._open(0)

    def feed(self, data: bytes) -> list[Event]:
        """The events that end in these bytes; never raises."""
        return [event for batch in self.batches(data) for event in batch.events]

    def batches(self, data: bytes) -> Iterator[Batch]:
        """The same in batches of bounded size; every batch must be drawn before the next bytes are given."""
        for start in range(0, len(data), _WINDOW):
            piece = self._readable(data[start : start + _WINDOW])
            if piece:
                held = len(self._held)
                yield from self._decoded(piece)
                self._at += len(piece) - (len(self._held) - held)

    def finish(self) -> list[Event]:
        """What the end of the stream leaves: nothing after a clean end, else the event whose blank line never came.

        The line under way is read as far as it came.
        """
        rest, self._held = self._held, b""
        self._begun = True
        events: list[Event] = []
        self._read(rest, 0, events)
        self._at += len(rest)
        if self._partial or self._fields:
            self._line(bytes(self._partial))
            events.append(self._event(self._at, complete=False))
        self._open(self._at)
        return events

    def _readable(self, data: bytes) -> bytes:
        """The bytes without the byte order mark, and without an end that only the next bytes explain."""
        data = self._held + data
        self._held = b""
        if not self._begun:
            if len(data) < len(_BOM) and _BOM.startswith(data):
                self._held = data
                return b""
            self._begun = True
            if data.startswith(_BOM):
                data = data[len(_BOM) :]
                self._at = len(_BOM)
                self._open(self._at)
        if data.endswith(b"\r"):
            self._held = b"\r"
            return data[:-1]
        return data

    def _decoded(self, data: bytes) -> Iterator[Batch]:
        """The block under way, then the canonical events in bulk, then the rest."""
        events: list[Event] = []
        start = 0 if self._start == self._at else self._read(data, 0, events, blocks=1)
        bulk = self._canonical(data, start) if start < len(data) else None
        if bulk:
            if events:
                yield Batch(events, None)
            yield bulk
            events = []
            start = self._start - self._at
            # Begun again with the next bytes, this block can be read in bulk too; it is copied once only.
            if not self._held and b"\r" not in data:
                self._held = data[start:]
                return
        self._read(data, start, events)
        if events:
            yield Batch(events, None)

    def _canonical(self, data: bytes, start: int) -> Batch | None:
        """The whole blocks from `start`, if every one is an `event: ` line, a `data: ` line and a blank line."""
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
        around = len(b"data: ") + 3 * len(end_of_line)
        sizes = [size + around for size in map(add, map(len, heads), map(len, texts))]
        offsets = list(accumulate(sizes, initial=self._at + start))
        # The sizes add up only if every second line had the prefix that was taken off.
        if offsets[-1] != self._at + start + len(text):
            return None
        times = self._arrivals.each(offsets[1:])
        events = list(map(Event, names, texts, offsets, sizes, times, repeat(self._id), repeat(self._retry)))
        self._open(offsets[-1])
        return Batch(events, texts)

    def _names_of(self, heads: list[bytes]) -> list[str] | None:
        """The event types that these lines set, None if one is no `event: ` line."""
        try:
            return list(map(self._names.__getitem__, heads))
        except KeyError:
            wanted = set(heads)
        if not all(head.startswith(b"event: ") for head in wanted):
            return None
        if len(self._names) > _NAMES_KEPT:
            self._names.clear()
        self._names.update((head, _text(head[7:]) or "message") for head in wanted)
        return list(map(self._names.__getitem__, heads))

    def _read(self, data: bytes, start: int, events: list[Event], blocks: int = -1) -> int:
        """Read line by line as the standard says, until the end of `blocks` blocks if given; returns how far."""
        for found in _LINE_END.finditer(data, start):
            line = data[start : found.start()]
            start = found.end()
            if self._partial:
                self._extend(line)
                line = bytes(self._partial)
                self._partial.clear()
            if line:
                self._line(line)
                continue
            if self._data:
                events.append(self._event(self._at + start))
            self._open(self._at + start)
            blocks -= 1
            if not blocks:
                return start
        self._extend(data[start:])
        return len(data)

    def _extend(self, data: bytes) -> None:
        """Keeps more of the line under way, up to one byte more than there is room for: that byte says it is cut."""
        self._partial += data[: max(0, self._room + 1 - len(self._partial))]

    def _line(self, line: bytes) -> None:
        """Take in one line that is not blank, as far as there is room."""
        if len(line) > self._room:
            self._cut = True
            line = line[: self._room]
        self._field(line)

    def _field(self, line: bytes) -> None:
        """Take in one line that is not blank."""
        name, _, value = line.partition(b":")
        if not name:
            return
        self._fields = True
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
            self._room = max(0, self._room - len(value) - _LINE_COST)
        elif name == b"event":
            self._name = value
        elif name == b"id" and b"\0" not in value:
            self._id = _text(value)
        # A longer number is no waiting time, and beyond some thousand digits int() raises.
        elif name == b"retry" and value.isdigit() and len(value.lstrip(b"0")) <= _RETRY_DIGITS:
            self._retry = int(value.lstrip(b"0") or b"0")

    def _event(self, end: int, complete: bool = True) -> Event:
        """The block that ends at the offset `end` as an event."""
        name = _text(self._name) or "message"
        start, us = self._start, self._arrivals.of(end)
        whole = complete and not self._cut
        return Event(name, b"\n".join(self._data), start, end - start, us, self._id, self._retry, whole)

    def _open(self, offset: int) -> None:
        """Begin a block at an offset of the stream."""
        self._start = offset
        self._partial = bytearray()
        self._fields = False
        self._name = b""
        self._data: list[bytes] = []
        self._room = EVENT_LIMIT
        self._cut = False


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def decode(blocks: Iterable[bytes], chunks: Sequence[tuple[int, int, int]] = ()) -> Iterator[Event]:
    """The events of a body given in blocks; `chunks` are (offset, size, microseconds) and give the arrival times.

    Holds the event under way and one batch, whatever the length of the body.
    """
    return chain.from_iterable(batch.events for batch in _batches(blocks, chunks))


def decode_json(
    blocks: Iterable[bytes], chunks: Sequence[tuple[int, int, int]] = ()
) -> Iterator[tuple[Event, Any, str | None]]:
    """The events of a body, each with its data as JSON: the value and the problem as `codec.document` gives them.

    The way to read a long stream: most of the data is parsed many events at a time.
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
    """The values of single lines that are one JSON object each, None if it is not certain that they are.

    The lines are parsed as one text. No value can reach over a line end there, as inside a value `}` is never followed
    by `{`, and a string holds no line end. So each line has a value or more; as many values as lines means one each.
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
