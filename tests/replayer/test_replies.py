"""The bytes of a reply: lengths, encodings, truncations and injected faults."""

import gzip
import http.client
import json

import brotli
import pytest

from tests.replayer.test_server import PIECES, STREAM, _ask, _body, _exchange, _raw, _stream
from wirelore.model.encodings import Decoder
from wirelore.model.zstd import zstd
from wirelore.replayer.faults import fault
from wirelore.replayer.server import ReplayServer


def test_an_answer_keeps_status_reason_and_header_lines_and_has_the_correct_length() -> None:
    headers = (("B-second", "2"), ("a-First", "1"), ("Set-Cookie", "x"), ("set-cookie", "y"), ("CONTENT-length", "77"))
    with ReplayServer([_exchange({"a": 1}, headers=headers)]) as standin:
        reply = _raw(
            standin, b"POST /v1/messages HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
        )
    assert reply == (
        b"HTTP/1.1 200 Fine\r\nB-second: 2\r\na-First: 1\r\nSet-Cookie: x\r\nset-cookie: y\r\nCONTENT-length: 8\r\n\r\n"
        b'{"a": 1}'
    )


def test_a_request_without_streaming_gets_the_message_that_the_events_add_up_to() -> None:
    with ReplayServer([_stream()]) as standin:
        status, body, response = _ask(standin, {"stream": False})
        assert (status, response.getheader("content-type")) == (200, "application/json")
        assert json.loads(body)["content"] == [{"type": "text", "text": "good day"}]
        assert _ask(standin, {"stream": True})[1] == b"".join(PIECES)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_a_recorded_encoding_is_applied_again_and_every_piece_can_be_decoded_on_arrival(encoding: str) -> None:
    headers = (*STREAM, ("Content-Encoding", encoding))
    answer = _exchange(asked={"stream": True}, headers=headers, body=_body(PIECES, encoding=encoding))
    with ReplayServer([answer], pace="none") as standin:
        request = (
            b"POST /v1/messages HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"
            b'Connection: close\r\nContent-Length: 15\r\n\r\n{"stream":true}'
        )
        head, _, rest = _raw(standin, request).partition(b"\r\n\r\n")
    assert b"Content-Encoding: " + encoding.encode() in head
    decoder, pieces = Decoder(encoding), []
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        pieces.append(decoder.feed(rest[: int(size, 16)]))
        rest = rest[int(size, 16) + 2 :]
    assert [piece for piece in pieces if piece] == PIECES
    assert decoder.finish() == b""


def test_an_encoding_that_the_client_does_not_accept_is_omitted_with_its_header() -> None:
    answer = _exchange(
        headers=(("Content-Encoding", "br"), ("Content-Length", "1")), body=_body([b'"plain"'], encoding="br")
    )
    with ReplayServer([answer]) as standin:
        _, body, response = _ask(standin, **{"Accept-Encoding": "gzip"})
    assert (body, response.getheader("content-encoding"), response.getheader("content-length")) == (
        b'"plain"',
        None,
        "7",
    )


def test_a_recorded_truncation_is_replayed() -> None:
    with (
        ReplayServer([_stream(PIECES[:2], "upstream-cut")]) as standin,
        pytest.raises(http.client.IncompleteRead) as cut,
    ):
        _ask(standin, {"stream": True})
    assert cut.value.partial == b"".join(PIECES[:2])


def test_an_injected_status_has_the_error_form_and_retry_after_and_precedes_the_recorded_answer() -> None:
    with ReplayServer([_exchange("good")], faults=[fault("POST /v1/messages=529*2,retry-after=1")]) as standin:
        answers = [_ask(standin) for _ in range(3)]
    assert [(status, response.getheader("retry-after")) for status, _, response in answers] == [
        (529, "1"),
        (529, "1"),
        (200, None),
    ]
    assert json.loads(answers[0][1])["error"]["type"] == "overloaded_error"


def test_an_injected_error_event_follows_the_given_number_of_events() -> None:
    with ReplayServer([_stream()], faults=[fault("error-after=2")]) as standin:
        status, body, _ = _ask(standin, {"stream": True})
    assert status == 200
    assert body.startswith(PIECES[0] + PIECES[1] + b"event: error\ndata: ")
    assert json.loads(body.rpartition(b"data: ")[2])["error"]["type"] == "overloaded_error"


@pytest.mark.parametrize(
    ("text", "received"),
    [("cut-events=1", PIECES[0]), ("cut-bytes=10", PIECES[0][:10]), ("cut-bytes=0", b"")],
    ids=["one event", "ten bytes", "nothing"],
)
def test_an_injected_cut_closes_the_connection(text: str, received: bytes) -> None:
    with ReplayServer([_stream()], faults=[fault(text)]) as standin, pytest.raises(http.client.IncompleteRead) as cut:
        _ask(standin, {"stream": True})
    assert cut.value.partial == received


def test_an_injected_cut_of_a_body_with_a_length_is_noticed() -> None:
    faults = [fault("cut-bytes=4")]
    with (
        ReplayServer([_exchange("a longer text")], faults=faults) as standin,
        pytest.raises(http.client.IncompleteRead) as cut,
    ):
        _ask(standin)
    assert cut.value.partial == b'"a l'


def test_an_injected_error_event_does_not_change_an_answer_without_events() -> None:
    with ReplayServer([_stream()], faults=[fault("error-after=2*2")]) as standin:
        streamed, plain = (_ask(standin, asked)[1] for asked in ({"stream": True}, {"stream": False}))
    assert b"event: error" in streamed
    assert json.loads(plain)["content"] == [{"type": "text", "text": "good day"}]


def test_other_decoders_read_the_encoded_bodies() -> None:
    decoders = {
        "gzip": gzip.decompress,
        "br": brotli.decompress,
        "zstd": lambda data: zstd.ZstdDecompressor().decompress(data),
    }
    for encoding, decoded in decoders.items():
        answer = _exchange(
            headers=(("Content-Encoding", encoding), ("Content-Length", "0")), body=_body([b'"x"'], 0, encoding)
        )
        with ReplayServer([answer]) as standin:
            assert decoded(_ask(standin)[1]) == b'"x"'
