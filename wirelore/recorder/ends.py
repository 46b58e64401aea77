"""How an exchange ended: the proxy's words and connection states, turned into a cause of `exchange.CAUSES`.

The words are mitmproxy's (proxy/layers/http, proxy/layers/tls, proxy/server.py), the same in versions 11 and 12.
"""

import re
from typing import NamedTuple

from wirelore.model.exchange import COMPLETE

CONNECT, TLS = "connect", "tls"
"""Where an attempt to reach the server failed, as the hooks server_connect_error and tls_failed_server tell."""

_ABNORMAL = 1006


class Scene(NamedTuple):
    """What is known when the proxy reports an error."""

    message: str
    failed: str = ""
    """CONNECT or TLS if the message is that of a failed attempt to reach the server."""
    answered: bool = False
    """Whether the response's head had come."""
    client_open: bool = True
    server_open: bool = True
    client_http2: bool = True
    server_http2: bool = True


_RESET = re.compile(r"stream reset by client \(")
_HEAD_CUT = "head-cut"
"""A response that ended within its head: an upstream-cut although no head has come."""
_WORDS = (
    (r"connection cancelled|Client disconnected|client disconnected", "client-gone"),
    (r"Certificate verify failed|does not speak TLS|agree on a TLS version|OpenSSL Error|TLS handshake", "tls-failed"),
    (
        r"Connect call failed|Connection killed: |Name or service not known|refused|getaddrinfo|timed out",
        "upstream-refused",
    ),
    (r"server closed connection", "upstream-cut"),
    (r"unexpected server response: b.HTTP/", _HEAD_CUT),  # said only when the server hangs up
    (r"Received .* from (client|server), refusing|Cannot parse HTTP|unexpected server response", "protocol-error"),
    (r"HTTP/1 protocol error: (?!peer (unexpectedly )?closed)", "protocol-error"),
    (r"HTTP/2 protocol error|Invalid request scheme|has no host header", "protocol-error"),
)
_TABLE = tuple((re.compile(pattern), cause) for pattern, cause in _WORDS)


def cause(scene: Scene) -> str:
    """The cause of an exchange that the proxy gave up."""
    if scene.failed == TLS:
        return "tls-failed"
    if _RESET.match(scene.message):
        return _by_reset(scene)
    found = next((cause for pattern, cause in _TABLE if pattern.search(scene.message)), None)
    if scene.failed == CONNECT and found != "client-gone":
        return "upstream-refused"
    if found is None:
        found = _by_connection(scene)
    if found == _HEAD_CUT:
        return "upstream-cut"
    return "no-response" if found == "upstream-cut" and not scene.answered else found


def websocket(code: int | None, by_client: bool, reason: str) -> tuple[str, str]:
    """The cause of a WebSocket's end, and words about it: 1006 stands for no close frame (RFC 6455, 7.1.5)."""
    if code == _ABNORMAL:
        side = "client" if by_client else "server"
        return "client-gone" if by_client else "upstream-cut", f"the {side} closed the WebSocket without a close frame"
    return COMPLETE, reason


def _by_reset(scene: Scene) -> str:
    """Who reset a stream of HTTP/2: mitmproxy says that the client did, also of a server that did.

    With HTTP/2 on both sides only the code tells, as CANCEL is what a client that has lost interest sends.
    """
    if scene.client_http2 and ("(CANCEL)" in scene.message or not scene.server_http2):
        return "client-gone"
    return "upstream-cut" if scene.answered else "no-response"


def _by_connection(scene: Scene) -> str:
    """Who hung up: with the client's connection the proxy closes the server's, and not the other way round."""
    if not scene.client_open:
        return "client-gone"
    if not scene.server_open or scene.message.startswith("HTTP/2 connection closed"):
        return "upstream-cut"
    return "protocol-error" if scene.answered or "protocol error" in scene.message else "no-response"
