"""The exchange: one request with its response, as sent, immutable.

Times are microseconds. A chunk's and an event's time counts from the first byte of the exchange's request;
`Exchange.started_us` is Unix time. Header text is the sent bytes read as latin-1, which keeps every byte.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

from wirelore.model import codec, sse
from wirelore.model.assembly import assembled

COMPLETE = "complete"
"""The cause of an exchange that ended as HTTP says it should."""

LOST = "recorder-lost"
"""The cause of an exchange whose recorder did not live to see its end."""

CAUSES = {
    COMPLETE: "request and response are whole",
    "client-gone": "the client closed the connection before the response was whole",
    "upstream-refused": "no connection to the server could be made",
    "upstream-cut": "the server closed the connection before the response was whole",
    "no-response": "the server answered nothing, for a reason the proxy did not name",
    "tls-failed": "the TLS handshake with the client or the server failed",
    "protocol-error": "one side broke the HTTP protocol",
    "shutdown": "the recorder stopped while the exchange was under way",
    "not-recorded": "the recorder could not keep up or could not write; the folder holds what it has",
    LOST: "the recorder was killed while the exchange was under way; the folder holds what it had kept by then",
    "imported": "a foreign recording that does not say how the exchange ended",
}
"""Every cause an exchange can end with, and what it means."""

WHOLE = frozenset({COMPLETE, "imported"})
"""The causes of an exchange that nothing is known to have cut short."""

PARSED = 256 * 1024 * 1024
"""Bytes beyond which no body is read as JSON: in memory it would take many times as much."""
_EVENTS_KEPT = 8 * 1024 * 1024


class Chunk(NamedTuple):
    """Bytes that arrived together: offset and size in the decoded body (bytes), arrival time (microseconds)."""

    offset: int
    size: int
    us: int


@dataclass(frozen=True, slots=True)
class Headers:
    """Header lines as sent: order, spelling and duplicates kept."""

    lines: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> list[str]:
        """Every value of a header, in the order sent; the name is compared without case."""
        wanted = name.lower()
        return [value for key, value in self.lines if key.lower() == wanted]

    def first(self, name: str) -> str | None:
        """The first value of a header, None if it was not sent."""
        return next(iter(self.all(name)), None)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class Body:
    """A whole body, decoded from its content-encoding and redacted; read from where it lies, when asked."""

    size: int = 0
    sha256: str = ""
    wire_size: int = 0
    """Bytes on the wire, before the content-encoding was undone."""
    encoding: str | None = None
    """The content-encoding that was undone, None if there was none."""
    undecoded: str | None = None
    """Why the content-encoding could not be undone; from there on the body holds the bytes as sent if they are text, or
    zeros."""
    chunks: tuple[Chunk, ...] = ()
    opener: Callable[[], BinaryIO] = field(default=BytesIO, compare=False, repr=False)

    @classmethod
    def of(cls, content: bytes, chunks: Iterable[Chunk] = ()) -> "Body":
        """A body from bytes in memory."""
        table = tuple(chunks) or ((Chunk(0, len(content), 0),) if content else ())
        return cls(len(content), "", len(content), chunks=table, opener=lambda: BytesIO(content))

    def read(self) -> bytes:
        """All bytes of the body."""
        with self.opener() as stream:
            return stream.read()

    def blocks(self, size: int = 1 << 18) -> Iterator[bytes]:
        """The bytes of the body in blocks of at most `size`."""
        with self.opener() as stream:
            while block := stream.read(size):
                yield block


@dataclass(frozen=True)
class Message:
    """What requests and responses share: headers, body, trailers."""

    headers: Headers = Headers()
    body: Body = Body()
    trailers: Headers = Headers()
    http_version: str = "HTTP/1.1"

    @property
    def media_type(self) -> str | None:
        """The content-type without parameters, in lower case; None if not sent."""
        value = self.headers.first("content-type")
        return value.partition(";")[0].strip().lower() if value else None

    @cached_property
    def document(self) -> codec.Document:
        """The body as JSON, parsed once; one beyond PARSED is not read."""
        if self.body.size > PARSED:
            return codec.Document(None, f"{self.body.size} bytes, at most {PARSED} are read as JSON")
        return codec.document(self.body.read())

    @property
    def json(self) -> Any:
        """The body read as JSON; None if it is empty or not JSON (`document.problem` says why)."""
        return self.document.value


@dataclass(frozen=True)
class Request(Message):
    """A request as the client sent it."""

    method: str = "GET"
    scheme: str = "https"
    host: str = ""
    port: int = 443
    target: str = "/"
    """The request target as sent: origin form (`/v1/messages?beta=true`) or absolute form."""

    @property
    def absolute(self) -> bool:
        """Whether the target was sent in absolute form, as to a proxy."""
        return "://" in self.target and not self.target.startswith("/")

    @cached_property
    def path(self) -> str:
        """The path without query, always in origin form."""
        return self._origin.partition("?")[0]

    @cached_property
    def query(self) -> tuple[tuple[str, str], ...]:
        """The query's names and values as sent (not percent-decoded), in order."""
        text = self._origin.partition("?")[2]
        pairs = (part.partition("=") for part in text.split("&") if part)
        return tuple((name, value) for name, _, value in pairs)

    @cached_property
    def client(self) -> str:
        """The client as `name/version` after its user-agent's first product (RFC 9110, 10.1.5); empty if not told."""
        name, _, version = (self.headers.first("user-agent") or "").split(" ")[0].partition("/")
        return f"{name}/{version}" if version else name

    @cached_property
    def _origin(self) -> str:
        target = self.target.partition("#")[0]
        if not self.absolute:
            return target
        rest = re.sub(r"^[^/?]*", "", target.partition("://")[2])
        return rest if rest.startswith("/") else "/" + rest


def without_version(client: str) -> str:
    """The name of a client (`name/version`) alone; a second part that is no version belongs to the name."""
    name, _, version = client.partition("/")
    return name if version[:1].isdigit() else client


@dataclass(frozen=True)
class Response(Message):
    """A response as the server sent it."""

    status: int = 200
    reason: str = ""

    @property
    def is_event_stream(self) -> bool:
        """Whether the content-type says text/event-stream (WHATWG HTML 9.2, MIME type essence)."""
        return self.media_type == "text/event-stream"

    @cached_property
    def _events(self) -> list[sse.Event]:
        return list(sse.decode(self.body.blocks(), self.body.chunks))

    def events(self) -> Iterable[sse.Event]:
        """The server-sent events with their arrival times; an unfinished last one has `complete` False.

        Small streams are decoded once and kept, large ones are decoded anew on every use.
        """
        if self.body.size <= _EVENTS_KEPT:
            return self._events
        return sse.decode(self.body.blocks(), self.body.chunks)


@dataclass(frozen=True, slots=True)
class End:
    """How an exchange ended: a key of CAUSES, when (microseconds), and the proxy's own words."""

    cause: str = COMPLETE
    us: int = 0
    message: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing is known to have cut the exchange short."""
        return self.cause in WHOLE


@dataclass(frozen=True)
class Exchange:
    """One request with its response."""

    id: str
    """The name of its folder in the capture, `<category>/<folder>`: unique there, sorts by time within a category."""
    sequence: int
    """Counts from 1 in the order in which the exchanges of a capture began."""
    started_us: int
    """Unix time of the request's first byte."""
    request: Request
    response: Response | None
    end: End
    operation: str
    """`METHOD /path/{template}` as the route table names it, for example `POST /v1/messages`."""
    known: bool = True
    """Whether the route table has the operation; otherwise its template was guessed from the path."""
    category: str = "other"
    tags: tuple[str, ...] = ()
    connection: Mapping[str, Any] = field(default_factory=dict)
    """http_version, tls_version, alpn, sni, server_name: what is known of the connection, strings or null."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What redaction destroyed but analysis needs, noted before it was destroyed."""
    redactions: Mapping[str, int] = field(default_factory=dict)
    """How many secrets of each kind were replaced."""
    pseudonyms: frozenset[str] = frozenset()
    """The digests of the pseudonyms that stand in it, where the capture lists them."""
    origin: str = "recorded"
    """`recorded`, `stand-in` (recorded while a stand-in answered), or the format an import came from: `har`, `vcr`,
    `mitmproxy`, `claude-trace`, `sse`, `json`."""
    source: str = ""
    """For imports: the file's name and the entry's number in it."""
    capture: str = ""
    """The name of the capture it belongs to."""
    absent: tuple[str, ...] = ()
    """The parts that an import's source does not tell: keys of wirelore.model.exchange_parts.PARTS. Nothing may be
    concluded from what stands in their place."""

    @cached_property
    def message(self) -> dict[str, Any] | None:
        """The message that the response holds: the body, or what the events of a stream add up to.

        The same form for both (`id`, `role`, `content`, `usage`, ...; claims M05, M06). None for a response without
        a JSON object, and for a stream that starts no message.
        """
        if self.response is None:
            return None
        if self.response.is_event_stream:
            return assembled(self.response.events())
        document = self.response.json
        return document if isinstance(document, dict) else None
