"""HTTP/2 on either side: a client that speaks nothing else, and a server that breaks it as its table says."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from tests.faults.wire_faults import CLOSE, CUT, RESET, Fault, Step
from tests.faults.wire_ground import Seen, play

_FRAME_DATA = b"\x00\x00\x04\x00\x00\x00\x00\x00\x01half"
"""A DATA frame for the first stream (RFC 9113, 6.1)."""
_SETTINGS_OF_A_STREAM = b"\x00\x00\x00\x04\x00\x00\x00\x00\x01"
"""SETTINGS concern the connection alone (RFC 9113, 6.5)."""
_CLOSED = (OSError, ssl.SSLError)


@dataclass(frozen=True)
class Fault2:
    """One thing that a server of HTTP/2 does wrong; `does` sends on the request's stream."""

    name: str
    does: Callable[[Any, int], None]
    cause: str
    status: int | None = 200
    body: bytes | None = b"half"
    then: tuple[Step, ...] = (0.1, CLOSE)
    """What happens to the connection afterwards; bytes are written as they are."""
    to_http2: str = ""
    """The cause with a client of HTTP/2, where that is another: mitmproxy calls a server's reset a client's."""


def _head(connection: Any, stream: int, *more: tuple[str, str], end: bool = False) -> None:
    connection.send_headers(stream, [(":status", "200"), ("content-type", "text/event-stream"), *more], end_stream=end)


def _half(connection: Any, stream: int, *more: tuple[str, str]) -> None:
    _head(connection, stream, *more)
    connection.send_data(stream, b"half")


def _reset(code: int) -> Callable[[Any, int], None]:
    def does(connection: Any, stream: int) -> None:
        _half(connection, stream)
        connection.reset_stream(stream, code)

    return does


def _whole(connection: Any, stream: int, *more: tuple[str, str]) -> None:
    _half(connection, stream, *more)
    connection.end_stream(stream)


def _trailers(connection: Any, stream: int) -> None:
    _half(connection, stream)
    connection.send_headers(stream, [("x-checksum", "1")], end_stream=True)


def _goaway(connection: Any, stream: int) -> None:
    _half(connection, stream)
    connection.close_connection(error_code=2, last_stream_id=stream)


def _early_hints(connection: Any, stream: int) -> None:
    connection.send_headers(stream, [(":status", "103"), ("link", "</a>")])
    _whole(connection, stream)


def _nothing(connection: Any, stream: int) -> None:
    """Leaves it to what follows."""


def _bad_name(connection: Any, stream: int) -> None:
    _whole(connection, stream, ("bad name", "1"))


FAULTS2 = (
    Fault2("two-is-whole", _whole, "complete"),
    Fault2("two-with-trailers", _trailers, "complete"),
    Fault2("two-resets-the-stream", _reset(2), "upstream-cut"),
    Fault2("two-cancels-the-stream", _reset(8), "upstream-cut", to_http2="client-gone"),
    Fault2("two-refuses-the-stream", lambda h2, stream: h2.reset_stream(stream, 7), "no-response", None, None),
    Fault2("two-says-goaway", _goaway, "upstream-cut"),
    Fault2("two-is-cut-in-the-body", _half, "upstream-cut", then=(0.1, CUT)),
    Fault2("two-closes-in-the-body", _half, "upstream-cut", then=(0.1, CLOSE)),
    Fault2("two-is-reset-in-the-body", _half, "upstream-cut", then=(0.1, RESET)),
    Fault2("two-closes-before-the-answer", _nothing, "no-response", None, None),
    Fault2("two-sends-no-frame", _nothing, "no-response", None, None, (b"\xff" * 200, 0.1, CLOSE)),
    Fault2("two-answers-in-http-1", _nothing, "no-response", None, None, (b"HTTP/1.1 200 OK\r\n\r\n", 0.1, CLOSE)),
    Fault2("two-sends-data-before-its-head", _nothing, "protocol-error", None, None, (_FRAME_DATA, 0.1, CLOSE)),
    Fault2("two-sends-a-broken-frame", _half, "protocol-error", then=(0.1, _SETTINGS_OF_A_STREAM, 0.1, CLOSE)),
    Fault2(
        "two-announces-too-much",
        lambda h2, stream: _whole(h2, stream, ("content-length", "100")),
        "protocol-error",
        None,
        None,
    ),
    Fault2(
        "two-announces-too-little",
        lambda h2, stream: _whole(h2, stream, ("content-length", "1")),
        "protocol-error",
        None,
        None,
    ),
    Fault2("two-hints-early", _early_hints, "complete"),
    Fault2("two-has-a-bad-header-name", _bad_name, "protocol-error", None, None),
)


def server(faults: dict[str, Fault2]) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """A connection handler that does what the fault of the path's name says."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Our own server must be able to send what is not allowed.
        config = h2.config.H2Configuration(client_side=False, validate_outbound_headers=False)
        connection = h2.connection.H2Connection(config)
        connection.initiate_connection()
        writer.write(connection.data_to_send())
        paths: dict[int, str] = {}
        try:
            while data := await reader.read(65536):
                for event in connection.receive_data(data):
                    stream = int(getattr(event, "stream_id", 0) or 0)
                    if isinstance(event, h2.events.RequestReceived):
                        paths[stream] = dict(event.headers or [])[b":path"].decode()
                    elif isinstance(event, h2.events.StreamEnded):
                        fault = faults[paths[stream].strip("/").partition("~")[0]]
                        fault.does(connection, stream)
                        await play((connection.data_to_send(), *fault.then), reader, writer)
                        return
                writer.write(connection.data_to_send())
        except (OSError, h2.exceptions.ProtocolError):  # the proxy broke off: what was to be shown was shown
            writer.close()

    return client


def asked(sock: ssl.SSLSocket, host: str, fault: Fault, path: str) -> Seen:
    """Sends a request over HTTP/2, does what the fault's client does, and tells what came."""
    connection = h2.connection.H2Connection()
    connection.initiate_connection()
    pseudo = [(":method", fault.method), (":authority", host), (":scheme", "https"), (":path", path)]
    named = [line.split(": ", 1) for line in fault.headers.decode().split("\r\n") if line]
    lines = [(name.lower(), value) for name, value in named if name.lower() != "transfer-encoding"]
    connection.send_headers(1, [*pseudo, *lines], end_stream=fault.method != "POST")
    sock.sendall(connection.data_to_send())
    got = _Got(sock, connection)
    for step in fault.client:
        if isinstance(step, bytes):
            connection.send_data(1, step)
            sock.sendall(connection.data_to_send())
        elif isinstance(step, float | int):
            got.read(b"", step)
        elif step == RESET:
            connection.reset_stream(1, 8)
            sock.sendall(connection.data_to_send())
            got.end = "left"
        elif step == CLOSE:
            got.end = "left"
        else:
            got.read(step.partition(":")[2].encode(), 4.0)
        if got.end:
            break
    return Seen(repr(got.head).encode(), bytes(got.body), got.last, got.end)


class _Got:
    """What a client of HTTP/2 has received so far."""

    def __init__(self, sock: ssl.SSLSocket, connection: Any) -> None:
        self.head: list[Any] = []
        self.body = bytearray()
        self.last = False
        self.end = ""
        self._sock, self._connection = sock, connection

    def read(self, mark: bytes, patience_s: float) -> None:
        """Reads up to the mark or the stream's end."""
        self._sock.settimeout(patience_s)
        while not self.end and not (mark and mark in self.body):
            try:
                data = self._sock.recv(65536)
            except TimeoutError:
                self.end = "" if patience_s < 1 else "open"
                return
            except _CLOSED:
                data = b""
            if not data:
                self.end = "closed"
                return
            for event in self._connection.receive_data(data):
                self._take(event)
            try:
                self._sock.sendall(self._connection.data_to_send())
            except _CLOSED:
                self.end = self.end or "closed"

    def _take(self, event: Any) -> None:
        if isinstance(event, h2.events.ResponseReceived | h2.events.TrailersReceived):
            self.head += event.headers or []
        elif isinstance(event, h2.events.DataReceived):
            self.body += event.data or b""
            self._connection.acknowledge_received_data(event.flow_controlled_length, 1)
        elif isinstance(event, h2.events.StreamEnded):
            self.last, self.end = True, self.end or "ended"
        elif isinstance(event, h2.events.StreamReset):
            self.end = self.end or f"reset:{event.error_code:d}"
        elif isinstance(event, h2.events.ConnectionTerminated):
            self.end = self.end or f"goaway:{event.error_code:d}"
