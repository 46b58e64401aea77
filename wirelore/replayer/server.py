"""The stand-in: a server on loopback that answers as a capture has it, with its pace, and with faults on request."""

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
from wirelore.replayer.connection import Conversation, Seen
from wirelore.replayer.faults import Fault, Plan, error_type
from wirelore.replayer.matching import Answering, Answers, Asked
from wirelore.replayer.replies import Reply, error, faulty, recorded
from wirelore.store.writer import Capture

Pace = Literal["recorded", "none"] | float
"""`recorded`, `none`, or a factor: 2.0 takes twice the recorded time, 0.5 half of it."""

_PORTS = (20_000, 32_000)
"""Below 32768, where systems begin to give out ports of their own accord."""
_PORT_LIMIT = 65_535
_TLS_HANDSHAKE = 0x16


class ReplayServer:
    """Answers on one loopback port, plain and TLS alike (told apart by the first byte), from enter to exit."""

    def __init__(
        self,
        source: Capture | Iterable[Exchange] | Answering,
        *,
        tls: ssl.SSLContext | None = None,
        pace: Pace = "recorded",
        faults: Iterable[Fault] = (),
        port: int = 0,
        routes: Routes | None = None,
        on_request: Callable[[Seen], object] = lambda seen: None,
    ) -> None:
        """Raises ValueError for a pace or port that there is not.

        `port` 0 takes a free one. `tls` holds the certificate; without it a TLS client is turned away.

        `told` is called with each request as it comes, from the server's thread.
        """
        self._answers = source if isinstance(source, Answering) else _answers(source, routes or packaged())
        self.seen: list[Seen] = []
        """What came, in the order in which the requests were whole."""
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
        """`http://127.0.0.1:PORT`, what a client is pointed at."""
        return f"http://{self.address}"

    def __enter__(self) -> "ReplayServer":
        """Starts the server. Raises OSError if no port is free."""
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

    def reply(self, asked: Asked) -> tuple[Reply | None, float]:
        """What a request is answered, None for a connection closed without an answer; and seconds to wait before."""
        fault = self._plan.next(asked.operation) if self._answers.may_fail(asked) else None
        if fault is not None and fault.status is not None:
            return faulty(Reply(fault.status, "", ()), fault), fault.delay
        exchange = self._answers.answer(asked)
        if exchange is None:
            reply: Reply | None = error(404, error_type(404), f"{asked.operation}: not in the capture")
        elif exchange.response is None:
            reply = None
        else:
            reply = recorded(exchange, exchange.response, streaming=asked.streaming)
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
            await Conversation(self._answered, reader, writer, secure, self._factor).run()
        except (OSError, ssl.SSLError, asyncio.IncompleteReadError):
            return  # the client went away, or does not trust the certificate: its own affair
        finally:
            if writer is not None:
                writer.close()
            else:
                connection.close()

    def _answered(self, seen: Seen) -> tuple[Reply | None, float]:
        self.seen.append(seen)
        self._on_request(seen)
        return self.reply(self.asked(seen))

    def asked(self, seen: Seen) -> Asked:
        """What a request asks, the host taken from its target or its Host header."""
        request = Request(seen.headers, method=seen.method, target=seen.target)
        authority = request.headers.first("host") or ""
        if request.absolute:
            authority = request.target.partition("://")[2].partition("/")[0]
        return Asked.of(replace(request, host=_name(authority)), seen.body, self._answers.routes)


def serve(
    source: Capture | Iterable[Exchange],
    *,
    tls: ssl.SSLContext | None = None,
    pace: Pace = "recorded",
    faults: Iterable[Fault] = (),
    port: int = 0,
    ready: Callable[[ReplayServer], object] = lambda standin: None,
    on_request: Callable[[Seen], object] = lambda seen: None,
) -> ReplayServer:
    """Answers until interrupted (Ctrl-C); `ready` is called once it listens. Returns the stand-in with what it saw."""
    with ReplayServer(source, tls=tls, pace=pace, faults=faults, port=port, on_request=on_request) as standin:
        try:
            ready(standin)
            threading.Event().wait()
        except KeyboardInterrupt:
            return standin
    return standin


def _factor(pace: Pace) -> float:
    """The factor of the recorded time. Raises ValueError."""
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
    tried = [port] if port else random.sample(range(*_PORTS), 100)
    for number in tried:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", number))
        except OSError as fault:
            listener.close()
            if fault.errno != errno.EADDRINUSE or port:
                raise
            continue
        listener.listen(128)
        listener.setblocking(False)
        return listener
    raise OSError(errno.EADDRINUSE, f"127.0.0.1: none of {len(tried)} ports below {_PORTS[1]} is free")


async def _first_byte(connection: socket.socket) -> int:
    """The first byte, left where it is. Raises ConnectionError if the client closed without one."""
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
