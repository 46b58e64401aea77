"""Traffic: exchanges with plants sent through a real mitmdump to a server."""

import asyncio
import socket
from collections.abc import Iterable, Sequence

from tests.leaks.exchanges import PlantedExchange
from tests.leaks.foreign import IN_FILES
from tests.leaks.places import PLACES
from tests.upstream import Answer, Upstream

PLACES_SENT = tuple(place for place in PLACES if place in IN_FILES or place.name in ("name of a header", "reason"))
"""The places in which plants can be sent."""


def serve(upstream: Upstream, exchanges: Sequence[PlantedExchange]) -> None:
    """Let the server answer each of the exchanges, by the number in its path."""
    for number, exchange in enumerate(exchanges):
        upstream.answers[_target(number, exchange).partition("?")[0]] = _answer(exchange)


def _target(number: int, exchange: PlantedExchange) -> str:
    return f"/{number}{exchange.request.target}"


def _answer(exchange: PlantedExchange) -> Answer:
    async def answer(target: str, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(exchange.request_body))
        lines = [f"{name}: {value}" for name, value in exchange.response.headers]
        head_lines = "\r\n".join(["HTTP/1.1 200 " + exchange.response.reason, *lines, "transfer-encoding: chunked"])
        writer.write(head_lines.encode("latin-1") + b"\r\n\r\n")
        for start in range(0, len(exchange.response_body), 97):
            piece = exchange.response_body[start : start + 97]
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    return answer


def send(port: int, host: str, exchanges: Iterable[PlantedExchange]) -> int:
    """Send each exchange's request to the proxy and read the response. Return the number of 200 responses."""
    answered = 0
    for number, exchange in enumerate(exchanges):
        target = f"http://{host}{_target(number, exchange)}"
        lines = [f"{name}: {value}" for name, value in exchange.request.headers if name != "Host"]
        head = [
            f"POST {target} HTTP/1.1",
            f"Host: {host}",
            *lines,
            f"content-length: {len(exchange.request_body)}",
            "connection: close",
        ]
        with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
            sock.sendall("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + exchange.request_body)
            received = b""
            while block := sock.recv(65536):
                received += block
        answered += received.startswith(b"HTTP/1.1 200")
    return answered
