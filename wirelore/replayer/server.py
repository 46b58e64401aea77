"""The replay server: it replays a capture on loopback, with the recorded pace, and injects faults on request."""

import asyncio
import errno
import random
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace
from typing import Literal

from wirelore.model.exchange import Exchange, Request
from wirelore.model.routes import Routes, packaged
from wirelore.replayer.connection import Conversation, ReceivedRequest
from wirelore.replayer.faults import Fault, Plan, error_type
from wirelore.replayer.matching import Answers, AnswerSource, RequestFeatures
from wirelore.replayer.replies import Reply, error, faulty, recorded
from wirelore.store.writer import Capture

Pace = Literal["recorded", "none"] | float
"""`recorded`, `none`, or a factor: 2.0 takes twice the recorded time, 0.5 half of it."""

_PORTS = (20_000, 32_000)
"""The range of free ports, below the ephemeral ports that start at 32768."""
_PORT_LIMIT = 65_535
_TLS_HANDSHAKE = 0x16


class ReplayServer:
    """A server on a loopback port, for HTTP and HTTPS (distinguished by the first byte), active in a `with` block."""

    def __init__(
        self,
        source: Capture | Iterable[Exchange] | AnswerSource,
        *,
        tls: ssl.SSLContext | None = None,
        pace: Pace = "recorded",
        faults: Iterable[Fault] = (),
        port: int = 0,
        routes: Routes | None = None,
        on_request: Callable[[ReceivedRequest], object] = lambda request: None,
    ) -> None:
        """Raise ValueError for an invalid pace or port.

        `port` 0 selects a free port. `tls` contains the certificate; without `tls`, TLS connections are closed.
        `on_request` is called with each request, from the server's thread.
        """
        self._answers = source if isinstance(source, AnswerSource) else _answers(source, routes or packaged())
        self.seen: list[ReceivedRequest] = []
        """The received requests, in the order of their completion."""
        self.port = port
        self._on_request = on_request
        self._tls = tls
        self._factor = _factor(pace)
        if not 0 <= port <= _PORT_LIMIT:
            raise ValueError(f"port {port}: expected a number from 0 to {_PORT_LIMIT}")
        self._plan = Plan(faults)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, the base URL for clients."""
        return f"http://{self.address}"

    def __enter__(self) -> "ReplayServer":
        """Start the server. Raise OSError if no port is free."""
        listener = _listener(self.port)
        self.port = int(listener.getsockname()[1])
        started: Future[None] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(listener, started)), daemon=True)
        self._thread.start()
        started.result()
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop and self._stopping and self._thread:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()

    def reply(self, features: RequestFeatures) -> tuple[Reply | None, float]:
        """Return the reply to a request (None: close the connection) and the seconds to wait before it."""
        fault = self._plan.next(features.operation) if self._answers.may_fail(features) else None
        if fault is not None and fault.status is not None:
            return faulty(Reply(fault.status, "", ()), fault), fault.delay
        exchange = self._answers.answer(features)
        if exchange is None:
            reply: Reply | None = error(404, error_type(404), f"{features.operation}: not in the capture")
        elif exchange.response is None:
            reply = None
        else:
            reply = recorded(exchange, exchange.response, streaming=features.streaming)
        if fault is None:
            return reply, 0.0
        return faulty(reply or Reply(200, "OK", ()), fault), fault.delay

    async def _run(self, listener: socket.socket, started: "Future[None]") -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        accepting = asyncio.create_task(self._accept(listener))
        started.set_result(None)
        await self._stopping.wait()
        accepting.cancel()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        listener.close()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        running: set[asyncio.Task[None]] = set()
        while True:
            connection, _ = await loop.sock_accept(listener)
            task = asyncio.create_task(self._serve(connection))
            running.add(task)
            task.add_done_callback(running.discard)

    async def _serve(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        writer: asyncio.StreamWriter | None = None
        try:
            secure = await _first_byte(connection) == _TLS_HANDSHAKE
            if secure and self._tls is None:
                return
            reader, writer = await _streams(connection, self._tls if secure else None)
            await Conversation(self._respond, reader, writer, secure, self._factor).run()
        except (OSError, ssl.SSLError, asyncio.IncompleteReadError):
            return  # the client closed the connection or does not trust the certificate
        finally:
            if writer is not None:
                writer.close()
            else:
                connection.close()

    def _respond(self, request: ReceivedRequest) -> tuple[Reply | None, float]:
        self.seen.append(request)
        self._on_request(request)
        return self.reply(self.features(request))

    def features(self, received: ReceivedRequest) -> RequestFeatures:
        """Return the features of a request; the host is that of its target or its Host header."""
        request = Request(received.headers, method=received.method, target=received.target)
        authority = request.headers.first("host") or ""
        if request.absolute:
            authority = request.target.partition("://")[2].partition("/")[0]
        return RequestFeatures.of_request(replace(request, host=_name(authority)), received.body, self._answers.routes)


def serve(
    source: Capture | Iterable[Exchange],
    *,
    tls: ssl.SSLContext | None = None,
    pace: Pace = "recorded",
    faults: Iterable[Fault] = (),
    port: int = 0,
    ready: Callable[[ReplayServer], object] = lambda standin: None,
    on_request: Callable[[ReceivedRequest], object] = lambda request: None,
) -> ReplayServer:
    """Serve until Ctrl-C, and return the server with the received requests; `ready` is called when it listens."""
    with ReplayServer(source, tls=tls, pace=pace, faults=faults, port=port, on_request=on_request) as standin:
        try:
            ready(standin)
            threading.Event().wait()
        except KeyboardInterrupt:
            return standin
    return standin


def _factor(pace: Pace) -> float:
    """Return the factor of the recorded time. Raise ValueError."""
    factor = {"recorded": 1.0, "none": 0.0}.get(pace, -1.0) if isinstance(pace, str) else float(pace)
    if not 0 <= factor < float("inf"):
        raise ValueError(f"pace {pace!r}: expected 'recorded', 'none', or a factor of the recorded time such as 0.5")
    return factor


def _answers(source: Capture | Iterable[Exchange], routes: Routes) -> Answers:
    return Answers(source.exchanges() if isinstance(source, Capture) else source, routes)


def _name(authority: str) -> str:
    name, colon, port = authority.rpartition(":")
    return name if colon and port.isdecimal() else authority


def _listener(port: int) -> socket.socket:
    candidates = [port] if port else random.sample(range(*_PORTS), 100)
    for number in candidates:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", number))
        except OSError as fault:
            listener.close()
            if fault.errno != errno.EADDRINUSE or port:
                raise OSError(fault.errno, fault.strerror, f"127.0.0.1:{number}") from fault
            continue
        listener.listen(128)
        listener.setblocking(False)
        return listener
    raise OSError(f"127.0.0.1: all of {len(candidates)} random ports below {_PORTS[1]} are in use; choose a free port")


async def _first_byte(connection: socket.socket) -> int:
    """Peek at the first byte. Raise ConnectionError if the client closed the connection without sending one."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(connection, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(connection)
    if not (first := connection.recv(1, socket.MSG_PEEK)):
        raise ConnectionError("closed before the first byte")
    return first[0]


async def _streams(
    connection: socket.socket, tls: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    transport, protocol = await loop.connect_accepted_socket(
        lambda: asyncio.StreamReaderProtocol(reader), connection, ssl=tls
    )
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)
