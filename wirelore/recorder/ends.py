"""Maps mitmproxy's errors and connection states to the causes in `exchange.CAUSES`.

The messages are from mitmproxy (proxy/layers/http, proxy/layers/tls, proxy/server.py), and equal in versions 11 and 12.
"""

import re
from typing import NamedTuple

from wirelore.model.exchange import COMPLETE

CONNECT, TLS = "connect", "tls"
"""The stage in which an attempt to reach the server failed: hook server_connect_error or tls_failed_server."""

_ABNORMAL = 1006


class ErrorState(NamedTuple):
    """The state of both connections when mitmproxy reports an error."""

    message: str
    stage: str = ""
    """CONNECT or TLS if the message reports a failed attempt to reach the server."""
    answered: bool = False
    """True if the response head has been received."""
    client_open: bool = True
    server_open: bool = True
    client_http2: bool = True
    server_http2: bool = True


_RESET = re.compile(r"stream reset by client \(")
_HEAD_CUT = "head-cut"
"""A response that ended inside its head: the cause is upstream-cut, although no complete head was received."""
_CAUSES_BY_MESSAGE = (
    (r"connection cancelled|Client disconnected|client disconnected", "client-gone"),
    (r"Certificate verify failed|does not speak TLS|agree on a TLS version|OpenSSL Error|TLS handshake", "tls-failed"),
    (
        r"Connect call failed|Connection killed: |Name or service not known|refused|getaddrinfo|timed out",
        "upstream-refused",
    ),
    (r"server closed connection", "upstream-cut"),
    (r"unexpected server response: b.HTTP/", _HEAD_CUT),  # only when the server closes the connection
    (r"Received .* from (client|server), refusing|Cannot parse HTTP|unexpected server response", "protocol-error"),
    (r"HTTP/1 protocol error: (?!peer (unexpectedly )?closed)", "protocol-error"),
    (r"HTTP/2 protocol error|Invalid request scheme|has no host header", "protocol-error"),
)
_TABLE = tuple((re.compile(pattern), cause) for pattern, cause in _CAUSES_BY_MESSAGE)


def cause(state: ErrorState) -> str:
    """Return the cause of an exchange that mitmproxy aborted."""
    if state.stage == TLS:
        return "tls-failed"
    if _RESET.match(state.message):
        return _cause_of_reset(state)
    matched_cause = next((cause for pattern, cause in _TABLE if pattern.search(state.message)), None)
    if state.stage == CONNECT and matched_cause != "client-gone":
        return "upstream-refused"
    if matched_cause is None:
        matched_cause = _cause_of_closed(state)
    if matched_cause == _HEAD_CUT:
        return "upstream-cut"
    return "no-response" if matched_cause == "upstream-cut" and not state.answered else matched_cause


def websocket(code: int | None, by_client: bool, reason: str) -> tuple[str, str]:
    """Return the cause and a message for the end of a WebSocket. Code 1006 means no close frame (RFC 6455, 7.1.5)."""
    if code == _ABNORMAL:
        side = "client" if by_client else "server"
        return "client-gone" if by_client else "upstream-cut", f"the {side} closed the WebSocket without a close frame"
    return COMPLETE, reason


def _cause_of_reset(state: ErrorState) -> str:
    """Return the cause of an HTTP/2 stream reset. mitmproxy names the client even if the server did it.

    With HTTP/2 on both sides only the error code distinguishes them: a client that cancels sends CANCEL.
    """
    if state.client_http2 and ("(CANCEL)" in state.message or not state.server_http2):
        return "client-gone"
    return "upstream-cut" if state.answered else "no-response"


def _cause_of_closed(state: ErrorState) -> str:
    """Infer the cause from the closed connection: closing the client's closes the server's too, but not vice versa."""
    if not state.client_open:
        return "client-gone"
    if not state.server_open or state.message.startswith("HTTP/2 connection closed"):
        return "upstream-cut"
    return "protocol-error" if state.answered or "protocol error" in state.message else "no-response"
