"""A connection to the replay server: requests are parsed by h11, responses are written byte for byte."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import h11

from wirelore.model.exchange import Headers
from wirelore.replayer.faults import error_type
from wirelore.replayer.replies import Reply, error, framed

_HEAD_LIMIT = 1 << 20


@dataclass(frozen=True)
class ReceivedRequest:
    """A received request: header lines in their original order and case, and the body without chunked framing."""

    method: str
    target: str
    headers: Headers
    body: bytes
    tls: bool


class Conversation:
    """A connection whose requests are answered one after another."""

    def __init__(
        self,
        answer: Callable[[ReceivedRequest], tuple[Reply | None, float]],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        secure: bool,
        factor: float,
    ) -> None:
        """`answer` returns the reply (None: close the connection) and a delay in seconds; `factor` scales pauses."""
        self._answer = answer
        self._reader = reader
        self._writer = writer
        self._secure = secure
        self._factor = factor
        self._unparsed = b""
        self._began = 0.0

    async def run(self) -> None:
        """Answer requests until one side closes the connection."""
        while (request := await self._request()) is not None:
            reply, delay = self._answer(request)
            await asyncio.sleep(delay)
            if reply is None or not await self._send(request, reply):
                return

    async def _request(self) -> ReceivedRequest | None:
        """Read the next request; return None if the client closed the connection or sent something other than HTTP."""
        parser = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_LIMIT)
        head: h11.Request | None = None
        body: list[bytes] = []
        data, self._unparsed = self._unparsed, b""
        self._began = asyncio.get_running_loop().time()
        try:
            if data:
                parser.receive_data(data)
            while True:
                event = parser.next_event()
                if event is h11.NEED_DATA:
                    if parser.they_are_waiting_for_100_continue:
                        await self._write(b"HTTP/1.1 100 Continue\r\n\r\n")
                        parser.send(h11.InformationalResponse(status_code=100, headers=[]))
                    data = await self._reader.read(1 << 16)
                    if head is None and not body:
                        self._began = asyncio.get_running_loop().time()
                    if not data and head is None:
                        return None
                    parser.receive_data(data)
                elif isinstance(event, h11.Request):
                    head = event
                elif isinstance(event, h11.Data):
                    body.append(bytes(event.data))
                elif isinstance(event, h11.EndOfMessage) and head is not None:
                    self._unparsed = parser.trailing_data[0]
                    return self._received(head, b"".join(body))
                else:
                    return None
        except h11.RemoteProtocolError as fault:
            refusal = error(400, error_type(400), str(fault))
            await self._write(_head(refusal) + refusal.pieces[0].data)
            return None

    def _received(self, head: h11.Request, body: bytes) -> ReceivedRequest:
        lines = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers.raw_items())
        return ReceivedRequest(
            head.method.decode("latin-1"), head.target.decode("latin-1"), Headers(lines), body, self._secure
        )

    async def _send(self, request: ReceivedRequest, reply: Reply) -> bool:
        """Send a reply, and return True if the connection stays open."""
        reply, chunked = framed(reply, ", ".join(request.headers.all("accept-encoding")))
        has_no_body = request.method == "HEAD" or reply.status in (204, 304)
        await self._sleep_until(reply.pieces[0].us if reply.pieces else 0)
        await self._write(_head(reply))
        if not has_no_body:
            for us, data in reply.pieces:
                await self._sleep_until(us)
                if data:
                    await self._write(b"%x\r\n%b\r\n" % (len(data), data) if chunked else data)
            if not reply.complete:
                return False
            if chunked:
                await self._write(b"0\r\n" + _lines(reply.trailers) + b"\r\n")
        headers = Headers(reply.headers)
        ends_with_connection = not has_no_body and not chunked and headers.first("content-length") is None
        options = [*request.headers.all("connection"), *headers.all("connection")]
        return not ends_with_connection and "close" not in ", ".join(options).lower()

    async def _sleep_until(self, us: int) -> None:
        wait = self._began + us / 1e6 * self._factor - asyncio.get_running_loop().time()
        if self._factor and wait > 0:
            await asyncio.sleep(wait)

    async def _write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()


def _head(reply: Reply) -> bytes:
    return f"HTTP/1.1 {reply.status} {reply.reason}\r\n".encode("latin-1") + _lines(reply.headers) + b"\r\n"


def _lines(headers: Iterable[tuple[str, str]]) -> bytes:
    return b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in headers)
