"""Replies: the bytes to send for a recorded response, with correct length and encoding, and their times."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import brotli

from wirelore.model.assembly import assembled
from wirelore.model.exchange import Exchange, Response
from wirelore.model.zstd import zstd
from wirelore.replayer.faults import Fault, error_body, error_content_type, error_event, error_type

_LENGTHS = ("content-length", "transfer-encoding")


class Piece(NamedTuple):
    """Bytes that are sent together, `us` microseconds after the request's first byte."""

    us: int
    data: bytes


@dataclass(frozen=True)
class Reply:
    """A response to send."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    pieces: tuple[Piece, ...] = ()
    trailers: tuple[tuple[str, str], ...] = ()
    encoding: str | None = None
    """The content-encoding to apply to the pieces."""
    event_stream: bool = False
    complete: bool = True
    """False: the connection is closed after the pieces, without the end that HTTP requires."""


def recorded(exchange: Exchange, response: Response, *, streaming: bool) -> Reply:
    """Return the reply of a recorded response; a stream is assembled to JSON if the request is not for a stream."""
    if response.is_event_stream and not streaming and exchange.request.method == "POST":
        message = assembled(response.events())
        if message is not None:
            return _plain(response, message)
    body = response.body
    content = body.read()
    pieces = tuple(Piece(us, content[offset : offset + size]) for offset, size, us in body.chunks if size)
    if sum(len(piece.data) for piece in pieces) != len(content):
        pieces = (Piece(0, content),) if content else ()
    return Reply(
        response.status,
        response.reason,
        response.headers.lines,
        pieces,
        response.trailers.lines,
        None if body.undecoded else body.encoding,
        response.is_event_stream,
        exchange.end.is_complete,
    )


def error(status: int, kind: str, message: str, *extra: tuple[str, str]) -> Reply:
    """Return an error reply in the service's form."""
    body = error_body(kind, message)
    headers = (("Content-Type", error_content_type()), ("Content-Length", str(len(body))), *extra)
    return Reply(status, "", headers, (Piece(0, body),))


def faulty(reply: Reply, fault: Fault) -> Reply:
    """Return the reply with a fault; a fault with a status replaces it. Error events apply only to event streams."""
    kind = fault.error_type or error_type(fault.status or 529)
    message = "fault on request"
    if fault.status is not None:
        extra = (("Retry-After", fault.retry_after),) if fault.retry_after else ()
        return error(fault.status, kind, message, *extra)
    if fault.error_after is not None:
        if reply.pieces and not reply.event_stream:
            return reply  # not an event stream
        error_piece = Piece(_end_us(reply.pieces), error_event(kind, message))
        pieces = (*_first_events(reply.pieces, fault.error_after), error_piece)
        return replace(reply, pieces=pieces)
    headers = _with_length(reply)
    if fault.cut_events is not None:
        return replace(
            reply, headers=headers, pieces=tuple(_first_events(reply.pieces, fault.cut_events)), complete=False
        )
    if fault.cut_bytes is not None:
        return replace(
            reply, headers=headers, pieces=tuple(_first_bytes(reply.pieces, fault.cut_bytes)), complete=False
        )
    return reply


def framed(reply: Reply, accepted: str) -> tuple[Reply, bool]:
    """Return the reply with headers that match the sent bytes, and True if it is sent with chunked framing.

    A recorded content-encoding is applied again if the client accepts it (with a flush after each piece), and omitted
    otherwise. `accepted` is the request's accept-encoding.
    """
    headers = list(reply.headers)
    pieces = reply.pieces
    if reply.encoding and (reply.pieces or reply.complete):
        if _acceptable(reply.encoding, accepted):
            pieces = tuple(_encoded(reply.pieces, reply.encoding, complete=reply.complete))
        else:
            headers = [line for line in headers if line[0].lower() != "content-encoding"]
    chunked = any(name.lower() == "transfer-encoding" for name, _ in headers)
    if chunked:
        headers = [line for line in headers if line[0].lower() != "content-length"]
    elif reply.complete and _has_body(reply.status):
        headers = list(_with_length(replace(reply, headers=tuple(headers), pieces=pieces)))
    return replace(reply, headers=tuple(headers), pieces=pieces, encoding=None), chunked


def _with_length(reply: Reply) -> tuple[tuple[str, str], ...]:
    """Return the header lines with the length of the whole body, so that clients notice a truncated body."""
    size = str(sum(len(piece.data) for piece in reply.pieces))
    return tuple((name, size if name.lower() == "content-length" else value) for name, value in reply.headers)


def _has_body(status: int) -> bool:
    return status >= 200 and status not in (204, 304)


def _plain(response: Response, message: object) -> Reply:
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    headers = (
        (name, "application/json" if name.lower() == "content-type" else value)
        for name, value in response.headers
        if name.lower() not in (*_LENGTHS, "content-encoding")
    )
    return Reply(response.status, response.reason, (*headers, ("Content-Length", str(len(body)))), (Piece(0, body),))


def _end_us(pieces: tuple[Piece, ...]) -> int:
    return pieces[-1].us if pieces else 0


def _first_bytes(pieces: Iterable[Piece], size: int) -> Iterator[Piece]:
    for us, data in pieces:
        if size <= 0:
            return
        yield Piece(us, data[:size])
        size -= len(data)


def _first_events(pieces: tuple[Piece, ...], count: int) -> Iterator[Piece]:
    """Return the pieces up to the end of `count` events; an event ends with an empty line (LF or CRLF)."""
    content = b"".join(piece.data for piece in pieces)
    end = 0
    for _ in range(count):
        ends = [(place, len(mark)) for mark in (b"\n\n", b"\r\n\r\n") if (place := content.find(mark, end)) >= 0]
        if not ends:
            end = len(content)
            break
        place, size = min(ends)
        end = place + size
    return _first_bytes(pieces, end)


def _acceptable(encoding: str, accepted: str) -> bool:
    names = {part.partition(";")[0].strip().lower() for part in accepted.split(",")}
    encodings = [name.strip().lower() for name in encoding.split(",")]
    return len(encodings) == 1 and encodings[0] in _ENCODERS and (encodings[0] in names or "*" in names)


def _encoded(pieces: tuple[Piece, ...], encoding: str, *, complete: bool) -> Iterator[Piece]:
    feed, finish = _ENCODERS[encoding.strip().lower()]()
    encoded = [Piece(us, feed(data)) for us, data in pieces]
    if complete:
        rest = finish()
        encoded = [*encoded[:-1], Piece(encoded[-1].us, encoded[-1].data + rest)] if encoded else [Piece(0, rest)]
    yield from encoded


_Encoder = tuple[Callable[[bytes], bytes], Callable[[], bytes]]


def _zlib(window: int) -> _Encoder:
    state = zlib.compressobj(6, zlib.DEFLATED, window)
    return lambda data: state.compress(data) + state.flush(zlib.Z_SYNC_FLUSH), state.flush


def _brotli() -> _Encoder:
    state = brotli.Compressor(quality=4)
    return lambda data: bytes(state.process(data) + state.flush()), lambda: bytes(state.finish())


def _zstd() -> _Encoder:
    state = zstd.ZstdCompressor()
    return lambda data: state.compress(data, state.FLUSH_BLOCK), state.flush


_ENCODERS: dict[str, Callable[[], _Encoder]] = {
    "gzip": lambda: _zlib(zlib.MAX_WBITS | 16),
    "deflate": lambda: _zlib(zlib.MAX_WBITS),
    "br": _brotli,
    "zstd": _zstd,
}
