"""claude-trace logs: one pair of request and response a line, bodies parsed, headers through fetch's `Headers`.

Shape after claude-trace 1.0.9 (its interceptor): `request` and `response` with Unix seconds, `body` parsed or
`body_raw` as text; the response is null for a request that was never answered. `logged_at` is when the body was read.
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
    status_of,
    unix_us,
    whole,
)
from wirelore.formats.source import lines
from wirelore.model import codec
from wirelore.model.codec import octets
from wirelore.model.exchange import End, Request, Response

_ABSENT = ("connection", "end", "header-case", "header-order", "times")


def read(stream: BinaryIO, name: str) -> Iterator[Draft | Problem]:
    """The pairs of a log; a broken line is a Problem, the others go on."""
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
            yield Problem(name, f"line {number}", f"no JSON ({fault})", "expected one pair of request and response")
    if number == 0:
        yield Problem(name, "", "empty", "expected one pair of request and response a line")


def _draft(found: Any, source: str) -> Draft:
    pair = mapping(found, "the line")
    sent = mapping(pair.get("request"), "request")
    got = pair.get("response")
    started_us = unix_us(sent.get("timestamp"))
    place = address(sent.get("url"))
    request = Request(
        headers=headers_of(sent.get("headers"), "request"),
        method=str(sent.get("method") or "GET").upper(),
        http_version="",
        **place._asdict(),
    )
    response = _response(mapping(got, "response")) if got is not None else None
    sent_body, sent_absent = _body(sent, "request")
    got_body, got_absent = _body(got, "response") if got is not None else (b"", ())
    head_us = _since(started_us, unix_us(got.get("timestamp"))) if got is not None else None
    done_us = max(_since(started_us, iso_us(pair.get("logged_at"))) or 0, head_us or 0)
    end = End("imported", done_us) if response else End("no-response", done_us, str(pair.get("note") or ""))
    absent = (*_ABSENT, *sent_absent, *got_absent)
    return Draft(
        exchange("claude-trace", source, request, response, started_us=started_us, end=end, absent=absent),
        request_body=whole(sent_body),
        response_body=whole(got_body, done_us),
        head_us=head_us,
    )


def _response(got: dict[str, Any]) -> Response:
    status = status_of(got.get("status_code"))
    return Response(headers=headers_of(got.get("headers"), "response"), status=status, http_version="")


def _body(side: dict[str, Any], which: str) -> tuple[bytes, tuple[str, ...]]:
    """The bytes of a body, and what is absent of it: a parsed one is written out as JSON.stringify would."""
    raw = side.get("body_raw")
    if isinstance(raw, str):
        return octets(raw), ()
    body = side.get("body")
    if body is None:
        return b"", ()
    if isinstance(body, str) and which == "request":
        return octets(body), ()
    return octets(json.dumps(body, ensure_ascii=False, separators=(",", ":"))), (f"{which}-bytes",)


def _since(started_us: int | None, us: int | None) -> int | None:
    return max(0, us - started_us) if us is not None and started_us is not None else None
