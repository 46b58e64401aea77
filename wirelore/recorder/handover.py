"""The frames that the proxy process sends to the recorder process.

A frame is a head (kind, exchange number, microseconds, payload size; little endian) and a payload: the bytes of a body
as they were received, MessagePack for all other kinds. Both processes run the same version; frames are never stored.
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
"""The kinds of frame. NOTE adds members to exchange.json, COUNT adds to the manifest, CLOSE announces a regular end."""

_Lines = tuple[tuple[str, str], ...]
_encode = msgspec.msgpack.Encoder().encode
_begin = msgspec.msgpack.Decoder(tuple[int, str, str, str, int, str, str, _Lines, dict[str, Any]]).decode
_response = msgspec.msgpack.Decoder(tuple[int, str, str, _Lines]).decode
_lines = msgspec.msgpack.Decoder(_Lines).decode
_end = msgspec.msgpack.Decoder(tuple[str, str]).decode
_members = msgspec.msgpack.Decoder(dict[str, Any]).decode


class Frame(NamedTuple):
    """One frame: its kind, the exchange's number, microseconds since the request's first byte, the payload."""

    kind: int
    exchange: int
    us: int
    payload: bytes


class Reader:
    """An incremental parser of frames, linear in the number of bytes."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, block: bytes) -> Iterator[Frame]:
        """Yield the frames that the block completes. Exhaust the iterator before feeding the next block."""
        self._rest += block
        offset = 0
        while len(self._rest) - offset >= HEAD.size:
            kind, exchange, us, size = HEAD.unpack_from(self._rest, offset)
            start = offset + HEAD.size
            if len(self._rest) < start + size:
                break
            offset = start + size
            yield Frame(kind, exchange, us, bytes(memoryview(self._rest)[start:offset]))
        del self._rest[:offset]

    @property
    def truncated(self) -> bool:
        """True if the bytes so far end within a frame."""
        return bool(self._rest)


def packed(kind: int, exchange: int, us: int, payload: bytes = b"") -> bytes:
    """Return a frame as bytes."""
    return HEAD.pack(kind, exchange, us, len(payload)) + payload


def packed_request(started_us: int, request: Request, connection: Mapping[str, Any]) -> bytes:
    """Return the payload of BEGIN: Unix microseconds, the request's head, the connection."""
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
    """Decode the payload of packed_request."""
    started_us, method, scheme, host, port, target, version, lines, connection = _begin(payload)
    head = Request(
        Headers(lines), http_version=version, method=method, scheme=scheme, host=host, port=port, target=target
    )
    return started_us, head, connection


def packed_response(response: Response) -> bytes:
    """Return the payload of RESPONSE_HEAD."""
    return _encode((response.status, response.reason, response.http_version, response.headers.lines))


def response(payload: bytes) -> Response:
    """Decode the payload of packed_response."""
    status, reason, version, lines = _response(payload)
    return Response(Headers(lines), http_version=version, status=status, reason=reason)


def packed_headers(headers: Headers) -> bytes:
    """Return the payload of REQUEST_TRAILERS or RESPONSE_TRAILERS."""
    return _encode(headers.lines)


def headers(payload: bytes) -> Headers:
    """Decode the payload of packed_headers."""
    return Headers(_lines(payload))


def packed_end(cause: str, message: str) -> bytes:
    """Return the payload of END: a key of CAUSES and mitmproxy's message."""
    return _encode((cause, message))


def end(us: int, payload: bytes) -> End:
    """Decode the payload of packed_end and add the frame's time."""
    cause, message = _end(payload)
    return End(cause, us, message)


def packed_members(members: Mapping[str, Any]) -> bytes:
    """Return the payload of NOTE or COUNT."""
    return _encode(dict(members))


def members(payload: bytes) -> dict[str, Any]:
    """Decode the payload of packed_members."""
    return _members(payload)
