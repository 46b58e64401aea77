"""The parts of an exchange that an import's source may lack, as listed in `Exchange.absent`."""

from collections.abc import Mapping

PARTS: Mapping[str, str] = {
    "request": "method, scheme, host, port and target of the request; the operation is then derived from the response",
    "request-headers": "the header lines of the request",
    "request-body": "the body of the request: there was one, but the source does not contain it",
    "request-bytes": "the bytes of the request's body: its values are correct, but it was serialized again",
    "status": "the status of the response; the given one is assumed",
    "response-headers": "the header lines of the response; a content-type may have been derived from the body",
    "response-body": "the body of the response: there was one, but the source does not contain it",
    "response-bytes": "the bytes of the response's body: its values are correct, but it was serialized again",
    "header-case": "the case of header names",
    "header-order": "the order of the header lines",
    "connection": "the protocol versions of HTTP and TLS, and the form of the request target",
    "start": "the time at which the exchange began; `started_us` is then 0",
    "times": "the arrival times of bytes within the exchange",
    "end": "the way in which the exchange ended; the cause is then `imported`",
}
"""The parts with their meaning. A recorded exchange has all of them."""
