"""A connection to the replay server: requests one after the other, and what is not HTTP."""

import http.client
import time

from tests.replayer.test_server import PIECES, _ask, _exchange, _raw, _stream
from wirelore.replayer.server import ReplayServer


def test_a_request_is_available_with_headers_in_order_and_case() -> None:
    with ReplayServer([_exchange({})]) as standin:
        _raw(
            standin,
            b"POST /v1/messages?beta=true HTTP/1.1\r\nX-b: 1\r\nHOST: h\r\nx-B: 2\r\nConnection: close\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        )
    (request,) = standin.seen
    assert (request.method, request.target, request.body, request.tls) == (
        "POST",
        "/v1/messages?beta=true",
        b"{}",
        False,
    )
    assert [name for name, _ in request.headers] == ["X-b", "HOST", "x-B", "Connection", "Transfer-Encoding"]


def test_a_recorded_pace_is_kept() -> None:
    with ReplayServer([_stream(pace=50_000)]) as standin:
        began = time.monotonic()
        _ask(standin, {"stream": True})
        assert time.monotonic() - began >= 0.2


def test_a_factor_scales_the_recorded_pace() -> None:
    with ReplayServer([_stream(pace=3_600_000_000)], pace=0.000_001) as standin:
        assert _ask(standin, {"stream": True})[1] == b"".join(PIECES)


def test_a_connection_carries_several_requests_one_after_the_other() -> None:
    with ReplayServer([_exchange(1), _exchange(2)]) as standin:
        connection = http.client.HTTPConnection("127.0.0.1", standin.port, timeout=10)
        answers = []
        for _ in range(2):
            connection.request("POST", "/v1/messages", "{}")
            answers.append(
                (connection.sock.getsockname() if connection.sock else None, connection.getresponse().read())
            )
        connection.close()
    assert [body for _, body in answers] == [b"1", b"2"]
    assert answers[0][0] == answers[1][0]


def test_a_request_that_is_not_http_is_refused_with_400() -> None:
    with ReplayServer([]) as standin:
        assert _raw(standin, b"nonsense\r\n\r\n").startswith(b"HTTP/1.1 400 ")
