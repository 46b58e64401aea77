"""Documents: the JSON files of a capture in their form, whoever wrote them (docs/capture-format.md).

What has the form can be used without looking again: names are those of the folders, times can be written as dates,
text is UTF-8 and that of headers Latin-1, chunks lie within their body.
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
    """Raises ValueError if a document has not the form of a manifest."""
    manifest = msgspec.convert(document, _Manifest)
    if lacking := {"recorded", "aborted"} - set(manifest.completeness):
        raise ValueError(f"completeness lacks {', '.join(sorted(lacking))}")


def check_line(document: Any) -> None:
    """Raises ValueError if a document has not the form of an index line."""
    msgspec.convert(document, _Line)


def check_exchange(document: Any, name: str) -> None:
    """Raises ValueError if a document has not the form of the exchange in the folder of this name."""
    exchange = msgspec.convert(document, _Exchange)
    if exchange.id != name or exchange.category != name.partition("/")[0]:
        raise ValueError("another exchange's id or category")
    sent, got, end = exchange.request, exchange.response, exchange.end
    texts = [sent.method, sent.scheme, sent.host, sent.target, got.reason if got else "", end.cause, end.message]
    _check_text([*texts, exchange.origin, exchange.source, *exchange.tags, *exchange.absent], "UTF-8")
    for message in filter(None, (sent, got)):
        _check_text(chain.from_iterable(message.headers + message.trailers), "Latin-1")
        if message.body:
            _check_chunks(message.body)


def _check_text(texts: Iterable[str], encoding: str) -> None:
    try:
        "".join(texts).encode(encoding)
    except UnicodeEncodeError:
        raise ValueError(f"a text that {encoding} cannot say") from None


def _check_chunks(body: _Body) -> None:
    if any(offset + size > body.size for offset, size, _ in body.chunks):
        raise ValueError(f"a chunk beyond the body's {body.size} bytes")
