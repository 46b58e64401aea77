"""Drafts as exchanges in memory: bodies are decoded, and keep the times of their chunks."""

import gzip
import zlib
from dataclasses import replace

from tests.exchanges import exchange
from tests.model.test_routes import TABLE
from wirelore.formats.draft import Draft
from wirelore.formats.exchanges import exchange_of
from wirelore.model.exchange import Chunk
from wirelore.model.routes import Routes

GZIP = [("content-type", "text/plain"), ("content-encoding", "gzip")]


def test_bodies_are_those_of_the_pieces_with_their_times() -> None:
    draft = Draft(exchange(), [(1, b"ab"), (2, b"c")], [(3, b"de")])
    result = exchange_of(draft)
    assert (result.request.body.read(), result.request.body.chunks) == (b"abc", (Chunk(0, 2, 1), Chunk(2, 1, 2)))
    assert result.response is not None
    assert (result.response.body.read(), result.response.body.chunks) == (b"de", (Chunk(0, 2, 3),))
    assert (result.operation, result.known) == ("POST /v1/messages", True)


def test_the_routes_name_the_operation() -> None:
    draft = Draft(exchange(operation="GET /v1/files/file_1"))
    result = exchange_of(draft, Routes(TABLE))
    assert (result.operation, result.known) == ("GET /v1/files/{file_id}", True)


def test_an_encoded_body_is_decoded_and_chunks_have_the_time_of_their_last_bytes() -> None:
    packer = zlib.compressobj(wbits=31)
    first = packer.compress(b"first") + packer.flush(zlib.Z_SYNC_FLUSH)
    rest = packer.compress(b"rest") + packer.flush()
    pieces = [(1, first[:5]), (2, first[5:]), (3, rest)]
    result = exchange_of(Draft(exchange(answer_headers=GZIP), response_body=pieces, encoded={"response"}))
    assert result.response is not None
    body = result.response.body
    assert (body.read(), body.chunks) == (b"firstrest", (Chunk(0, 5, 2), Chunk(5, 4, 3)))
    assert (body.encoding, body.wire_size, body.undecoded) == ("gzip", len(first) + len(rest), None)


def test_a_side_that_is_decoded_already_stays_as_it_is() -> None:
    result = exchange_of(Draft(exchange(answer_headers=GZIP), response_body=[(1, b"plain")], encoded={"request"}))
    assert result.response is not None
    assert (result.response.body.read(), result.response.body.encoding) == (b"plain", None)


def test_a_body_that_cannot_be_decoded_has_the_bytes_as_sent_and_the_reason() -> None:
    damaged = gzip.compress(b"words")[:-9] + b"????"
    result = exchange_of(Draft(exchange(answer_headers=GZIP), response_body=[(1, damaged)], encoded={"response"}))
    assert result.response is not None
    assert (result.response.body.read(), result.response.body.encoding) == (damaged, "gzip")
    assert result.response.body.undecoded


def test_without_a_response_there_is_none() -> None:
    draft = Draft(exchange(status=None))
    assert exchange_of(replace(draft, request_body=[(0, b"a")])).response is None
