"""The exchange: one request with its response, as sent, immutable.

Times are microseconds. The time of a chunk or event counts from the first byte of the exchange's request;
`Exchange.started_us` is Unix time. Header text is the sent bytes decoded as latin-1, which preserves every byte.
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
"""The cause of an exchange that ended regularly."""

LOST = "recorder-lost"
"""The cause of an exchange whose recorder was killed before its end."""

CAUSES = {
    COMPLETE: "request and response are complete",
    "client-gone": "the client closed the connection before the response was complete",
    "upstream-refused": "the connection to the server failed",
    "upstream-cut": "the server closed the connection before the response was complete",
    "no-response": "the server sent no response, for a reason that the proxy did not report",
    "tls-failed": "the TLS handshake with the client or the server failed",
    "protocol-error": "client or server violated the HTTP protocol",
    "shutdown": "the recorder was stopped during the exchange",
    "not-recorded": "the recorder could not keep up or could not write; the exchange is truncated",
    LOST: "the recorder was killed during the exchange, which is truncated",
    "imported": "an imported recording without information about the end",
}
"""The causes of an exchange's end, with their meaning."""

COMPLETE_CAUSES = frozenset({COMPLETE, "imported"})
"""The causes of exchanges that are not known to be cut short."""

JSON_LIMIT = 256 * 1024 * 1024
"""The maximum size of a body that is parsed as JSON, which takes many times as much memory."""
_CACHED_EVENTS_LIMIT = 8 * 1024 * 1024


class Chunk(NamedTuple):
    """Bytes that arrived together: offset and size in the decoded body (bytes), arrival time (microseconds)."""

    offset: int
    size: int
    us: int


@dataclass(frozen=True, slots=True)
class Headers:
    """Header lines as sent, with order, spelling and duplicates."""

    lines: tuple[tuple[str, str], ...] = ()

    def all(self, name: str) -> list[str]:
        """Return all values of a header in the order sent; the name is case-insensitive."""
        lower_name = name.lower()
        return [value for key, value in self.lines if key.lower() == lower_name]

    def first(self, name: str) -> str | None:
        """Return the first value of a header, None if it was not sent."""
        return next(iter(self.all(name)), None)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class Body:
    """A complete body, decoded from its content-encoding and redacted; its content is read on demand."""

    size: int = 0
    sha256: str = ""
    wire_size: int = 0
    """The size in bytes before decoding."""
    encoding: str | None = None
    """The content-encoding that was decoded, None if there was none."""
    undecoded: str | None = None
    """The reason why the content-encoding could not be decoded; the rest of the body is as sent if it is text, else
    zeros.
    """
    chunks: tuple[Chunk, ...] = ()
    opener: Callable[[], BinaryIO] = field(default=BytesIO, compare=False, repr=False)

    @classmethod
    def from_bytes(cls, content: bytes, chunks: Iterable[Chunk] = ()) -> "Body":
        """Return a body with bytes in memory."""
        table = tuple(chunks) or ((Chunk(0, len(content), 0),) if content else ())
        return cls(len(content), "", len(content), chunks=table, opener=lambda: BytesIO(content))

    def read(self) -> bytes:
        """Return all bytes of the body."""
        with self.opener() as stream:
            return stream.read()

    def blocks(self, size: int = 1 << 18) -> Iterator[bytes]:
        """Yield the bytes of the body in blocks of at most `size`."""
        with self.opener() as stream:
            while block := stream.read(size):
                yield block


@dataclass(frozen=True)
class Message:
    """The common members of requests and responses: headers, body, trailers."""

    headers: Headers = Headers()
    body: Body = Body()
    trailers: Headers = Headers()
    http_version: str = "HTTP/1.1"

    @property
    def media_type(self) -> str | None:
        """The content-type in lower case without parameters, None if not sent."""
        value = self.headers.first("content-type")
        return value.partition(";")[0].strip().lower() if value else None

    @cached_property
    def document(self) -> codec.Document:
        """The body read as JSON, parsed once; a body larger than JSON_LIMIT is not parsed."""
        if self.body.size > JSON_LIMIT:
            return codec.Document(None, f"{self.body.size} bytes, at most {JSON_LIMIT} are read as JSON")
        return codec.document(self.body.read())

    @property
    def json(self) -> Any:
        """The body's JSON value; None if it is empty or not JSON (`document.problem` has the reason)."""
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
        """True if the target was sent in absolute form, as to a proxy."""
        return "://" in self.target and not self.target.startswith("/")

    @cached_property
    def path(self) -> str:
        """The path without the query, always in origin form."""
        return self._origin.partition("?")[0]

    @cached_property
    def query(self) -> tuple[tuple[str, str], ...]:
        """The names and values of the query as sent (not percent-decoded), in order."""
        text = self._origin.partition("?")[2]
        pairs = (part.partition("=") for part in text.split("&") if part)
        return tuple((name, value) for name, _, value in pairs)

    @cached_property
    def client(self) -> str:
        """The client as `name/version`, from the first product of its user-agent (RFC 9110, 10.1.5), or empty."""
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
    """Return the name of a client (`name/version`) only. A second part that is not a version belongs to the name."""
    name, _, version = client.partition("/")
    return name if version[:1].isdigit() else client


@dataclass(frozen=True)
class Response(Message):
    """A response as the server sent it."""

    status: int = 200
    reason: str = ""

    @property
    def is_event_stream(self) -> bool:
        """True if the content-type is text/event-stream (WHATWG HTML 9.2, MIME type essence)."""
        return self.media_type == "text/event-stream"

    @cached_property
    def _events(self) -> list[sse.Event]:
        return list(sse.decode(self.body.blocks(), self.body.chunks))

    def events(self) -> Iterable[sse.Event]:
        """Return the server-sent events with their arrival times; an unfinished last one has `complete` False.

        Small streams are decoded once and cached, large ones are decoded on every call.
        """
        if self.body.size <= _CACHED_EVENTS_LIMIT:
            return self._events
        return sse.decode(self.body.blocks(), self.body.chunks)


@dataclass(frozen=True, slots=True)
class End:
    """The end of an exchange: a key of CAUSES, the time (microseconds), and the proxy's message."""

    cause: str = COMPLETE
    us: int = 0
    message: str = ""

    @property
    def is_complete(self) -> bool:
        """True if the exchange is not known to be cut short."""
        return self.cause in COMPLETE_CAUSES


@dataclass(frozen=True)
class Exchange:
    """One request with its response."""

    id: str
    """The name of its folder in the capture, `<category>/<folder>`: unique there, sorted by time within a category."""
    sequence: int
    """The number, from 1, in the order in which the capture's exchanges began."""
    started_us: int
    """The Unix time of the request's first byte."""
    request: Request
    response: Response | None
    end: End
    operation: str
    """`METHOD /path/{template}` according to the route table, for example `POST /v1/messages`."""
    known: bool = True
    """True if the route table has the operation; otherwise its template is derived from the path."""
    category: str = "other"
    tags: tuple[str, ...] = ()
    connection: Mapping[str, Any] = field(default_factory=dict)
    """http_version, tls_version, alpn, sni, server_name of the connection, as strings or null."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Facts that were extracted before redaction destroyed them."""
    redactions: Mapping[str, int] = field(default_factory=dict)
    """The number of replaced secrets by kind."""
    pseudonyms: frozenset[str] = frozenset()
    """The digests of its pseudonyms, if the capture lists them."""
    origin: str = "recorded"
    """`recorded`, `stand-in` (recorded while a stand-in answered), or the format of an import: `har`, `vcr`,
    `mitmproxy`, `claude-trace`, `sse`, `json`.
    """
    source: str = ""
    """For imports: the file's name and the entry's number in it."""
    capture: str = ""
    """The name of its capture."""
    absent: tuple[str, ...] = ()
    """The parts that are unknown because an import's source lacks them: keys of wirelore.model.exchange_parts.PARTS.
    Their values are placeholders and prove nothing.
    """

    @cached_property
    def message(self) -> dict[str, Any] | None:
        """The response's message: its body, or the message that the events of a stream add up to.

        Both have the same form (`id`, `role`, `content`, `usage`, ...; claims M05, M06). None for a response without a
        JSON object, and for a stream that starts no message.
        """
        if self.response is None:
            return None
        if self.response.is_event_stream:
            return assembled(self.response.events())
        document = self.response.json
        return document if isinstance(document, dict) else None
