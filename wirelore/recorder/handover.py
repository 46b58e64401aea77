"""The hand-over: the frames in which the proxy process tells the recorder process what passes.

A frame is a head (kind, exchange number, microseconds, payload size; little endian) with its payload: bytes as they
passed for a body, MessagePack for everything else. Both ends are of the same installation; the form is not kept.
"""

import struct
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from wirelore.model.exchange import End, Headers, Request, Response

HEAD = struct.Struct("<BIqI")
BEGIN, REQUEST_BODY, RESPONSE_HEAD, RESPONSE_BODY, REQUEST_TRAILERS, RESPONSE_TRAILERS, NOTE, END, COUNT, CLOSE = range(
    10
)
"""The kinds. NOTE adds members to exchange.json; COUNT adds to the manifest; CLOSE is the proxy's goodbye."""

_Lines = tuple[tuple[str, str], ...]
_encode = msgspec.msgpack.Encoder().encode
_begin = msgspec.msgpack.Decoder(tuple[int, str, str, str, int, str, str, _Lines, dict[str, Any]]).decode
_response = msgspec.msgpack.Decoder(tuple[int, str, str, _Lines]).decode
_lines = msgspec.msgpack.Decoder(_Lines).decode
_end = msgspec.msgpack.Decoder(tuple[str, str]).decode
_members = msgspec.msgpack.Decoder(dict[str, Any]).decode


class Frame(NamedTuple):
    """One frame as read: its kind, the exchange's number, microseconds since the request's first byte, the payload."""

    kind: int
    exchange: int
    us: int
    payload: bytes


class Reader:
    """Frames out of bytes that come in any pieces, in time linear in their number."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, block: bytes) -> Iterator[Frame]:
        """The frames that the block completes; exhaust them before feeding the next block."""
        self._rest += block
        at = 0
        while len(self._rest) - at >= HEAD.size:
            kind, exchange, us, size = HEAD.unpack_from(self._rest, at)
            start = at + HEAD.size
            if len(self._rest) < start + size:
                break
            at = start + size
            yield Frame(kind, exchange, us, bytes(memoryview(self._rest)[start:at]))
        del self._rest[:at]

    @property
    def cut(self) -> bool:
        """Whether the bytes so far end within a frame."""
        return bool(self._rest)


def packed(kind: int, exchange: int, us: int, payload: bytes = b"") -> bytes:
    """One frame as bytes."""
    return HEAD.pack(kind, exchange, us, len(payload)) + payload


def packed_request(started_us: int, request: Request, connection: Mapping[str, Any]) -> bytes:
    """The payload of BEGIN: Unix microseconds, the request's head, the connection."""
    return _encode(
        (
            started_us,
            request.method,
            request.scheme,
            request.host,
            request.port,
            request.target,
            request.http_version,
            request.headers.lines,
            dict(connection),
        )
    )


def request(payload: bytes) -> tuple[int, Request, dict[str, Any]]:
    """What packed_request packed."""
    started_us, method, scheme, host, port, target, version, lines, connection = _begin(payload)
    head = Request(
        Headers(lines), http_version=version, method=method, scheme=scheme, host=host, port=port, target=target
    )
    return started_us, head, connection


def packed_response(response: Response) -> bytes:
    """The payload of RESPONSE_HEAD."""
    return _encode((response.status, response.reason, response.http_version, response.headers.lines))


def response(payload: bytes) -> Response:
    """What packed_response packed."""
    status, reason, version, lines = _response(payload)
    return Response(Headers(lines), http_version=version, status=status, reason=reason)


def packed_headers(headers: Headers) -> bytes:
    """The payload of REQUEST_TRAILERS and RESPONSE_TRAILERS."""
    return _encode(headers.lines)


def headers(payload: bytes) -> Headers:
    """What packed_headers packed."""
    return Headers(_lines(payload))


def packed_end(cause: str, message: str) -> bytes:
    """The payload of END: a key of CAUSES, and the proxy's own words."""
    return _encode((cause, message))


def end(us: int, payload: bytes) -> End:
    """What packed_end packed, with the frame's time."""
    cause, message = _end(payload)
    return End(cause, us, message)


def packed_members(members: Mapping[str, Any]) -> bytes:
    """The payload of NOTE and COUNT."""
    return _encode(dict(members))


def members(payload: bytes) -> dict[str, Any]:
    """What packed_members packed."""
    return _members(payload)
