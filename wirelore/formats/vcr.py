"""VCR cassettes of vcrpy (`interactions`) and of Ruby's VCR (`http_interactions`), in YAML or JSON.

Neither records arrival times, connection properties or the HTTP version; Ruby's VCR also changes the case of header
names. A body may be decoded although its content-encoding header is kept: its bytes are decisive.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from wirelore.formats import yaml_text
from wirelore.formats.address import address
from wirelore.formats.content_coding import derived_headers, encoded_side
from wirelore.formats.draft import (
    Draft,
    EntryError,
    Problem,
    exchange,
    headers_of,
    iso_us,
    kind,
    mapping,
    single_piece,
    status_of,
    unbase64,
)
from wirelore.formats.source import content
from wirelore.model import codec
from wirelore.model.codec import octets
from wirelore.model.exchange import End, Request, Response

_ABSENT = ("connection", "end", "times")


def read(stream: BinaryIO, name: str) -> Iterator[Draft | Problem]:
    """Yield the interactions of a cassette; for an invalid one, yield a Problem and continue."""
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
    cassette = _load(text)
    if not isinstance(cassette, dict):
        raise EntryError(f"a cassette that is {kind(cassette)}", "expected interactions or http_interactions")
    is_ruby = "http_interactions" in cassette
    interactions = cassette.get("http_interactions" if is_ruby else "interactions")
    if not isinstance(interactions, list):
        raise EntryError(f"interactions are {kind(interactions)}", "expected a list")
    return is_ruby, interactions


def _load(text: bytes) -> Any:
    if not text.lstrip().startswith(b"{"):
        return yaml_text.load(text)
    try:
        return codec.loads(text)
    except ValueError as fault:
        raise EntryError(f"not JSON ({fault})", "expected a cassette") from None


def _draft(value: Any, source: str, is_ruby: bool) -> Draft:
    interaction = mapping(value, "the interaction")
    request_members = mapping(interaction.get("request"), "request")
    response_members = mapping(interaction.get("response"), "response")
    request = Request(
        headers=headers_of(request_members.get("headers"), "request"),
        method=str(request_members.get("method") or "GET").upper(),
        http_version="",
        **address(request_members.get("uri"))._asdict(),
    )
    response = _response(response_members)
    request_body = _body(request_members.get("body"), "request")
    response_body = _body(response_members.get("body"), "response")
    absent = [*_ABSENT, *(["header-case"] if is_ruby else [])]
    absent += [f"{side}-headers" for side, head in (("request", request), ("response", response)) if not head.headers]
    request = replace(request, headers=request.headers or derived_headers(request_body))
    response = replace(response, headers=response.headers or derived_headers(response_body))
    started_us = iso_us(interaction.get("recorded_at")) or iso_us(response.headers.first("date"))
    return Draft(
        exchange("vcr", source, request, response, started_us=started_us, end=End("imported"), absent=absent),
        request_body=single_piece(request_body),
        response_body=single_piece(response_body),
        encoded=(
            *encoded_side("request", request.headers, request_body),
            *encoded_side("response", response.headers, response_body),
        ),
    )


def _response(members: dict[str, Any]) -> Response:
    value = members.get("status")
    status = value if isinstance(value, dict) else {"code": value, "message": members.get("message")}
    code = status_of(status.get("code"))
    if code == 0:
        raise EntryError("a response without a status", "expected status with code and message")
    reason = status.get("message")
    headers = headers_of(members.get("headers"), "response")
    return Response(headers=headers, status=code, reason=str(reason or ""), http_version="")


def _body(value: Any, side: str) -> bytes:
    """Return the bytes of a body: text or bytes, or a mapping that has them as `string` or `base64_string`."""
    body = value
    if isinstance(value, dict):
        if "base64_string" in value:
            body = unbase64(value["base64_string"], f"a {side} body")
        elif "string" in value:
            body = value["string"]
        else:
            raise EntryError(
                f"a {side} body with {', '.join(map(str, value)) or 'nothing'}", "expected string or base64_string"
            )
    if body is None:
        return b""
    if isinstance(body, str):
        return octets(body)
    if not isinstance(body, bytes):
        raise EntryError(f"a {side} body that is {kind(body)}", "expected text or bytes")
    return body
