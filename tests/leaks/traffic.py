"""Traffic: exchanges with plants sent through a real mitmdump, and answered by a server behind it."""

import asyncio
import socket
from collections.abc import Iterable, Sequence

from tests.leaks.foreign import IN_FILES
from tests.leaks.made import Made
from tests.leaks.places import PLACES
from tests.upstream import Answer, Upstream

PLACES_SENT = tuple(place for place in PLACES if place in IN_FILES or place.name in ("name of a header", "reason"))
"""The places in which plants can be sent."""


def served(upstream: Upstream, exchanges: Sequence[Made]) -> None:
    """Has the server answer each of the exchanges, by the number in its path."""
    for number, made in enumerate(exchanges):
        upstream.answers[_target(number, made).partition("?")[0]] = _answer(made)


def _target(number: int, made: Made) -> str:
    return f"/{number}{made.request.target}"


def _answer(made: Made) -> Answer:
    async def answer(target: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(made.sent))
        lines = [f"{name}: {value}" for name, value in made.response.headers]
        head_lines = "\r\n".join(["HTTP/1.1 200 " + made.response.reason, *lines, "transfer-encoding: chunked"])
        writer.write(head_lines.encode("latin-1") + b"\r\n\r\n")
        for at in range(0, len(made.got), 97):
            piece = made.got[at : at + 97]
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    return answer


def send(port: int, host: str, exchanges: Iterable[Made]) -> int:
    """Sends each exchange's request to the proxy and reads the answer; gives how many were answered with 200."""
    answered = 0
    for number, made in enumerate(exchanges):
        target = f"http://{host}{_target(number, made)}"
        lines = [f"{name}: {value}" for name, value in made.request.headers if name != "Host"]
        head = [
            f"POST {target} HTTP/1.1",
            f"Host: {host}",
            *lines,
            f"content-length: {len(made.sent)}",
            "connection: close",
        ]
        with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
            sock.sendall("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + made.sent)
            got = b""
            while block := sock.recv(65536):
                got += block
        answered += got.startswith(b"HTTP/1.1 200")
    return answered
