"""Validation of a capture's JSON documents, which may come from a stranger (docs/capture-format.md).

A valid document can be used without further checks: names are those of the folders, times can be written as dates, text
is UTF-8 and that of headers Latin-1, chunks lie within their body.
"""

from collections.abc import Iterable
from itertools import chain
from typing import Annotated, Any

import msgspec

_Size = Annotated[int, msgspec.Meta(ge=0, le=1 << 62)]
_Us = Annotated[int, msgspec.Meta(ge=-(1 << 62), le=1 << 62)]
_Unix = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799_999_999)]
_Status = Annotated[int, msgspec.Meta(ge=0, le=999_999)]
_Port = Annotated[int, msgspec.Meta(ge=0, le=999_999)]
_Lines = list[tuple[str, str]]
_Counts = dict[str, _Size]


class _Body(msgspec.Struct):
    size: _Size
    sha256: str
    wire_size: _Size
    encoding: str | None
    undecoded: str | None
    chunks: list[tuple[_Size, _Size, _Us]]


class _Message(msgspec.Struct):
    http_version: str
    headers: _Lines
    trailers: _Lines
    body: _Body | None


class _Request(_Message):
    method: str
    scheme: str
    host: str
    port: _Port
    target: str


class _Response(_Message):
    status: _Status
    reason: str
    head_us: _Us | None = None


class _End(msgspec.Struct):
    cause: str
    us: _Us
    message: str


class _Exchange(msgspec.Struct):
    format: int
    id: str
    sequence: _Size
    started_us: _Unix
    started: str
    category: str
    tags: list[str]
    origin: str
    source: str
    absent: list[str]
    connection: dict[str, str | None]
    request: _Request
    response: _Response | None
    end: _End
    facts: dict[str, Any]
    redactions: _Counts


class _Line(msgspec.Struct):
    id: str
    sequence: _Size


class _Manifest(msgspec.Struct):
    completeness: _Counts
    status: str
    clients: list[str]
    started: str | None
    ended: str | None
    ends: _Counts
    options: dict[str, Any]


def check_manifest(document: Any) -> None:
    """Raise ValueError if a document is not a valid manifest."""
    manifest = msgspec.convert(document, _Manifest)
    if missing := {"recorded", "aborted"} - set(manifest.completeness):
        raise ValueError(f"completeness: missing {', '.join(sorted(missing))}")


def check_line(document: Any) -> None:
    """Raise ValueError if a document is not a valid index line."""
    msgspec.convert(document, _Line)


def check_exchange(document: Any, name: str) -> None:
    """Raise ValueError if a document is not a valid exchange.json for the folder of this name."""
    exchange = msgspec.convert(document, _Exchange)
    if exchange.id != name or exchange.category != name.partition("/")[0]:
        raise ValueError("id or category of another exchange")
    request, response, end = exchange.request, exchange.response, exchange.end
    texts = [
        request.method,
        request.scheme,
        request.host,
        request.target,
        response.reason if response else "",
        end.cause,
        end.message,
    ]
    _check_text([*texts, exchange.origin, exchange.source, *exchange.tags, *exchange.absent], "UTF-8")
    for message in filter(None, (request, response)):
        _check_text(chain.from_iterable(message.headers + message.trailers), "Latin-1")
        if message.body:
            _check_chunks(message.body)


def _check_text(texts: Iterable[str], encoding: str) -> None:
    try:
        "".join(texts).encode(encoding)
    except UnicodeEncodeError:
        raise ValueError(f"a string that cannot be encoded as {encoding}") from None


def _check_chunks(body: _Body) -> None:
    if any(offset + size > body.size for offset, size, _ in body.chunks):
        raise ValueError(f"a chunk beyond the body's {body.size} bytes")
