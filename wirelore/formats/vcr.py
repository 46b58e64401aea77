"""VCR cassettes, of vcrpy (`interactions`) and of Ruby's VCR (`http_interactions`), in YAML or JSON.

Neither tells when bytes arrived, how the connection was, or which HTTP version was spoken; Ruby's VCR also rewrites
the case of header names. A body may be decoded although its content-encoding header is kept: the bytes decide.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from wirelore.formats import yaml_text
from wirelore.formats.address import address
from wirelore.formats.content_coding import encoded_side, told_by
from wirelore.formats.draft import (
    Draft,
    EntryError,
    Problem,
    exchange,
    headers_of,
    iso_us,
    kind,
    mapping,
    status_of,
    unbase64,
    whole,
)
from wirelore.formats.source import content
from wirelore.model import codec
from wirelore.model.codec import octets
from wirelore.model.exchange import End, Request, Response

_ABSENT = ("connection", "end", "times")


def read(stream: BinaryIO, name: str) -> Iterator[Draft | Problem]:
    """The interactions of a cassette; a bad one is a Problem, the others go on."""
    try:
        ruby, interactions = _interactions(content(stream))
    except EntryError as fault:
        yield Problem(name, "", str(fault), fault.expected)
        return
    for number, interaction in enumerate(interactions, 1):
        try:
            yield _draft(interaction, f"{name}#{number}", ruby)
        except EntryError as fault:
            yield Problem(name, f"interaction {number}", str(fault), fault.expected)


def _interactions(text: bytes) -> tuple[bool, list[Any]]:
    cassette = _loaded(text)
    if not isinstance(cassette, dict):
        raise EntryError(f"a cassette that is {kind(cassette)}", "expected interactions or http_interactions")
    ruby = "http_interactions" in cassette
    found = cassette.get("http_interactions" if ruby else "interactions")
    if not isinstance(found, list):
        raise EntryError(f"interactions are {kind(found)}", "expected a list")
    return ruby, found


def _loaded(text: bytes) -> Any:
    if not text.lstrip().startswith(b"{"):
        return yaml_text.load(text)
    try:
        return codec.loads(text)
    except ValueError as fault:
        raise EntryError(f"no JSON ({fault})", "expected a cassette") from None


def _draft(found: Any, source: str, ruby: bool) -> Draft:
    interaction = mapping(found, "the interaction")
    sent = mapping(interaction.get("request"), "request")
    got = mapping(interaction.get("response"), "response")
    request = Request(
        headers=headers_of(sent.get("headers"), "request"),
        method=str(sent.get("method") or "GET").upper(),
        http_version="",
        **address(sent.get("uri"))._asdict(),
    )
    response = _response(got)
    sent_body, got_body = _body(sent.get("body"), "request"), _body(got.get("body"), "response")
    absent = [*_ABSENT, *(["header-case"] if ruby else [])]
    absent += [f"{side}-headers" for side, head in (("request", request), ("response", response)) if not head.headers]
    request = replace(request, headers=request.headers or told_by(sent_body))
    response = replace(response, headers=response.headers or told_by(got_body))
    started_us = iso_us(interaction.get("recorded_at")) or iso_us(response.headers.first("date"))
    return Draft(
        exchange("vcr", source, request, response, started_us=started_us, end=End("imported"), absent=absent),
        request_body=whole(sent_body),
        response_body=whole(got_body),
        encoded=(
            *encoded_side("request", request.headers, sent_body),
            *encoded_side("response", response.headers, got_body),
        ),
    )


def _response(got: dict[str, Any]) -> Response:
    found = got.get("status")
    status = found if isinstance(found, dict) else {"code": found, "message": got.get("message")}
    code = status_of(status.get("code"))
    if code == 0:
        raise EntryError("a response without a status", "expected status with code and message")
    reason = status.get("message")
    headers = headers_of(got.get("headers"), "response")
    return Response(headers=headers, status=code, reason=str(reason or ""), http_version="")


def _body(found: Any, side: str) -> bytes:
    """The bytes of a body: text or bytes, or a mapping that has them as `string` or `base64_string`."""
    body = found
    if isinstance(found, dict):
        if "base64_string" in found:
            body = unbase64(found["base64_string"], f"a {side} body")
        elif "string" in found:
            body = found["string"]
        else:
            raise EntryError(
                f"a {side} body with {', '.join(map(str, found)) or 'nothing'}", "expected string or base64_string"
            )
    if body is None:
        return b""
    if isinstance(body, str):
        return octets(body)
    if not isinstance(body, bytes):
        raise EntryError(f"a {side} body that is {kind(body)}", "expected text or bytes")
    return body
