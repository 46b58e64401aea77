"""Servers and clients for heavy traffic, over plain HTTP/1.1 without a library."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.upstream import Client

EVENTS = 200
BLOCK = bytes(range(256)) * 256
"""The repeated part of a large body: 64 kB."""


def event(stream: int, number: int) -> bytes:
    """Return one event of one stream, which is unique."""
    return b'event: content_block_delta\ndata: {"stream":%d,"index":%d,"text":"word"}\n\n' % (stream, number)


def server(behind: Callable[[int], bool] = lambda sent: False) -> Client:
    """Return a server of `/events/STREAM`, of `/bytes/BLOCKS`, and of a small document for other paths.

    It keeps connections open, and pauses a large body while `behind` returns True.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                target = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1].decode()
                kind, _, number = target.strip("/").partition("/")
                if kind == "events":
                    await _events(writer, int(number))
                elif kind == "bytes":
                    await _blocks(writer, int(number), behind)
                else:
                    content = b'{"target":"%b"}' % target.encode()
                    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
                    writer.write(head % len(content) + content)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):  # the proxy has closed the connection
            writer.close()

    return serve


async def _blocks(writer: asyncio.StreamWriter, count: int, behind: Callable[[int], bool]) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (count * len(BLOCK)))
    for number in range(count):
        while behind(number * len(BLOCK)):
            await asyncio.sleep(0.005)
        writer.write(BLOCK)
        await writer.drain()


async def _events(writer: asyncio.StreamWriter, stream: int) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
    for number in range(EVENTS):
        data = event(stream, number)
        writer.write(b"%x\r\n%b\r\n" % (len(data), data))
        await writer.drain()
        await asyncio.sleep(0.005)
    writer.write(b"0\r\n\r\n")


@dataclass
class Received:
    """The response of a client: the body or its hash, and the longest time between two arrivals (seconds)."""

    body: bytearray = field(default_factory=bytearray)
    size: int = 0
    sha256: str = ""
    gap_s: float = 0.0


async def stream(port: int, host: str, number: int) -> Received:
    """Read one event stream through the proxy, chunk by chunk."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(host, f"/events/{number}"))
    await reader.readuntil(b"\r\n\r\n")
    received, last = Received(), time.monotonic()
    while size := int(await reader.readuntil(b"\r\n"), 16):
        received.body += (await reader.readexactly(size + 2))[:-2]
        now = time.monotonic()
        received.gap_s, last = max(received.gap_s, now - last), now
    writer.close()
    return received


async def request_all(port: int, host: str, targets: list[str], on_document: Callable[[], None]) -> list[bytes]:
    """Request small documents one after the other over one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    documents = []
    for target in targets:
        writer.write(request(host, target))
        head = await reader.readuntil(b"\r\n\r\n")
        size = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        documents.append(await reader.readexactly(size))
        on_document()
    writer.close()
    return documents


async def large(port: int, host: str, blocks: int) -> Received:
    """Read a large body and keep its hash."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    writer.write(request(host, f"/bytes/{blocks}"))
    await reader.readuntil(b"\r\n\r\n")
    received, state = Received(), hashlib.sha256()
    while received.size < blocks * len(BLOCK) and (data := await reader.read(1 << 18)):
        state.update(data)
        received.size += len(data)
    writer.close()
    received.sha256 = state.hexdigest()
    return received


def request(host: str, target: str) -> bytes:
    """Return a request in the form sent to a proxy."""
    return f"GET http://{host}{target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: load/1.0\r\n\r\n".encode()


def resident_mb(pid: int, field_name: str = "VmRSS") -> float:
    """Return the resident memory of a process in MB; `VmHWM` is its peak."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith(field_name)]
    return int(line.split()[1]) / 1024


def child_of(pid: int) -> int:
    """Return the only child of a process."""
    (child_pid,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child_pid)
