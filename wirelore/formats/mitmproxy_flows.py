"""mitmproxy's flow files as drafts of exchanges, one flow at a time."""

from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

from mitmproxy.flow import Flow
from mitmproxy.http import HTTPFlow, Message
from mitmproxy.io import FlowReader

from wirelore.formats.draft import Draft, EntryError, Pieces, Problem, exchange, single_piece, unix_us
from wirelore.formats.source import ENTRY_LIMIT, too_large
from wirelore.model.exchange import COMPLETE, End, Response
from wirelore.model.wording import quantity
from wirelore.recorder import heads

_BLOCK = 1 << 20
_CAUSES = (
    ("client disconnected", "client-gone"),
    ("connection killed", "client-gone"),
    ("certificate verify failed", "tls-failed"),
    ("tls", "tls-failed"),
    ("refused", "upstream-refused"),
    ("connect call failed", "upstream-refused"),
    ("name or service not known", "upstream-refused"),
    ("server closed connection", "upstream-cut"),
    ("server disconnected", "upstream-cut"),
    ("incomplete", "upstream-cut"),
    ("connection closed", "upstream-cut"),
)
"""Parts of mitmproxy's error messages, in lower case, with their causes; the first match applies."""


def read(stream: BinaryIO, name: str) -> Iterator[Draft | Problem]:
    """Yield the HTTP flows of a file; invalid flows are Problems, and a truncated file keeps its earlier flows."""
    other_kinds: Counter[str] = Counter()
    number = 0
    for number, frame in enumerate(_frames(stream, name), 1):
        if isinstance(frame, Problem):
            yield frame
            continue
        offset, content = frame
        try:
            for flow in FlowReader(BytesIO(content)).stream():
                if isinstance(flow, HTTPFlow):
                    yield _draft(flow, f"{name}#{number}")
                else:
                    other_kinds[_kind(flow)] += 1
        except EntryError as fault:
            yield Problem(name, f"flow {number} at byte {offset}", str(fault), fault.expected)
        except Exception as fault:  # mitmproxy's reader raises various errors for an invalid state
            place = f"flow {number} at byte {offset}"
            yield Problem(name, place, f"not readable by mitmproxy ({fault!r})", "expected a flow written by mitmproxy")
    for kind, count in sorted(other_kinds.items()):
        yield Problem(name, quantity(count, f"{kind} flow"), "not HTTP", "only HTTP flows can be imported")
    if number == 0:
        yield Problem(name, "", "no flows", "expected a file written by mitmdump -w")


def end(flow: HTTPFlow, us: int) -> End:
    """Return the end of a finished flow, according to mitmproxy's error if it has one."""
    if flow.error:
        words = flow.error.msg.lower()
        default_cause = "upstream-cut" if flow.response else "no-response"
        return End(next((cause for part, cause in _CAUSES if part in words), default_cause), us, flow.error.msg)
    if flow.response is None:
        return End("no-response", us, "the file has neither a response nor an error")
    return End(COMPLETE if flow.response.timestamp_end else "imported", us)


def _frames(stream: BinaryIO, name: str) -> Iterator[tuple[int, bytes] | Problem]:
    """Yield the bytes of the flows with their offsets, by their netstring lengths.

    Yields a Problem for a flow that is too large, and at the end of the valid frames.
    """
    offset = 0
    while prefix := _prefix(stream):
        digits = prefix[:-1]
        if not prefix.endswith(b":") or not digits.isdigit():
            problem = "not the length of a flow"  # not quoted, because it may be part of a secret
            yield Problem(name, f"byte {offset}", problem, "expected a flow; earlier flows are imported")
            return
        end_of_frame = len(prefix) + int(digits) + 1
        content, size = bytearray(prefix), len(prefix)
        while block := stream.read(min(end_of_frame - size, _BLOCK)):
            size += len(block)
            if end_of_frame <= ENTRY_LIMIT:
                content += block
        if size < end_of_frame:
            found = f"a flow truncated after {size} of {end_of_frame} bytes"
            yield Problem(name, f"byte {offset}", found, "earlier flows are imported; copy the file again")
            return
        if end_of_frame > ENTRY_LIMIT:
            fault = too_large(ENTRY_LIMIT)
            yield Problem(name, f"byte {offset}", f"a flow of {fault}", fault.expected)
        else:
            yield offset, bytes(content)
        offset += size


def _prefix(stream: BinaryIO) -> bytes:
    """Return the length of the next netstring with its colon, or the bytes in its place; empty at the end."""
    prefix = b""
    while len(prefix) < 14 and not prefix.endswith(b":") and (byte := stream.read(1)):
        prefix += byte
    return prefix


def _draft(flow: HTTPFlow, source: str) -> Draft:
    started = flow.request.timestamp_start
    response = heads.response(flow)
    sent_us = _since(started, flow.request.timestamp_end)
    head_us = _since(started, flow.response.timestamp_start) if flow.response else None
    done_us = _since(started, flow.response.timestamp_end) if flow.response else None
    failed_us = _since(started, flow.error.timestamp) if flow.error else None
    last_us = max(us or 0 for us in (sent_us, head_us, done_us, failed_us))
    request_body, request_absent = _body(flow.request, "request", sent_us)
    response_body, response_absent = _body(flow.response, "response", done_us if done_us is not None else last_us)
    absent = [*request_absent, *response_absent, *(["times"] if _is_stream(response) else [])]
    return Draft(
        exchange(
            "mitmproxy",
            source,
            heads.request(flow),
            response,
            started_us=unix_us(started),
            end=end(flow, last_us),
            absent=absent,
            connection=heads.connection(flow),
        ),
        request_body=request_body,
        response_body=response_body,
        encoded=("request", "response"),
        head_us=head_us,
        notes=_web_socket(flow),
    )


def _is_stream(response: Response | None) -> bool:
    return response is not None and response.is_event_stream


def _body(message: Message | None, side: str, us: int | None) -> tuple[Pieces, tuple[str, ...]]:
    """Return the wire bytes, and an absent part if the proxy streamed the body without storing it."""
    if message is None:
        return (), ()
    if message.raw_content is None:
        return (), (f"{side}-body",)
    return single_piece(message.raw_content, us or 0), ()


def _since(started: float, moment: float | None) -> int | None:
    return None if moment is None else max(0, round((moment - started) * 1_000_000))


def _web_socket(flow: HTTPFlow) -> dict[str, Any]:
    if flow.websocket is None:
        return {}
    messages = [
        {
            "us": _since(flow.request.timestamp_start, message.timestamp),
            "direction": "sent" if message.from_client else "received",
            "opcode": message.type.value,
            "data": message.content.decode("utf-8", "backslashreplace"),
        }
        for message in flow.websocket.messages
    ]
    sent = sum(message["direction"] == "sent" for message in messages)
    return {"websocket": {"sent": sent, "received": len(messages) - sent, "messages": messages}}


def _kind(flow: Flow) -> str:
    return flow.type.upper()
