"""claude-trace logs: one pair of request and response per line, with parsed bodies and fetch's `Headers`.

The format is that of the interceptor in claude-trace 1.0.9: `request` and `response` with Unix seconds, `body` parsed
or `body_raw` as text. The response is null for a request that was not answered. `logged_at` is the time at which the
body was read.
"""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from wirelore.formats.address import address
from wirelore.formats.draft import (
    Draft,
    EntryError,
    Problem,
    exchange,
    headers_of,
    iso_us,
    mapping,
    single_piece,
    status_of,
    unix_us,
)
from wirelore.formats.source import lines
from wirelore.model import codec
from wirelore.model.codec import octets
from wirelore.model.exchange import End, Request, Response

_ABSENT = ("connection", "end", "header-case", "header-order", "times")


def read(stream: BinaryIO, name: str) -> Iterator[Draft | Problem]:
    """Yield the pairs of a log; for an invalid line, yield a Problem and continue."""
    number = 0
    for number, line in enumerate(lines(stream), 1):
        try:
            if isinstance(line, EntryError):
                raise line
            if not line.strip():
                continue
            yield _draft(codec.loads(line), f"{name}#{number}")
        except EntryError as fault:
            yield Problem(name, f"line {number}", str(fault), fault.expected)
        except (ValueError, RecursionError) as fault:
            yield Problem(name, f"line {number}", f"not JSON ({fault})", "expected one pair of request and response")
    if number == 0:
        yield Problem(name, "", "empty", "expected one pair of request and response per line")


def _draft(value: Any, source: str) -> Draft:
    pair = mapping(value, "the line")
    request_members = mapping(pair.get("request"), "request")
    response_members = pair.get("response")
    started_us = unix_us(request_members.get("timestamp"))
    request_address = address(request_members.get("url"))
    request = Request(
        headers=headers_of(request_members.get("headers"), "request"),
        method=str(request_members.get("method") or "GET").upper(),
        http_version="",
        **request_address._asdict(),
    )
    response = _response(mapping(response_members, "response")) if response_members is not None else None
    request_body, request_absent = _body(request_members, "request")
    response_body, response_absent = _body(response_members, "response") if response_members is not None else (b"", ())
    head_us = _since(started_us, unix_us(response_members.get("timestamp"))) if response_members is not None else None
    done_us = max(_since(started_us, iso_us(pair.get("logged_at"))) or 0, head_us or 0)
    end = End("imported", done_us) if response else End("no-response", done_us, str(pair.get("note") or ""))
    absent = (*_ABSENT, *request_absent, *response_absent)
    return Draft(
        exchange("claude-trace", source, request, response, started_us=started_us, end=end, absent=absent),
        request_body=single_piece(request_body),
        response_body=single_piece(response_body, done_us),
        head_us=head_us,
    )


def _response(members: dict[str, Any]) -> Response:
    status = status_of(members.get("status_code"))
    return Response(headers=headers_of(members.get("headers"), "response"), status=status, http_version="")


def _body(side: dict[str, Any], side_name: str) -> tuple[bytes, tuple[str, ...]]:
    """Return the bytes of a body and its absent parts. A parsed body is serialized as by JSON.stringify."""
    raw = side.get("body_raw")
    if isinstance(raw, str):
        return octets(raw), ()
    body = side.get("body")
    if body is None:
        return b"", ()
    if isinstance(body, str) and side_name == "request":
        return octets(body), ()
    return octets(json.dumps(body, ensure_ascii=False, separators=(",", ":"))), (f"{side_name}-bytes",)


def _since(started_us: int | None, us: int | None) -> int | None:
    return max(0, us - started_us) if us is not None and started_us is not None else None
