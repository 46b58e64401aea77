"""The parts of an exchange that the source of an import may lack, which `Exchange.absent` names."""

from collections.abc import Mapping

PARTS: Mapping[str, str] = {
    "request": "method, scheme, host, port and target of the request; the operation is then derived from the response",
    "request-headers": "the header lines of the request",
    "request-body": "the body of the request: there was one, and the source lost it",
    "request-bytes": "the bytes of the request's body: its values are right, and the bytes were written anew",
    "status": "the status of the response; the one that stands there is assumed",
    "response-headers": "the header lines of the response; a content-type may stand there that the body itself shows",
    "response-body": "the body of the response: there was one, and the source lost it",
    "response-bytes": "the bytes of the response's body: its values are right, and the bytes were written anew",
    "header-case": "the spelling of header names in upper and lower case",
    "header-order": "the order of the header lines",
    "connection": "the protocol versions of HTTP and TLS, and the form of the request target",
    "start": "when the exchange began; `started_us` is then 0",
    "times": "when bytes arrived within the exchange",
    "end": "how the exchange ended; the cause is then `imported`",
}
"""Every part with its meaning. A recorded exchange lacks none of them."""
