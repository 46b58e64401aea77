"""Faults on the wire, as data: the acts of the server and the client, and the expected exchange.

A script is a list of steps: bytes are written, a number is a pause (seconds), the others are the constants below.
"""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass

CLOSE, CUT, RESET, WAIT = "close", "cut", "reset", "wait"
"""CLOSE ends according to the protocol, CUT without TLS's close_notify, RESET with a RST; WAIT waits for the other
side.
"""
HALF = "half"
"""The client closes its sending side and continues to read."""

Step = bytes | float | str

DIFFERENCES = {
    "502": "the proxy responds with 502 if a server cannot be reached or its response is not valid HTTP",
    "surplus": "bytes after the announced end are not part of the message, and the proxy does not forward them",
    "refused": "mitmproxy refuses ambiguous framing and bad header names, against request smuggling (RFC 9112, 11.2)",
    "interim": "mitmproxy 11 and 12 treat a 1xx as the response; an addon cannot correct that",
    "half": "mitmproxy treats a client's half-close as a close",
    "empty-204": "bytes after a head without a body are not part of the message",
    "head": "mitmproxy rewrites the status line",
    "client": "mitmproxy closes the connection of a client with invalid chunks; this server waits",
    "goodbye": "if one side of a WebSocket ends without a close frame, mitmproxy sends the other a regular close",
}
"""The differences that a client behind mitmproxy sees, with or without Wirelore, and their reasons."""


@dataclass(frozen=True)
class Fault:
    """One fault."""

    name: str
    server: tuple[Step, ...]
    cause: str = "complete"
    """The end's cause; several with `|` if versions of mitmproxy's parser differ."""
    status: int | None = 200
    body: bytes | None = b""
    """The body of the recorded response; None if it is not compared."""
    undecoded: str = ""
    """A part of `undecoded`; empty: it must be null."""
    method: str = "GET"
    client: tuple[Step, ...] = (WAIT,)
    """The client's steps after its request head."""
    headers: bytes = b""
    differs: str = ""
    """A key of DIFFERENCES if a client without a proxy sees something else."""
    tls: bool = True
    """True if it is possible over TLS."""
    http2: bool = True
    """True if it is run with an HTTP/2 client as well."""


def head(*lines: bytes, status: bytes = b"200 OK") -> bytes:
    """Return a response head."""
    return b"\r\n".join([b"HTTP/1.1 " + status, *lines]) + b"\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """Return one chunk of the chunked transfer-coding."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def event(name: bytes, data: bytes, end: bytes = b"\n") -> bytes:
    """Return one server-sent event."""
    return b"event: " + name + end + b"data: " + data + end + end


STREAM = head(b"content-type: text/event-stream", b"transfer-encoding: chunked")
LAST = b"0\r\n\r\n"
ONE = event(b"message_start", b'{"type":"message_start"}')
HALF_EVENT = b'event: content_block_delta\ndata: {"type":"content_blo'
GZIPPED = gzip.compress(b'{"words": "' + b"some words of text " * 400 + b'"}', mtime=0)
MANY = b"".join(event(b"content_block_delta", b'{"index":%d}' % number) for number in range(5000))
HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>\r\n"


def _length(size: int, *lines: bytes, status: bytes = b"200 OK") -> bytes:
    return head(*lines, b"content-length: %d" % size, status=status)


def _stream(name: str, *pieces: bytes, **options: object) -> Fault:
    """Return a complete event stream of these pieces, each in a chunk."""
    script = (STREAM, *(chunk(piece) for piece in pieces), LAST, CLOSE)
    return Fault(name, script, body=b"".join(pieces), **options)  # type: ignore[arg-type] # the fields of Fault


def _gzip(name: str, data: bytes, undecoded: str, body: bytes | None = None) -> Fault:
    script = (_length(len(data), b"content-type: application/json", b"content-encoding: gzip"), data, CLOSE)
    return Fault(name, script, undecoded=undecoded, body=body)


_PAUSE = 0.05
_SERVER_HEADS = (
    Fault("reset-before-the-answer", (RESET,), "no-response", None, differs="502"),
    Fault("close-before-the-answer", (CLOSE,), "no-response", None, differs="502"),
    Fault("cut-in-the-status-line", (b"HTTP/1.1 20", _PAUSE, CLOSE), "upstream-cut", None, differs="502"),
    Fault("cut-in-the-head", (STREAM[:40], _PAUSE, CUT), "upstream-cut", None, differs="502"),
    Fault("reset-in-the-head", (STREAM[:40], _PAUSE, RESET), "upstream-cut", None, differs="502"),
    Fault("no-http", (b"this is no HTTP\r\n\r\n", CLOSE), "protocol-error", None, differs="502"),
    Fault("binary-garbage", (bytes(range(256)), b"\r\n\r\n", CLOSE), "protocol-error", None, differs="502"),
    Fault("status-of-one-digit", (head(status=b"2 OK"), CLOSE), "complete", 2, None, http2=False),
    Fault("status-in-words", (head(status=b"fine OK"), CLOSE), "protocol-error", None, differs="502"),
    Fault("a-line-without-colon", (head(b"nonsense"), CLOSE), "protocol-error", None, differs="502"),
    Fault("a-space-in-a-header-name", (head(b"bad name: 1"), CLOSE), "protocol-error", None, differs="refused"),
    Fault(
        "an-endless-header", (b"HTTP/1.1 200 OK\r\nx: ", b"y" * (4 << 20), CLOSE), "upstream-cut", None, differs="502"
    ),
    Fault(
        "ten-thousand-headers",
        (_length(2, *(b"x-%d: y" % number for number in range(10_000))), b"{}", CLOSE),
        body=b"{}",
        http2=False,
    ),
    Fault("no-reason", (_length(2, status=b"200"), b"{}", CLOSE), body=b"{}", differs="head"),
    Fault("a-latin-1-reason", (_length(2, status=b"200 Gr\xfc\xdfe"), b"{}", CLOSE), body=b"{}"),
    Fault("header-values-beyond-ascii", (_length(2, b"x-one: \xff\xfe \xe4"), b"{}", CLOSE), body=b"{}"),
    Fault("a-header-twice", (_length(2, b"X-One: 1", b"x-one: 2"), b"{}", CLOSE), body=b"{}"),
    Fault("http-1.0-until-the-close", (b"HTTP/1.0 200 OK\r\n\r\n", b"all of it", _PAUSE, CLOSE), body=b"all of it"),
    Fault(
        "early-hints",
        (head(b"link: </a>", status=b"103 Early Hints"), _PAUSE, _length(2), b"{}", CLOSE),
        status=103,
        differs="interim",
        http2=False,
    ),
    Fault("204-with-a-body", (head(status=b"204 No Content"), b"body", CLOSE), status=204, differs="empty-204"),
    Fault("304-with-a-length", (_length(100, status=b"304 Not Modified"), CLOSE), status=304),
    Fault("head-with-a-length", (_length(100), CLOSE), method="HEAD"),
)
_SERVER_BODIES = (
    Fault("reset-in-an-event", (STREAM, chunk(ONE + HALF_EVENT), _PAUSE, RESET), "upstream-cut", body=ONE + HALF_EVENT),
    Fault("close-in-an-event", (STREAM, chunk(ONE + HALF_EVENT), _PAUSE, CLOSE), "upstream-cut", body=ONE + HALF_EVENT),
    Fault("cut-in-an-event", (STREAM, chunk(ONE + HALF_EVENT), _PAUSE, CUT), "upstream-cut", body=ONE + HALF_EVENT),
    Fault("cut-between-events", (STREAM, chunk(ONE), _PAUSE, CUT), "upstream-cut", body=ONE),
    Fault("cut-in-a-chunk", (STREAM, chunk(ONE), b"100\r\nhalf", _PAUSE, CLOSE), "upstream-cut", body=ONE + b"half"),
    Fault("cut-in-a-chunk-size", (STREAM, chunk(ONE), b"10", _PAUSE, CLOSE), "upstream-cut", body=ONE),
    Fault("a-length-too-long", (_length(100), b"half", _PAUSE, CLOSE), "upstream-cut", body=b"half"),
    Fault("a-length-too-long-reset", (_length(100), b"half", _PAUSE, RESET), "upstream-cut", body=b"half"),
    Fault("a-length-too-short", (_length(4), b"halfmore", CLOSE), body=b"half", differs="surplus"),
    Fault("a-surplus-later", (_length(4), b"half", _PAUSE, b"more", CLOSE), body=b"half", differs="surplus"),
    Fault("a-negative-length", (head(b"content-length: -1"), b"half", CLOSE), "protocol-error", None, differs="502"),
    Fault("a-length-in-words", (head(b"content-length: two"), b"{}", CLOSE), "protocol-error", None, differs="502"),
    Fault(
        "two-lengths",
        (head(b"content-length: 2", b"content-length: 4"), b"half", CLOSE),
        "protocol-error",
        None,
        differs="502",
    ),
    Fault(
        "a-length-and-chunks",
        (head(b"content-length: 4", b"transfer-encoding: chunked"), chunk(b"half"), LAST, CLOSE),
        "protocol-error",
        None,
        differs="refused",
    ),
    Fault(
        "an-unknown-transfer-coding",
        (head(b"transfer-encoding: rot13"), b"half", CLOSE),
        "protocol-error",
        None,
        differs="502",
    ),
    Fault(
        "a-chunk-size-in-words",
        (STREAM, chunk(ONE), _PAUSE, b"zz\r\nhalf\r\n", CLOSE),
        "protocol-error",
        body=ONE,
    ),
    Fault(
        "a-negative-chunk-size",
        (STREAM, chunk(ONE), _PAUSE, b"-4\r\nhalf\r\n", CLOSE),
        "protocol-error",
        body=ONE,
    ),
    Fault(
        "a-chunk-size-beyond-all-numbers",
        (STREAM, chunk(ONE), _PAUSE, b"f" * 40 + b"\r\nhalf\r\n", CLOSE),
        "protocol-error",
        body=ONE,
    ),
    Fault(
        "a-chunk-without-its-end",
        (STREAM, chunk(ONE), _PAUSE, b"4\r\nhalfxx", _PAUSE, CLOSE),
        "upstream-cut|protocol-error",  # h11 reports an error since 0.16
        body=None,
    ),
    Fault("a-chunk-extension", (STREAM, b"4;name=value\r\nhalf\r\n", LAST, CLOSE), body=b"half"),
    Fault("nothing-but-the-last-chunk", (STREAM, LAST, CLOSE)),
    Fault("trailers", (STREAM, chunk(ONE), b"0\r\nx-checksum: 1\r\n\r\n", CLOSE), body=ONE),
    Fault("until-the-close", (head(), b"all of it", _PAUSE, CLOSE), body=b"all of it"),
    Fault("until-a-reset", (head(), b"all of it", _PAUSE, RESET), body=b"all of it"),
    Fault(
        "one-byte-at-a-time",
        (_length(300), *(bytes([65 + n % 26]) for n in range(300)), CLOSE),
        body=bytes(65 + n % 26 for n in range(300)),
    ),
    _stream("one-byte-a-chunk", *(bytes([byte]) for byte in ONE)),
    _stream("five-thousand-events", *(MANY[at : at + 9000] for at in range(0, len(MANY), 9000))),
    _stream("events-split-within-a-character", event(b"m", "ä€😀".encode())[:-8], event(b"m", "ä€😀".encode())[-8:]),
    _stream("events-that-are-no-utf-8", event(b"m", b"\xff\xfe\xc3(\xed\xa0\x80")),
    _stream("events-with-nul", event(b"m", b"a\0b"), b"\0\0\0", event(b"m", b"c")),
    _stream("events-ended-by-cr", event(b"m", b"a", b"\r"), event(b"m", b"b", b"\r"), b"data: c\r"),
    _stream("events-ended-by-crlf-split", b"data: a\r", b"\n\r", b"\ndata: b\r\n\r\n"),
    _stream("a-bom-before-the-events", b"\xef\xbb\xbf" + ONE),
    _stream("events-of-invalid-json", event(b"message_start", b'{"type": nonsense,}')),
    _stream("an-event-of-a-megabyte", event(b"m", b"x" * (1 << 20)), http2=False),
    _stream("an-error-event", ONE, event(b"error", b'{"type":"error","error":{"type":"overloaded_error"}}')),
    Fault(
        "an-html-page-for-an-error",
        (_length(len(HTML), b"content-type: text/html", status=b"502 Bad Gateway"), HTML, CLOSE),
        status=502,
        body=HTML,
    ),
    Fault(
        "an-html-page-said-to-be-json",
        (_length(len(HTML), b"content-type: application/json"), HTML, CLOSE),
        body=HTML,
    ),
    _gzip("gzip-that-breaks-off", GZIPPED[:60], "data"),
    _gzip("gzip-with-a-broken-middle", GZIPPED[:40] + b"\xff" * 20 + GZIPPED[60:], "data"),
    _gzip("gzip-with-a-wrong-checksum", GZIPPED[:-8] + b"\0\0\0\0" + GZIPPED[-4:], "data"),
    _gzip("gzip-that-is-none", b'{"plain": true}', "data", b'{"plain": true}'),
    _gzip("gzip-with-more-behind", GZIPPED + b"more", "data"),
    Fault(
        "a-coding-nobody-knows",
        (_length(4, b"content-encoding: rot13"), b"unys", CLOSE),
        undecoded="rot13",
        body=b"unys",
    ),
)
_CLIENTS = (
    Fault(
        "the-client-leaves-in-the-response",
        (STREAM, chunk(ONE), WAIT),
        "client-gone",
        body=ONE,
        client=("until:message_start", CLOSE),
    ),
    Fault(
        "the-client-resets-in-the-response",
        (STREAM, chunk(ONE), WAIT),
        "client-gone",
        body=ONE,
        client=("until:message_start", RESET),
    ),
    Fault(
        "the-client-leaves-before-the-answer",
        (WAIT,),
        "client-gone",
        None,
        client=(0.2, CLOSE),
    ),
    Fault(
        "the-client-leaves-in-its-request",
        (WAIT,),
        "client-gone",
        None,
        method="POST",
        headers=b"content-length: 100\r\n",
        client=(b"first", 0.2, CLOSE),
    ),
    Fault(
        "the-client-resets-in-its-request",
        (WAIT,),
        "client-gone",
        None,
        method="POST",
        headers=b"content-length: 100\r\n",
        client=(b"first", 0.2, RESET),
    ),
    Fault(
        "the-client-breaks-its-chunks",
        (WAIT,),
        "protocol-error",
        None,
        method="POST",
        headers=b"transfer-encoding: chunked\r\n",
        client=(chunk(b"first"), 0.2, b"zz\r\n", WAIT),
        http2=False,
        differs="client",
    ),
    Fault(
        "the-client-sends-trailers",
        (0.2, _length(2), b"{}", CLOSE),
        body=b"{}",
        method="POST",
        headers=b"transfer-encoding: chunked\r\n",
        client=(chunk(b"whole") + b"0\r\nx-checksum: 1\r\n\r\n", WAIT),
        http2=False,
    ),
    Fault(
        "the-client-closes-its-side-only",
        (0.3, _length(2), b"{}", CLOSE),
        "client-gone",
        None,
        client=(0.1, HALF, WAIT),
        http2=False,
        tls=False,
        differs="half",
    ),
    Fault(
        "the-server-answers-before-the-request-is-whole",
        (_length(9, status=b"413 Content Too Large"), b"too large", 0.1, CLOSE),
        "complete",
        413,
        b"too large",
        method="POST",
        headers=b"content-length: 1000\r\n",
        client=(b"first", WAIT),
        http2=False,
    ),
)

_UPGRADE = (
    b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"  # RFC 6455, 1.3
)
_SWITCHED = head(
    b"Upgrade: websocket",
    b"Connection: Upgrade",
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    status=b"101 Switching Protocols",
)


def _socket(name: str, server: tuple[Step, ...], cause: str, *client: Step, differs: str = "") -> Fault:
    """Return a WebSocket with the server's frames after its head, and the client's steps."""
    return Fault(
        name, (_SWITCHED, *server), cause, 101, None, headers=_UPGRADE, client=client, http2=False, differs=differs
    )


_SOCKETS = (
    _socket(
        "a-websocket-closed-by-the-server", (b"\x81\x02ok", 0.1, b"\x88\x02\x03\xe8", 0.2, CLOSE), "complete", WAIT
    ),
    _socket(
        "a-websocket-whose-server-closes",
        (b"\x81\x02ok", 0.1, CLOSE),
        "upstream-cut",
        "until:ok",
        WAIT,
        differs="goodbye",
    ),
    _socket(
        "a-websocket-whose-server-is-cut",
        (b"\x81\x02ok", 0.1, CUT),
        "upstream-cut",
        "until:ok",
        WAIT,
        differs="goodbye",
    ),
    _socket(
        "a-websocket-whose-server-resets",
        (b"\x81\x02ok", 0.1, RESET),
        "upstream-cut",
        "until:ok",
        WAIT,
        differs="goodbye",
    ),
    _socket(
        "a-websocket-cut-in-a-frame",
        (b"\x81\x02ok\x81\x10half", 0.1, CUT),
        "upstream-cut",
        "until:ok",
        WAIT,
        differs="goodbye",
    ),
    _socket("a-websocket-whose-client-leaves", (b"\x81\x02ok", WAIT), "client-gone", "until:ok", CLOSE),
    _socket("a-websocket-whose-client-resets", (b"\x81\x02ok", WAIT), "client-gone", "until:ok", RESET),
    Fault(
        "a-websocket-that-is-refused",
        (_length(2, b"connection: close", status=b"403 Forbidden"), b"{}", CLOSE),
        status=403,
        body=b"{}",
        headers=_UPGRADE,
        http2=False,
    ),
)


def faults() -> Iterable[Fault]:
    """Return all faults."""
    return (*_SERVER_HEADS, *_SERVER_BODIES, *_CLIENTS, *_SOCKETS)
