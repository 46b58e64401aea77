"""Replies: the bytes that go on the wire for a recorded answer, true in length and encoding, with their times."""

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
    """Bytes that leave together, so many microseconds after the request's first byte."""

    us: int
    data: bytes


@dataclass(frozen=True)
class Reply:
    """An answer ready to be sent."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    pieces: tuple[Piece, ...] = ()
    trailers: tuple[tuple[str, str], ...] = ()
    encoding: str | None = None
    """The content-encoding to be applied to the pieces."""
    event_stream: bool = False
    whole: bool = True
    """False: the connection is closed when the pieces are sent, without the end that HTTP asks for."""


def recorded(exchange: Exchange, response: Response, *, streaming: bool) -> Reply:
    """The reply that a recorded response makes; assembled to plain JSON if it streams and none was asked for."""
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
        exchange.end.whole,
    )


def error(status: int, kind: str, message: str, *extra: tuple[str, str]) -> Reply:
    """An error in the service's form."""
    body = error_body(kind, message)
    headers = (("Content-Type", error_content_type()), ("Content-Length", str(len(body))), *extra)
    return Reply(status, "", headers, (Piece(0, body),))


def faulty(reply: Reply, fault: Fault) -> Reply:
    """The reply with a fault in it; a status takes its place. An error among events befalls event streams alone."""
    kind = fault.error_type or error_type(fault.status or 529)
    message = "fault on request"
    if fault.status is not None:
        extra = (("Retry-After", fault.retry_after),) if fault.retry_after else ()
        return error(fault.status, kind, message, *extra)
    if fault.error_after is not None:
        if reply.pieces and not reply.event_stream:
            return reply  # an answer without events has no place for one
        pieces = (*_events(reply.pieces, fault.error_after), Piece(_last(reply.pieces), error_event(kind, message)))
        return replace(reply, pieces=pieces)
    headers = _lengthened(reply)
    if fault.cut_events is not None:
        return replace(reply, headers=headers, pieces=tuple(_events(reply.pieces, fault.cut_events)), whole=False)
    if fault.cut_bytes is not None:
        return replace(reply, headers=headers, pieces=tuple(_first(reply.pieces, fault.cut_bytes)), whole=False)
    return reply


def framed(reply: Reply, accepted: str) -> tuple[Reply, bool]:
    """The reply with headers that are true for what is sent, and whether it is sent in HTTP's chunks.

    A recorded content-encoding is applied anew where the client accepts it (one flush for each piece), and left out
    where it does not. `accepted` is the request's accept-encoding.
    """
    headers = list(reply.headers)
    pieces = reply.pieces
    if reply.encoding and (reply.pieces or reply.whole):
        if _acceptable(reply.encoding, accepted):
            pieces = tuple(_encoded(reply.pieces, reply.encoding, whole=reply.whole))
        else:
            headers = [line for line in headers if line[0].lower() != "content-encoding"]
    chunked = any(name.lower() == "transfer-encoding" for name, _ in headers)
    if chunked:
        headers = [line for line in headers if line[0].lower() != "content-length"]
    elif reply.whole and _has_body(reply.status):
        headers = list(_lengthened(replace(reply, headers=tuple(headers), pieces=pieces)))
    return replace(reply, headers=tuple(headers), pieces=pieces, encoding=None), chunked


def _lengthened(reply: Reply) -> tuple[tuple[str, str], ...]:
    """The header lines with the length of the whole body, so that a cut is seen as one."""
    size = str(sum(len(piece.data) for piece in reply.pieces))
    return tuple((name, size if name.lower() == "content-length" else value) for name, value in reply.headers)


def _has_body(status: int) -> bool:
    return status >= 200 and status not in (204, 304)


def _plain(response: Response, message: object) -> Reply:
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    kept = (
        (name, "application/json" if name.lower() == "content-type" else value)
        for name, value in response.headers
        if name.lower() not in (*_LENGTHS, "content-encoding")
    )
    return Reply(response.status, response.reason, (*kept, ("Content-Length", str(len(body)))), (Piece(0, body),))


def _last(pieces: tuple[Piece, ...]) -> int:
    return pieces[-1].us if pieces else 0


def _first(pieces: Iterable[Piece], size: int) -> Iterator[Piece]:
    for us, data in pieces:
        if size <= 0:
            return
        yield Piece(us, data[:size])
        size -= len(data)


def _events(pieces: tuple[Piece, ...], count: int) -> Iterator[Piece]:
    """The pieces up to the end of so many events: an event ends with an empty line (LF or CRLF)."""
    content = b"".join(piece.data for piece in pieces)
    end = 0
    for _ in range(count):
        ends = [(place, len(mark)) for mark in (b"\n\n", b"\r\n\r\n") if (place := content.find(mark, end)) >= 0]
        if not ends:
            end = len(content)
            break
        place, size = min(ends)
        end = place + size
    return _first(pieces, end)


def _acceptable(encoding: str, accepted: str) -> bool:
    names = {part.partition(";")[0].strip().lower() for part in accepted.split(",")}
    wanted = [name.strip().lower() for name in encoding.split(",")]
    return len(wanted) == 1 and wanted[0] in _ENCODERS and (wanted[0] in names or "*" in names)


def _encoded(pieces: tuple[Piece, ...], encoding: str, *, whole: bool) -> Iterator[Piece]:
    feed, finish = _ENCODERS[encoding.strip().lower()]()
    done = [Piece(us, feed(data)) for us, data in pieces]
    if whole:
        rest = finish()
        done = [*done[:-1], Piece(done[-1].us, done[-1].data + rest)] if done else [Piece(0, rest)]
    yield from done


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
