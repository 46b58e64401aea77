"""HAR 1.2 archives, read entry by entry in bounded memory, with the extensions of browsers and proxies.

Source: the HAR 1.2 specification; `_webSocketMessages`, `_eventSourceMessages` and `_error` as Chrome writes them.
"""

import math
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import urlencode

import ijson

from wirelore.formats.address import Address, address
from wirelore.formats.content_coding import encoded_side
from wirelore.formats.draft import (
    Draft,
    EntryError,
    Pieces,
    Problem,
    exchange,
    header,
    in_range,
    iso_us,
    kind,
    mapping,
    single_piece,
    status_of,
    unbase64,
    unix_us,
)
from wirelore.formats.har_entries import entries
from wirelore.formats.source import CUT
from wirelore.model.codec import octets
from wirelore.model.exchange import End, Headers, Request, Response

_BLANK_LINE = re.compile(rb"(?:\r\n|\r|\n)(?:\r\n|\r|\n)+")


def read(stream: BinaryIO, name: str) -> Iterator[Draft | Problem]:
    """Yield the entries of an archive. An invalid entry is a Problem; a syntax error ends the iteration."""
    number = 0
    try:
        for number, entry in enumerate(entries(stream), 1):
            try:
                if isinstance(entry, EntryError):
                    raise entry
                yield _draft(entry, f"{name}#{number}")
            except EntryError as fault:
                yield Problem(name, f"entry {number}", str(fault), fault.expected)
    except EntryError as fault:
        yield Problem(name, f"after entry {number}", str(fault), fault.expected)
        return
    except CUT:
        raise
    except (ijson.JSONError, ValueError, ArithmeticError) as fault:
        expected = "only earlier entries are imported"
        yield Problem(name, f"after entry {number}", f"not JSON ({_first_line(fault)})", expected)
        return
    if number == 0:
        yield Problem(name, "", "no entries", "expected a HAR with requests in log.entries")


def _first_line(fault: Exception) -> str:
    """Return the first line of a parser's message."""
    if isinstance(fault, ArithmeticError):
        return "a number out of range"
    message = fault.args[0] if fault.args else ""
    text = message.decode(errors="replace") if isinstance(message, bytes) else str(message)
    return next(iter(text.splitlines()), type(fault).__name__)


class _Times(NamedTuple):
    """The times of an entry: Unix start, and microseconds from the request's first byte; None if unknown."""

    started_us: int | None
    sent_us: int | None
    head_us: int | None
    end_us: int | None


def _draft(value: Any, source: str) -> Draft:
    entry = mapping(value, "the entry")
    request_members = mapping(entry.get("request"), "request")
    response_members = mapping(entry.get("response") or {}, "response")
    times = _times(entry)
    request = _request(request_members)
    response = _response(response_members)
    request_body, request_absent = _request_body(request_members.get("postData"))
    pieces, response_absent = _response_body(entry, response_members, response, times) if response else ((), ())
    end_us = max([times.end_us or 0, times.head_us or 0, *(us for us, _ in pieces)])
    error = entry.get("_error") or response_members.get("_error") or ""
    cause = "imported" if response else "no-response"
    absent = ["connection", "end", *request_absent, *response_absent, *(["times"] if times.head_us is None else [])]
    notes = _web_socket(entry.get("_webSocketMessages"), times.started_us)
    return Draft(
        exchange(
            "har",
            source,
            request,
            response,
            started_us=times.started_us,
            end=End(cause, end_us, str(error)),
            absent=absent,
            connection={"http_version": request.http_version or None},
        ),
        request_body=single_piece(request_body, times.sent_us or 0),
        response_body=pieces,
        encoded=encoded_side("request", request.headers, request_body),
        head_us=times.head_us if response else None,
        notes=notes,
    )


def _times(entry: dict[str, Any]) -> _Times:
    timings = entry.get("timings")
    timings = timings if isinstance(timings, dict) else {}
    before = sum(_us(timings.get(name)) or 0 for name in ("blocked", "dns", "connect"))
    started_us = iso_us(entry.get("startedDateTime"))
    sent_us, wait_us, receive_us = (_us(timings.get(name)) for name in ("send", "wait", "receive"))
    total_us = _us(entry.get("time"))
    head_us = None if wait_us is None else (sent_us or 0) + wait_us
    end_us = None if total_us is None else max(0, total_us - before)
    if head_us is not None and receive_us is not None:
        end_us = head_us + receive_us
    return _Times(in_range(started_us + before) if started_us is not None else None, sent_us, head_us, end_us)


def _us(milliseconds: Any) -> int | None:
    """Convert a HAR time to microseconds; None for -1, which means that the time does not apply."""
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return None
    return round(milliseconds * 1000) if 0 <= milliseconds < 1e12 and math.isfinite(milliseconds) else None


def _request(members: dict[str, Any]) -> Request:
    headers, pseudo = _headers(members.get("headers"), "request")
    request_address: Address = address(members.get("url"))
    target = pseudo.get(":path", request_address.target)
    return Request(
        headers=headers,
        http_version=_version(members.get("httpVersion")),
        method=str(members.get("method") or pseudo.get(":method") or "GET").upper(),
        **request_address._replace(target=target)._asdict(),
    )


def _response(members: dict[str, Any]) -> Response | None:
    status = status_of(members.get("status"))
    if status == 0:
        return None
    headers, _ = _headers(members.get("headers"), "response")
    reason = str(members.get("statusText") or "")
    return Response(headers=headers, http_version=_version(members.get("httpVersion")), status=status, reason=reason)


def _headers(value: Any, side: str) -> tuple[Headers, dict[str, str]]:
    """Return the header lines, and the pseudo headers of HTTP/2, which are not header lines (RFC 9113, 8.3)."""
    if value is not None and not isinstance(value, list):
        raise EntryError(f"{side} headers are {kind(value)}", "expected a list of objects with name and value")
    lines, pseudo = [], {}
    for item in value or []:
        line = mapping(item, f"a {side} header")
        name, value = header(str(line.get("name", "")), str(line.get("value", "")))
        if name.startswith(":"):
            pseudo[name] = value
        else:
            lines.append((name, value))
    return Headers(tuple(lines)), pseudo


def _version(value: Any) -> str:
    """Return an HTTP version in mitmproxy's spelling, empty if unknown."""
    text = str(value or "").strip().lower().removeprefix("http/").removeprefix("h")
    if text[:1] in ("2", "3"):
        return "HTTP/2.0" if text[0] == "2" else "HTTP/3"
    return f"HTTP/{text}" if text in ("0.9", "1.0", "1.1") else ""


def _request_body(value: Any) -> tuple[bytes, tuple[str, ...]]:
    if value is None:
        return b"", ()
    data = mapping(value, "postData")
    base64_text = data.get("_base64")
    if isinstance(base64_text, str):
        return unbase64(base64_text), ()
    text = data.get("text")
    if isinstance(text, str) and text:
        is_base64 = base64_text is True or str(data.get("encoding") or "").lower() == "base64"
        return (unbase64(text) if is_base64 else octets(text)), ()
    params = data.get("params")
    if not isinstance(params, list) or not params:
        return b"", ()
    if "multipart" in str(data.get("mimeType", "")).lower():
        return b"", ("request-body",)
    pairs = [mapping(param, "a parameter of postData") for param in params]
    text = urlencode([(octets(str(p.get("name", ""))), octets(str(p.get("value") or ""))) for p in pairs])
    return text.encode(), ("request-bytes",)


def _response_body(
    entry: dict[str, Any], members: dict[str, Any], response: Response, times: _Times
) -> tuple[Pieces, tuple[str, ...]]:
    content = mapping(members.get("content") or {}, "content")
    text = content.get("text")
    messages = entry.get("_eventSourceMessages")
    messages = [message for message in messages if isinstance(message, dict)] if isinstance(messages, list) else []
    streamed = response.is_event_stream or bool(messages)
    arrivals = [_arrival(message, times.started_us) for message in messages]
    if isinstance(text, str) and text:
        is_base64 = str(content.get("encoding") or "").lower() == "base64"
        body = unbase64(text) if is_base64 else octets(text)
        blocks = _blocks(body) if messages and None not in arrivals else []
        if blocks and len(blocks) == len(messages):
            return tuple((us or 0, block) for us, block in zip(arrivals, blocks, strict=True)), ()
        return single_piece(body, times.end_us or 0), ("times",) if streamed else ()
    if messages:
        pieces = tuple((us or 0, _event(message)) for us, message in zip(arrivals, messages, strict=True))
        return pieces, ("response-bytes", *(("times",) if None in arrivals else ()))
    size = content.get("size")
    is_missing = isinstance(size, int | float) and size > 0
    return (), ("response-body",) if is_missing else ()


def _arrival(message: dict[str, Any], started_us: int | None) -> int | None:
    us = unix_us(message.get("time")) or iso_us(message.get("time"))
    return max(0, us - started_us) if us is not None and started_us is not None else None


def _blocks(body: bytes) -> list[bytes]:
    """Split the body after each blank line, so that every block is an event; the rest is a block too."""
    ends = [match.end() for match in _BLANK_LINE.finditer(body)]
    cuts = [0, *ends, *([] if ends and ends[-1] == len(body) else [len(body)])]
    return [body[start:end] for start, end in pairwise(cuts)]


def _event(message: dict[str, Any]) -> bytes:
    """Return an event as a server would send it (WHATWG HTML 9.2.5)."""
    lines = []
    if name := message.get("eventName"):
        lines += [f"event: {name}"] if name != "message" else []
    if last_id := message.get("eventId"):
        lines.append(f"id: {last_id}")
    lines += [f"data: {line}" for line in re.split("\r\n|\r|\n", str(message.get("data", "")))]
    return octets("\n".join(lines) + "\n\n")


def _web_socket(value: Any, started_us: int | None) -> dict[str, Any]:
    """Return the note on WebSocket messages: the number in each direction, and the time, opcode and data of each."""
    if not isinstance(value, list):
        return {}
    messages = [message for message in value if isinstance(message, dict)]
    sent = sum(message.get("type") == "send" for message in messages)
    described = [
        {
            "us": _arrival(message, started_us),
            "direction": "sent" if message.get("type") == "send" else "received",
            "opcode": message.get("opcode") if isinstance(message.get("opcode"), int) else None,
            "data": str(message.get("data", "")),
        }
        for message in messages
    ]
    return {"websocket": {"sent": sent, "received": len(messages) - sent, "messages": described}}
