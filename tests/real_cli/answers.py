"""The stand-in's answers to the CLI: synthetic texts in the service's forms; all other requests get 404.

The forms of events are those of recordings of the service, those of endpoints follow the claims named beside them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.real_cli import invented
from wirelore.model.exchange import Body, Chunk, End, Exchange, Headers, Request, Response

SIDE_MODELS = ("claude-haiku-4-5-20251001", "claude-sonnet-4-5-20250929", "claude-opus-4-5-20251101")
"""Models that the CLI uses for side requests; the conversation must use another one, to be distinguishable."""
REPLY = "The stand-in greets you."
_API, _STATSIG = "api.anthropic.com", "statsig.anthropic.com"


def turns(model: str, contents: Sequence[Mapping[str, Any]], overloaded: int = 0) -> Iterator[Exchange]:
    """Yield the answers to a conversation with a model: `overloaded` responses 529, then one content block per turn.

    Requests to other models, such as those for a title or of a subagent, get a text.
    """
    for _ in range(overloaded):
        yield _answer("POST", _API, "/v1/messages", _asked(model, 1), _json(_OVERLOADED, 529, ("retry-after", "0")))
    for number, block in enumerate(contents):
        yield _answer("POST", _API, "/v1/messages", _asked(model, 2 * number + 1), _stream(model, number, block))
    for side in SIDE_MODELS:
        yield _answer("POST", _API, "/v1/messages", _asked(side, 1), _stream(side, 90, text("A side remark.")))


def _asked(model: str, messages: int) -> dict[str, Any]:
    return {"model": model, "max_tokens": 32000, "stream": True, "messages": [{}] * messages}


def text(content: str) -> dict[str, Any]:
    """Return a text block."""
    return {"type": "text", "text": content}


def tool_use(name: str, **arguments: Any) -> dict[str, Any]:
    """Return a block that calls a tool."""
    return {"type": "tool_use", "id": "toolu_01FAKEfake0123456789FAKE", "name": name, "input": arguments}


def account() -> Iterator[Exchange]:
    """Yield the answers of the other endpoints."""
    yield _answer("POST", _API, "/v1/messages/count_tokens", {"messages": [{}]}, _json({"input_tokens": 7}))  # E03
    yield _answer("POST", "console.anthropic.com", "/v1/oauth/token", {}, _json(_REFRESHED))  # A10a, A11
    yield _answer("GET", _API, "/api/oauth/profile", None, _json(_PROFILE))  # E06
    yield _answer("GET", _API, "/api/oauth/claude_cli/client_data", None, _json({"client_data": {}}))  # E04
    yield _answer("POST", _STATSIG, "/v1/initialize", {}, _json({"has_updates": False}))  # E12
    yield _answer("POST", _STATSIG, "/v1/rgstr", {}, _json({"success": True}, 202))  # E12


_OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}  # R01
_PERSON = {"uuid": invented.ACCOUNT, "email_address": invented.EMAIL}
_REFRESHED = {
    "token_type": "Bearer",
    "access_token": str(invented.NEW_ACCESS),
    "refresh_token": str(invented.NEW_REFRESH),
    "expires_in": 28800,
    "scope": "user:inference user:profile",
    "account": _PERSON,
    "organization": {"uuid": invented.ORGANISATION, "name": invented.PERSON},
}
_PROFILE = {
    "account": {
        "uuid": invented.ACCOUNT,
        "full_name": invented.PERSON,
        "display_name": invented.PERSON,
        "email": invented.EMAIL,
        "has_claude_max": True,
        "has_claude_pro": False,
    },
    "organization": {
        "uuid": invented.ORGANISATION,
        "name": invented.PERSON,
        "organization_type": "claude_max",
        "billing_type": "stripe_subscription",
        "rate_limit_tier": "default_claude_max_5x",
        "has_extra_usage_enabled": False,
    },
}


def _answer(method: str, host: str, path: str, asked: Any, response: Response) -> Exchange:
    content = b"" if asked is None else json.dumps(asked).encode()
    request = Request(body=Body.from_bytes(content), method=method, host=host, target=path)
    return Exchange(f"other/{host}-{path}", 0, 0, request, response, End(), "")


def _json(value: Any, status: int = 200, *more: tuple[str, str]) -> Response:
    content = json.dumps(value).encode()
    headers = (("Content-Type", "application/json"), ("Content-Length", str(len(content))), *more)
    return Response(Headers(headers), Body.from_bytes(content), status=status)


def _stream(model: str, number: int, block: Mapping[str, Any]) -> Response:
    pieces = [
        f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in _events(model, number, block)
    ]
    headers = (
        ("Content-Type", "text/event-stream; charset=utf-8"),
        ("Transfer-Encoding", "chunked"),
        ("request-id", f"req_011FAKEfake{number:02d}"),
    )
    return Response(Headers(headers), Body.from_bytes(b"".join(pieces), _chunks(pieces)))


def _chunks(pieces: Iterable[bytes]) -> Iterator[Chunk]:
    offset = 0
    for number, piece in enumerate(pieces, 1):
        yield Chunk(offset, len(piece), number * 1000)
        offset += len(piece)


def _events(model: str, number: int, block: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    tool = block["type"] == "tool_use"
    usage = {
        "input_tokens": 11,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": 1,
        "service_tier": "standard",
    }
    message: dict[str, Any] = {
        "id": f"msg_01FAKEfake0123456789{number:02d}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }
    yield {"type": "message_start", "message": message}
    yield {
        "type": "content_block_start",
        "index": 0,
        "content_block": {**block, **({"input": {}} if tool else {"text": ""})},
    }
    yield {"type": "ping"}
    content = json.dumps(block["input"]) if tool else block["text"]
    for part in (content[:9], content[9:]):
        delta = {"type": "input_json_delta", "partial_json": part} if tool else {"type": "text_delta", "text": part}
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    reason = "tool_use" if tool else "end_turn"
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": reason, "stop_sequence": None},
        "usage": {"output_tokens": 9},
    }
    yield {"type": "message_stop"}
