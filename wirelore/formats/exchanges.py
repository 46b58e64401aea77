"""Conversion of drafts to exchanges in memory, for programs that read a recording without importing it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from wirelore.formats.draft import Draft
from wirelore.model.encodings import Decoder, Undecodable
from wirelore.model.exchange import Body, Chunk, Exchange, Message
from wirelore.model.routes import Routes, packaged

Side = TypeVar("Side", bound=Message)


def exchange_of(draft: Draft, routes: Routes | None = None) -> Exchange:
    """Return the exchange of a draft with its bodies, decoded from their content-encoding, not redacted.

    The routes name the operation; the default is the packaged table. A body that cannot be decoded contains the bytes
    as sent, with the reason in `Body.undecoded`.
    """
    table = routes or packaged()
    exchange = draft.exchange
    request = _with_body(exchange.request, draft.request_body, decode="request" in draft.encoded)
    response = exchange.response
    if response is not None:
        response = _with_body(response, draft.response_body, decode="response" in draft.encoded)
    operation, known = table.operation(request.method, request.path)
    return replace(exchange, request=request, response=response, operation=operation, known=known)


def _with_body(message: Side, pieces: Iterable[tuple[int, bytes]], *, decode: bool) -> Side:
    received = list(pieces)
    names = ", ".join(message.headers.all("content-encoding")) if decode else ""
    try:
        chunks = list(_decoded(received, names)) if names else received
        problem = None
    except Undecodable as fault:
        chunks, problem = received, str(fault)
    content = b"".join(data for _, data in chunks)
    table, offset = [], 0
    for us, data in chunks:
        table.append(Chunk(offset, len(data), us))
        offset += len(data)
    wire = sum(len(data) for _, data in received)
    body = replace(Body.from_bytes(content, table), wire_size=wire, encoding=names or None, undecoded=problem)
    return replace(message, body=body)


def _decoded(pieces: Iterable[tuple[int, bytes]], names: str) -> Iterator[tuple[int, bytes]]:
    """Yield decoded bytes with the arrival time of the last encoded bytes that they came from."""
    decoder, us = Decoder(names), 0
    for us, data in pieces:
        if decoded := decoder.feed(data):
            yield us, decoded
    if rest := decoder.finish():
        yield us, rest
