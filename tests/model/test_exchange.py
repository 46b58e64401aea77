"""The exchange and its parts."""

import pytest

from tests.exchanges import event, exchange
from wirelore.model.exchange import CAUSES, COMPLETE, Body, Chunk, Headers, Request, Response


def test_headers_are_found_without_case_in_the_order_sent() -> None:
    headers = Headers((("X-One", "a"), ("x-two", "b"), ("x-one", "c")))
    assert (headers.all("x-ONE"), headers.first("X-TWO"), headers.first("x-three")) == (["a", "c"], "b", None)
    assert (list(headers), len(headers)) == ([("X-One", "a"), ("x-two", "b"), ("x-one", "c")], 3)


def test_a_body_of_bytes_has_one_chunk_and_can_be_read_repeatedly() -> None:
    body = Body.from_bytes(b"abcde")
    assert (body.size, body.chunks) == (5, (Chunk(0, 5, 0),))
    assert [list(body.blocks(2)), list(body.blocks(2)), body.read()] == [[b"ab", b"cd", b"e"]] * 2 + [b"abcde"]
    assert (Body.from_bytes(b"").chunks, Body().read()) == ((), b"")


@pytest.mark.parametrize(
    ("target", "path", "query", "absolute"),
    [
        ("/v1/messages?beta=true&x&y=a%20b", "/v1/messages", (("beta", "true"), ("x", ""), ("y", "a%20b")), False),
        ("https://api.example/v1/x?a=b#c", "/v1/x", (("a", "b"),), True),
        ("https://api.example", "/", (), True),
        ("https://api.example?a=/b", "/", (("a", "/b"),), True),
        ("/a?u=https://b.example/c", "/a", (("u", "https://b.example/c"),), False),
        ("*", "*", (), False),
    ],
)
def test_path_and_query_are_in_origin_form_whatever_was_sent(
    target: str, path: str, query: tuple[tuple[str, str], ...], absolute: bool
) -> None:
    request = Request(target=target)
    assert (request.path, request.query, request.absolute) == (path, query, absolute)


@pytest.mark.parametrize(
    ("value", "media_type", "is_event_stream"),
    [
        ("Text/Event-Stream; charset=utf-8", "text/event-stream", True),
        ("application/json", "application/json", False),
        ("", None, False),
    ],
)
def test_the_media_type_has_neither_parameters_nor_case(
    value: str, media_type: str | None, is_event_stream: bool
) -> None:
    response = Response(Headers((("content-type", value),)))
    assert (response.media_type, response.is_event_stream) == (media_type, is_event_stream)


def test_events_have_the_times_of_their_chunks_and_the_last_may_be_unfinished() -> None:
    first = event("ping", {})
    body = Body.from_bytes(first + b"data: 1", [Chunk(0, len(first), 5), Chunk(len(first), 7, 9)])
    events = list(Response(body=body).events())
    assert [(event.name, event.us, event.complete) for event in events] == [("ping", 5, True), ("message", 9, False)]


@pytest.mark.parametrize(("end", "whole"), [(cause, cause in (COMPLETE, "imported")) for cause in CAUSES])
def test_an_exchange_is_complete_unless_it_is_known_to_be_cut_short(end: str, whole: bool) -> None:
    assert exchange(end=end).end.is_complete is whole


@pytest.mark.parametrize(
    ("agent", "client"),
    [
        ("claude-cli/2.0.56 (external, cli)", "claude-cli/2.0.56"),
        ("node", "node"),
        ("", ""),
    ],
)
def test_the_client_is_the_first_product_of_its_user_agent(agent: str, client: str) -> None:
    assert exchange(headers=[("User-Agent", agent)]).request.client == client
