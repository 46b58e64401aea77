"""HTTP/2 on either side: a client that offers nothing else, and a server that violates it as its table says."""

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
from tests.faults.wire_ground import View, play

_FRAME_DATA = b"\x00\x00\x04\x00\x00\x00\x00\x00\x01half"
"""A DATA frame for the first stream (RFC 9113, 6.1)."""
_SETTINGS_OF_A_STREAM = b"\x00\x00\x00\x04\x00\x00\x00\x00\x01"
"""SETTINGS are valid for the connection only (RFC 9113, 6.5)."""
_CLOSED = (OSError, ssl.SSLError)


@dataclass(frozen=True)
class Fault2:
    """One fault of an HTTP/2 server; `does` sends on the request's stream."""

    name: str
    does: Callable[[Any, int], None]
    cause: str
    status: int | None = 200
    body: bytes | None = b"half"
    then: tuple[Step, ...] = (0.1, CLOSE)
    """The steps on the connection afterwards; bytes are written unchanged."""
    to_http2: str = ""
    """The cause with an HTTP/2 client, if different: mitmproxy reports a server's reset as a client's."""


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


def _complete(connection: Any, stream: int, *more: tuple[str, str]) -> None:
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
    _complete(connection, stream)


def _nothing(connection: Any, stream: int) -> None:
    """Do nothing; the following steps are the fault."""


def _bad_name(connection: Any, stream: int) -> None:
    _complete(connection, stream, ("bad name", "1"))


FAULTS2 = (
    Fault2("two-is-whole", _complete, "complete"),
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
        lambda h2, stream: _complete(h2, stream, ("content-length", "100")),
        "protocol-error",
        None,
        None,
    ),
    Fault2(
        "two-announces-too-little",
        lambda h2, stream: _complete(h2, stream, ("content-length", "1")),
        "protocol-error",
        None,
        None,
    ),
    Fault2("two-hints-early", _early_hints, "complete"),
    Fault2("two-has-a-bad-header-name", _bad_name, "protocol-error", None, None),
)


def server(faults: dict[str, Fault2]) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """Return a connection handler that plays the fault named in the path."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The server must be able to send what is not allowed.
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
        except (OSError, h2.exceptions.ProtocolError):  # the proxy has closed: the script is finished
            writer.close()

    return client


def exchange_http2(sock: ssl.SSLSocket, host: str, fault: Fault, path: str) -> View:
    """Send a request over HTTP/2, play the fault's client, and return its view."""
    connection = h2.connection.H2Connection()
    connection.initiate_connection()
    pseudo = [(":method", fault.method), (":authority", host), (":scheme", "https"), (":path", path)]
    header_lines = [line.split(": ", 1) for line in fault.headers.decode().split("\r\n") if line]
    lines = [(name.lower(), value) for name, value in header_lines if name.lower() != "transfer-encoding"]
    connection.send_headers(1, [*pseudo, *lines], end_stream=fault.method != "POST")
    sock.sendall(connection.data_to_send())
    received = _Received(sock, connection)
    for step in fault.client:
        if isinstance(step, bytes):
            connection.send_data(1, step)
            sock.sendall(connection.data_to_send())
        elif isinstance(step, float | int):
            received.read(b"", step)
        elif step == RESET:
            connection.reset_stream(1, 8)
            sock.sendall(connection.data_to_send())
            received.end = "left"
        elif step == CLOSE:
            received.end = "left"
        else:
            received.read(step.partition(":")[2].encode(), 4.0)
        if received.end:
            break
    return View(repr(received.head).encode(), bytes(received.body), received.last_chunk, received.end)


class _Received:
    """The data received by an HTTP/2 client so far."""

    def __init__(self, sock: ssl.SSLSocket, connection: Any) -> None:
        self.head: list[Any] = []
        self.body = bytearray()
        self.last_chunk = False
        self.end = ""
        self._sock, self._connection = sock, connection

    def read(self, mark: bytes, patience_s: float) -> None:
        """Read up to the mark or the stream's end."""
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
                self._handle(event)
            try:
                self._sock.sendall(self._connection.data_to_send())
            except _CLOSED:
                self.end = self.end or "closed"

    def _handle(self, event: Any) -> None:
        if isinstance(event, h2.events.ResponseReceived | h2.events.TrailersReceived):
            self.head += event.headers or []
        elif isinstance(event, h2.events.DataReceived):
            self.body += event.data or b""
            self._connection.acknowledge_received_data(event.flow_controlled_length, 1)
        elif isinstance(event, h2.events.StreamEnded):
            self.last_chunk, self.end = True, self.end or "ended"
        elif isinstance(event, h2.events.StreamReset):
            self.end = self.end or f"reset:{event.error_code:d}"
        elif isinstance(event, h2.events.ConnectionTerminated):
            self.end = self.end or f"goaway:{event.error_code:d}"
