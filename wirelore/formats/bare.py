"""Bare bodies: a single event stream or JSON document, without any other part of its exchange."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from wirelore.formats import source
from wirelore.formats.draft import Draft, EntryError, Problem, exchange, single_piece
from wirelore.model import codec, sse
from wirelore.model.exchange import End, Headers, Request, Response
from wirelore.model.routes import Routes

_ABSENT = ("request", "request-headers", "response-headers", "start", "times", "connection", "end")


def read_sse(stream: BinaryIO, name: str, routes: Routes) -> Iterator[Draft | Problem]:
    """Yield the exchange of an event stream."""
    try:
        content = source.content(stream, source.ENTRY_LIMIT)
    except EntryError as fault:
        yield Problem(name, "", str(fault), fault.expected)
        return
    first = next(iter(sse.decode([content])), None)
    if first is None:
        yield Problem(name, "", "no event", "expected an event stream (event: and data: lines)")
        return
    entry = next((entry for entry in routes.bare if entry.get("event") == first.name), None)
    yield _draft("sse", name, entry, "text/event-stream", 200, content)


def read_json(stream: BinaryIO, name: str, routes: Routes) -> Iterator[Draft | Problem]:
    """Yield the exchange of a JSON document."""
    try:
        content = source.content(stream)
    except EntryError as fault:
        yield Problem(name, "", str(fault), fault.expected)
        return
    document = codec.document(content)
    if document.problem:
        yield Problem(name, "", f"not JSON ({document.problem})", "expected one JSON document")
        return
    failed = isinstance(document.value, dict) and document.value.get("type") == routes.error_event
    entry = _matching_entry(document.value, routes)
    yield _draft("json", name, entry, "application/json", 400 if failed else 200, content)


def recognised(path: Path, routes: Routes) -> bool:
    """Return True if the route table recognizes the JSON document. Raises OSError, and EntryError if too large."""
    with source.opened(path) as stream:
        return _matching_entry(codec.document(source.content(stream)).value, routes) is not None


def _matching_entry(value: Any, routes: Routes) -> Mapping[str, Any] | None:
    if not isinstance(value, dict):
        return None
    return next((entry for entry in routes.bare if "member" in entry and _has(value, entry["member"])), None)


def _has(value: Mapping[str, Any], members: Mapping[str, Any]) -> bool:
    return all(name in value and value[name] == expected for name, expected in members.items())


def _draft(
    origin: str, name: str, entry: Mapping[str, Any] | None, media_type: str, status: int, content: bytes
) -> Draft:
    operation = entry["operation"] if entry else {"method": "POST", "host": "", "path": "/"}
    request = Request(method=operation["method"], host=operation["host"], target=operation["path"], http_version="")
    response = Response(status=status, headers=Headers((("content-type", media_type),)), http_version="")
    absent = (*_ABSENT, "status")
    return Draft(
        exchange(origin, f"{name}#1", request, response, started_us=None, end=End("imported"), absent=absent),
        response_body=single_piece(content),
    )
