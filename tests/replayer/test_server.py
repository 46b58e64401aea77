"""The replay server, over real sockets."""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from wirelore.model.exchange import Body, Chunk, End, Exchange, Headers, Request, Response
from wirelore.model.routes import packaged
from wirelore.recorder.certificates import Authority, authority
from wirelore.replayer.faults import fault
from wirelore.replayer.matching import RequestFeatures
from wirelore.replayer.server import ReplayServer

HOST = "api.anthropic.com"
EVENTS: list[dict[str, Any]] = [
    {"type": "message_start", "message": {"id": "msg_1", "content": [], "usage": {}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "good day"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_stop"},
]
PIECES = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in EVENTS]
STREAM = (("Content-Type", "text/event-stream; charset=utf-8"), ("Transfer-Encoding", "chunked"))


def _body(pieces: Iterable[bytes], pace: int = 0, encoding: str | None = None) -> Body:
    chunks, content = [], b""
    for number, piece in enumerate(pieces):
        chunks.append(Chunk(len(content), len(piece), number * pace))
        content += piece
    plain = Body.from_bytes(content, chunks)
    return Body(plain.size, "", plain.size, encoding, None, plain.chunks, plain.opener)


def _exchange(
    answer: Any = None,
    *,
    path: str = "/v1/messages",
    method: str = "POST",
    asked: Any = None,
    host: str = HOST,
    status: int = 200,
    headers: Iterable[tuple[str, str]] = (("Content-Type", "application/json"), ("content-LENGTH", "0")),
    body: Body | None = None,
    cause: str = "complete",
) -> Exchange:
    request = Request(body=Body.from_bytes(json.dumps(asked or {}).encode()), method=method, host=host, target=path)
    content = body or Body.from_bytes(json.dumps(answer).encode())
    response = Response(Headers(tuple(headers)), content, status=status, reason="Fine")
    return Exchange("x/y", 1, 0, request, response, End(cause), "")


def _stream(pieces: Iterable[bytes] = PIECES, cause: str = "complete", pace: int = 0) -> Exchange:
    return _exchange(asked={"stream": True}, headers=STREAM, body=_body(pieces, pace), cause=cause)


def _ask(
    standin: ReplayServer, asked: Any = None, path: str = "/v1/messages", method: str = "POST", **headers: str
) -> tuple[int, bytes, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection("127.0.0.1", standin.port, timeout=10)
    try:
        connection.request(method, path, json.dumps(asked or {}), {"Host": HOST, "Accept-Encoding": "*", **headers})
        response = connection.getresponse()
        return response.status, response.read(), response
    finally:
        connection.close()


def _raw(standin: ReplayServer, request: bytes) -> bytes:
    """Send the bytes of a request, and return all bytes that the server sends until it closes the connection."""
    with socket.create_connection(("127.0.0.1", standin.port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def test_the_port_is_below_the_ephemeral_ports() -> None:
    with ReplayServer([]) as standin:
        assert 20_000 <= standin.port < 32_768
        assert standin.address == f"127.0.0.1:{standin.port}"


def test_the_nth_request_gets_the_nth_answer_and_the_last_repeats() -> None:
    with ReplayServer([_exchange(number) for number in (1, 2)]) as standin:
        assert [_ask(standin)[1] for _ in range(4)] == [b"1", b"2", b"2", b"2"]


def test_an_answer_that_matches_the_content_precedes_the_order() -> None:
    talk = [{"role": "user"}, {"role": "assistant"}, {"role": "user"}]
    answers = [_exchange("one", asked={"messages": talk[:1]}), _exchange("three", asked={"messages": talk})]
    with ReplayServer(answers) as standin:
        assert _ask(standin, {"messages": talk})[1] == b'"three"'
        assert _ask(standin, {"messages": talk[:1]})[1] == b'"one"'


def test_an_operation_is_matched_by_its_template_and_its_host() -> None:
    answers = [
        _exchange("file", path="/v1/files/file_1", method="DELETE"),
        _exchange("here", path="/v1/oauth/token", host="console.anthropic.com"),
        _exchange("there", path="/v1/oauth/token", host="other.test"),
    ]
    with ReplayServer(answers) as standin:
        assert _ask(standin, path="/v1/files/file_2", method="DELETE")[1] == b'"file"'
        assert _ask(standin, path="/v1/oauth/token", Host="other.test:443")[1] == b'"there"'
        assert _ask(standin, path="http://console.anthropic.com/v1/oauth/token")[1] == b'"here"'


def test_an_address_in_the_query_is_not_the_address_of_the_request() -> None:
    answers = [
        _exchange("here", path="/oauth/authorize", method="GET", host="console.anthropic.com"),
        _exchange("there", path="/oauth/authorize", method="GET", host="other.test"),
    ]
    with ReplayServer(answers) as standin:
        path = "/oauth/authorize?redirect_uri=http://console.anthropic.com/callback"
        assert _ask(standin, path=path, method="GET", Host="other.test")[1] == b'"there"'


def test_an_unrecorded_operation_gets_a_404_in_the_error_form_of_the_service() -> None:
    with ReplayServer([]) as standin:
        status, body, _ = _ask(standin, path="/v1/nothing", method="GET")
    assert status == 404
    assert json.loads(body) == {
        "type": "error",
        "error": {"type": "not_found_error", "message": "GET /v1/nothing: not in the capture"},
    }


def test_the_first_event_does_not_wait_for_the_last() -> None:
    with ReplayServer([_stream([PIECES[0], PIECES[4]], pace=3_600_000_000)]) as standin:
        connection = http.client.HTTPConnection("127.0.0.1", standin.port, timeout=10)
        connection.request("POST", "/v1/messages", '{"stream": true}')
        assert connection.getresponse().read1(1 << 16) == PIECES[0]
        connection.close()


@pytest.fixture(scope="module")
def tls_files(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder: Path = tmp_path_factory.mktemp("tls")
    folder.chmod(0o700)
    return authority(folder, [HOST])


def test_one_port_speaks_plain_and_tls(tls_files: Authority) -> None:
    with ReplayServer([_exchange(1), _exchange(2)], tls=tls_files.context()) as standin:
        assert _ask(standin)[1] == b"1"
        with (
            socket.create_connection(("127.0.0.1", standin.port), timeout=10) as plain,
            ssl.create_default_context(cafile=tls_files.ca).wrap_socket(plain, server_hostname=HOST) as secure,
        ):
            secure.sendall(b"POST /v1/messages HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
            reply = b"".join(iter(lambda: secure.recv(1 << 16), b""))
    assert reply.endswith(b"\r\n\r\n2")
    assert [request.tls for request in standin.seen] == [False, True]


def test_a_large_answer_and_a_large_request_pass_whole_over_tls(tls_files: Authority) -> None:
    large = "x" * 3_000_000
    with ReplayServer([_exchange(large)], tls=tls_files.context()) as standin:
        client = ssl.create_default_context(cafile=tls_files.ca)
        connection = http.client.HTTPSConnection("localhost", standin.port, timeout=20, context=client)
        connection.request("POST", "/v1/messages", large)
        assert json.loads(connection.getresponse().read()) == large
        connection.close()
    assert len(standin.seen[0].body) == len(large)


class _Echo:
    """Answers with the request body; only a repeated request may get a fault."""

    def __init__(self) -> None:
        self.routes = packaged()
        self._bodies = set[bytes]()

    def answer(self, features: RequestFeatures) -> Exchange | None:
        return _exchange(json.loads(features.body)) if features.body != b"{}" else None

    def may_fail(self, features: RequestFeatures) -> bool:
        again = features.body in self._bodies
        self._bodies.add(features.body)
        return again


def test_an_answer_source_makes_answers_and_exempts_requests_from_faults() -> None:
    with ReplayServer(_Echo(), faults=[fault("POST /v1/messages=529")]) as standin:
        answered = [_ask(standin, asked)[:2] for asked in ({"a": 1}, {}, {"a": 1}, {"a": 1})]
    assert [status for status, _ in answered] == [200, 404, 529, 200]
    assert answered[0][1] == answered[3][1] == b'{"a": 1}'


def test_a_fault_does_not_use_up_the_recorded_answer() -> None:
    with ReplayServer([_exchange(1), _exchange(2)], faults=[fault("500")]) as standin:
        assert [_ask(standin)[:2] for _ in range(3)][1:] == [(200, b"1"), (200, b"2")]


def test_an_injected_delay_precedes_the_answer() -> None:
    with ReplayServer([_exchange(1)], faults=[fault("delay=0.2")]) as standin:
        began = time.monotonic()
        assert _ask(standin)[1] == b"1"
    assert time.monotonic() - began >= 0.2


def test_a_recorded_failure_of_the_server_is_replayed_as_a_closed_connection() -> None:
    silent = _exchange(1)
    request, end = silent.request, End("upstream-cut")
    with ReplayServer([Exchange("x/y", 1, 0, request, None, end, "")]) as standin:
        assert _raw(standin, b"POST /v1/messages HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}") == b""
