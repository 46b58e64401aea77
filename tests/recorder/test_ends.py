import pytest

from wirelore.model.exchange import CAUSES
from wirelore.recorder.ends import CONNECT, TLS, ErrorState, cause, websocket

CASES = [
    (ErrorState("Client disconnected.", client_open=False, server_open=False, answered=True), "client-gone"),
    (ErrorState("connection cancelled", CONNECT), "client-gone"),
    (ErrorState("stream reset by client (CANCEL)", answered=True), "client-gone"),
    (ErrorState("stream reset by client (INTERNAL_ERROR)", answered=True), "upstream-cut"),
    (ErrorState("stream reset by client (INTERNAL_ERROR)", server_http2=False), "client-gone"),
    (ErrorState("stream reset by client (CANCEL)", answered=True, client_http2=False), "upstream-cut"),
    (ErrorState("stream reset by client (REFUSED_STREAM)", client_http2=False), "no-response"),
    (ErrorState("HTTP/1 protocol error: peer closed", client_open=False, server_open=False), "client-gone"),
    (ErrorState("HTTP/1 protocol error: peer closed", answered=True, server_open=False), "upstream-cut"),
    (ErrorState("HTTP/1 protocol error: bad chunk", answered=True), "protocol-error"),
    (ErrorState("HTTP/1 protocol error: illegal chunk header: bytearray(b'zz')", client_open=False), "protocol-error"),
    (ErrorState("HTTP/1 protocol error: illegal chunk header", answered=True, server_open=False), "protocol-error"),
    (ErrorState("unexpected server response: b'HTTP/1.1 20'", server_open=False), "upstream-cut"),
    (ErrorState("unexpected server response: b'nonsense'", server_open=False), "protocol-error"),
    (ErrorState("HTTP/2 protocol error: bad frame", client_open=False), "protocol-error"),
    (ErrorState("[Errno 111] Connect call failed ('127.0.0.1', 1)", CONNECT), "upstream-refused"),
    (ErrorState("[Errno -2] Name or service not known", CONNECT), "upstream-refused"),
    (ErrorState("words of another language", CONNECT), "upstream-refused"),
    (ErrorState("Certificate verify failed: certificate has expired", TLS), "tls-failed"),
    (ErrorState("connection closed", TLS), "tls-failed"),
    (ErrorState("server closed connection", server_open=False), "no-response"),
    (ErrorState("server closed connection", server_open=False, answered=True), "upstream-cut"),
    (ErrorState("Connection killed."), "no-response"),
]


@pytest.mark.parametrize(("state", "expected"), CASES, ids=[f"{state.message[:30]}-{name}" for state, name in CASES])
def test_error_messages_of_the_proxy_become_a_cause(state: ErrorState, expected: str) -> None:
    assert cause(state) == expected
    assert expected in CAUSES


@pytest.mark.parametrize(
    ("code", "by_client", "expected"),
    [(1000, True, "complete"), (None, False, "complete"), (1006, True, "client-gone"), (1006, False, "upstream-cut")],
)
def test_a_websocket_without_a_close_frame_was_cut(code: int | None, by_client: bool, expected: str) -> None:
    assert websocket(code, by_client, "words")[0] == expected
