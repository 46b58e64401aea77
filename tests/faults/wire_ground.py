"""Three ways to the same faulty server: through the recorder, through a streaming mitmdump, and directly."""

import asyncio
import re
import socket
import ssl
import struct
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tests.faults.wire_faults import CLOSE, CUT, HALF, RESET, WAIT, Fault, Step
from tests.project import ROOT
from tests.upstream import Upstream
from wirelore.recorder.proxy import Proxy

RECORDED, STREAMED, DIRECT = "recorded", "streamed", "direct"
WAYS = (RECORDED, STREAMED, DIRECT)
STREAMING = """
def requestheaders(flow):
    flow.request.stream = True
def responseheaders(flow):
    flow.response.stream = True
"""
_PATIENCE_S = 4.0
"""Seconds for which a client waits for an end that may not come; the table has these cases."""


class View(NamedTuple):
    """A client's view: head, body without chunk frames, whether the last chunk arrived, and how it ended."""

    head: bytes
    body: bytes
    last_chunk: bool
    end: str


@dataclass
class Ways:
    """The servers, and the proxies in front of them."""

    recorded: Proxy
    streamed: Proxy
    capture: Path
    confdir: Path
    servers: Mapping[str, Upstream]
    """The servers by host name."""
    authority: Path
    trusts: dict[tuple[str, tuple[str, ...]], ssl.SSLContext] = field(default_factory=dict)

    def trust(self, way: str, alpn: tuple[str, ...]) -> ssl.SSLContext:
        """Return a client's TLS context that offers these protocols."""
        if (way, alpn) not in self.trusts:
            file = {RECORDED: self.recorded.ca, STREAMED: self.streamed.ca}.get(way, self.authority)
            context = ssl.create_default_context(cafile=str(file))
            if alpn:
                context.set_alpn_protocols(list(alpn))
            self.trusts[way, alpn] = context
        return self.trusts[way, alpn]

    def port(self, way: str, host: str) -> int:
        """Return the port to which a client connects."""
        ports = {RECORDED: self.recorded.port, STREAMED: self.streamed.port}
        return ports.get(way) or self.servers[host].port


def scripts(faults: Mapping[str, Fault]) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """Return a connection handler that plays the fault named in the path."""

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            target = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
            await play(faults[target.strip("/").partition("~")[0]].server, reader, writer)
        except (OSError, asyncio.IncompleteReadError):  # the client has closed: the script is finished
            writer.close()

    return client


async def play(steps: tuple[Step, ...], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Play a server's script."""
    for step in steps:
        if isinstance(step, bytes):
            writer.write(step)
            await writer.drain()
            await asyncio.sleep(0)
        elif isinstance(step, float | int):
            await asyncio.sleep(step)
        elif step == WAIT:
            while await reader.read(65536):
                pass
        elif step == CLOSE:
            writer.close()
        elif step in (CUT, RESET):
            if step == RESET:
                sock = writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
    if not writer.is_closing():
        writer.close()


@contextmanager
def ways(folder: Path, servers: Mapping[str, Upstream], tls: Collection[str], authority: Path) -> Iterator[Ways]:
    """Start the recorder and the mitmdump for comparison, in front of servers by host name; those in `tls` use TLS."""
    streaming = folder / "streaming.py"
    streaming.write_text(STREAMING)
    targets = [f"{name}={'https://' if name in tls else ''}127.0.0.1:{each.port}" for name, each in servers.items()]
    options: dict[str, str | int | bool] = {
        "ssl_verify_upstream_trusted_ca": str(authority),
        "wirelore_route": ", ".join(targets),
    }
    own = {
        "wirelore_capture": str(folder / "capture"),
        "wirelore_hosts": ",".join(servers),
        "wirelore_key": str(folder / "key"),
    }
    route = ROOT / "addons" / "route.py"
    with (
        Proxy([ROOT / "addons" / "record.py", route], {**options, **own}, confdir=folder / "confdir") as recorded,
        Proxy([streaming, route], options) as streamed,
    ):
        yield Ways(recorded, streamed, folder / "capture", folder / "confdir", servers, authority)


def context_of(pair: Path, *alpn: str) -> ssl.SSLContext:
    """Return a server's context for a certificate with its key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context


def connected(ways: Ways, way: str, host: str, tls: bool, alpn: tuple[str, ...] = ()) -> socket.socket:
    """Open a client's connection, ready for a request."""
    sock = socket.create_connection(("127.0.0.1", ways.port(way, host)))
    sock.settimeout(_PATIENCE_S)
    if not tls:
        return sock
    if way != DIRECT:
        sock.sendall(f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())
        assert sock.recv(4096).startswith(b"HTTP/1.1 200")
    return ways.trust(way, alpn).wrap_socket(sock, server_hostname=host, suppress_ragged_eofs=False)


def exchange_http1(sock: socket.socket, host: str, fault: Fault, target: str) -> View:
    """Send a request over HTTP/1.1, play the fault's client, and return its view."""
    last = b"" if b"Upgrade:" in fault.headers else b"connection: close\r\n"
    start = f"{fault.method} {target} HTTP/1.1\r\nHost: {host}\r\n".encode()
    received = bytearray()
    end = ""
    sock.sendall(start + fault.headers + last + b"\r\n")
    for step in fault.client:
        if end := _step(sock, step, received):
            break
    return parse_view(bytes(received), end, fault.method)


def _step(sock: socket.socket, step: Step, received: bytearray) -> str:
    """Perform the client's next step. Return how the connection ended, if it did."""
    if isinstance(step, bytes):
        sock.sendall(step)
    elif isinstance(step, float | int):
        time.sleep(step)
    elif step == HALF:
        sock.shutdown(socket.SHUT_WR)
    elif step in (CLOSE, RESET):
        if step == RESET:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return "left"
    else:
        return read(sock, received, step.partition(":")[2].encode())
    return ""


def read(sock: socket.socket, received: bytearray, mark: bytes) -> str:
    """Read up to the mark or to the end, and return how it ended."""
    while not (mark and mark in received):
        try:
            data = sock.recv(65536)
        except TimeoutError:
            return "open"
        except ssl.SSLEOFError:
            return "torn"
        except ConnectionResetError:
            return "reset"
        if not data:
            return "closed"
        received += data
    return ""


def parse_view(received: bytes, end: str, method: str) -> View:
    """Parse the received bytes as far as possible."""
    top, gap, body = received.partition(b"\r\n\r\n")
    if not gap:
        return View(received, b"", False, end)
    if b"\r\ntransfer-encoding: chunked" not in top.lower() or method == "HEAD":
        return View(top, body, False, end)
    return View(top, *_unchunked(body), end)


def _unchunked(body: bytes) -> tuple[bytes, bool]:
    """Return the data of the chunks, including a truncated last one, and whether the last chunk arrived."""
    data, offset = bytearray(), 0
    while size_line := re.compile(rb"([0-9a-fA-F]{1,16})(?:;[^\r\n]*)?\r\n").match(body, offset):
        size = int(size_line[1], 16)
        if size == 0:
            return bytes(data), True
        data += body[size_line.end() : size_line.end() + size]
        offset = size_line.end() + size + 2
    return bytes(data), False
