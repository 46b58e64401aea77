"""How an exchange ended: the proxy's words and connection states, turned into a cause of captures.model.CAUSES.

The words are mitmproxy's (proxy/layers/http, proxy/layers/tls, proxy/server.py), the same in versions 11 and 12.
"""

import re
from typing import NamedTuple

CONNECT, TLS = "connect", "tls"
"""Where an attempt to reach the server failed, as the hooks server_connect_error and tls_failed_server tell."""


class Scene(NamedTuple):
    """What is known when the proxy reports an error."""

    message: str
    failed: str = ""
    """CONNECT or TLS if the message is that of a failed attempt to reach the server."""
    answered: bool = False
    """Whether the response's head had come."""
    client_open: bool = True
    server_open: bool = True


_WORDS = (
    (r"connection cancelled|Client disconnected|client disconnected", "client-gone"),
    (r"stream reset by client \(CANCEL\)", "client-gone"),
    (r"Certificate verify failed|does not speak TLS|agree on a TLS version|OpenSSL Error|TLS handshake", "tls-failed"),
    (
        r"Connect call failed|Connection killed: |Name or service not known|refused|getaddrinfo|timed out",
        "upstream-refused",
    ),
    (r"server closed connection", "upstream-cut"),
    (r"Received .* from (client|server), refusing|Cannot parse HTTP|unexpected server response", "protocol-error"),
    (r"HTTP/2 protocol error|Invalid request scheme|has no host header", "protocol-error"),
)
_TABLE = tuple((re.compile(pattern), cause) for pattern, cause in _WORDS)


def cause(scene: Scene) -> str:
    """The cause of an exchange that the proxy gave up."""
    if scene.failed == TLS:
        return "tls-failed"
    found = next((cause for pattern, cause in _TABLE if pattern.search(scene.message)), None)
    if scene.failed == CONNECT and found != "client-gone":
        return "upstream-refused"
    if found is None:
        found = _by_connection(scene)
    return "no-response" if found == "upstream-cut" and not scene.answered else found


def _by_connection(scene: Scene) -> str:
    """Who hung up: with the client's connection the proxy closes the server's, and not the other way round."""
    if not scene.client_open:
        return "client-gone"
    if not scene.server_open or scene.message.startswith(("stream reset", "HTTP/2 connection closed")):
        return "upstream-cut"
    return "protocol-error" if scene.answered or "protocol error" in scene.message else "no-response"
