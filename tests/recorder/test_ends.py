import pytest

from wirelore.model.exchange import CAUSES
from wirelore.recorder.ends import CONNECT, TLS, Scene, cause, websocket

CASES = [
    (Scene("Client disconnected.", client_open=False, server_open=False, answered=True), "client-gone"),
    (Scene("connection cancelled", CONNECT), "client-gone"),
    (Scene("stream reset by client (CANCEL)", answered=True), "client-gone"),
    (Scene("stream reset by client (INTERNAL_ERROR)", answered=True), "upstream-cut"),
    (Scene("stream reset by client (INTERNAL_ERROR)", server_http2=False), "client-gone"),
    (Scene("stream reset by client (CANCEL)", answered=True, client_http2=False), "upstream-cut"),
    (Scene("stream reset by client (REFUSED_STREAM)", client_http2=False), "no-response"),
    (Scene("HTTP/1 protocol error: peer closed", client_open=False, server_open=False), "client-gone"),
    (Scene("HTTP/1 protocol error: peer closed", answered=True, server_open=False), "upstream-cut"),
    (Scene("HTTP/1 protocol error: bad chunk", answered=True), "protocol-error"),
    (Scene("HTTP/1 protocol error: illegal chunk header: bytearray(b'zz')", client_open=False), "protocol-error"),
    (Scene("HTTP/1 protocol error: illegal chunk header", answered=True, server_open=False), "protocol-error"),
    (Scene("unexpected server response: b'HTTP/1.1 20'", server_open=False), "upstream-cut"),
    (Scene("unexpected server response: b'nonsense'", server_open=False), "protocol-error"),
    (Scene("HTTP/2 protocol error: bad frame", client_open=False), "protocol-error"),
    (Scene("[Errno 111] Connect call failed ('127.0.0.1', 1)", CONNECT), "upstream-refused"),
    (Scene("[Errno -2] Name or service not known", CONNECT), "upstream-refused"),
    (Scene("words of another language", CONNECT), "upstream-refused"),
    (Scene("Certificate verify failed: certificate has expired", TLS), "tls-failed"),
    (Scene("connection closed", TLS), "tls-failed"),
    (Scene("server closed connection", server_open=False), "no-response"),
    (Scene("server closed connection", server_open=False, answered=True), "upstream-cut"),
    (Scene("Connection killed."), "no-response"),
]


@pytest.mark.parametrize(("scene", "expected"), CASES, ids=[f"{each.message[:30]}-{name}" for each, name in CASES])
def test_the_proxys_words_become_a_cause(scene: Scene, expected: str) -> None:
    assert cause(scene) == expected
    assert expected in CAUSES


@pytest.mark.parametrize(
    ("code", "by_client", "expected"),
    [(1000, True, "complete"), (None, False, "complete"), (1006, True, "client-gone"), (1006, False, "upstream-cut")],
)
def test_a_websocket_without_a_close_frame_was_cut(code: int | None, by_client: bool, expected: str) -> None:
    assert websocket(code, by_client, "words")[0] == expected
