"""A small conversation, synthetic, with a bit of everything that reports show."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.exchanges import START, exchange
from wirelore.model.exchange import Exchange, Headers
from wirelore.model.routes import packaged
from wirelore.redaction.redactor import Redactor
from wirelore.store.writer import CaptureWriter

KEY = ("x-api-key", "made-up")
HEADERS = (
    ("Content-Type", "application/json"),
    KEY,
    ("User-Agent", "claude-cli/2.0.56 (external, cli)"),
    ("anthropic-version", "2023-06-01"),
    ("anthropic-beta", "one-2025-01-01,two-2025-02-02"),
    ("Connection", "keep-alive"),
)
"""The head of every request of the conversation."""

ANSWER_HEADERS = (("content-type", "application/json"), ("x-left", "41"), ("x-kind", "a|b"))

ASK = {"model": "made-model", "max_tokens": 5, "messages": [{"role": "user", "content": "Hello"}]}
IMAGE = {"type": "image", "source": {"type": "url", "url": "u"}}
TOLD = {"role": "user", "content": [{"type": "text", "text": "Hello"}, IMAGE]}
TEXT = {"type": "text", "text": "Hi"}
USE = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"free": {"form": 1}}}
USAGE = {"input_tokens": 1, "output_tokens": 2}


def message(*content: dict[str, Any]) -> dict[str, Any]:
    """The answer to a conversation."""
    return {
        "type": "message", "id": "msg_1", "role": "assistant", "content": list(content), "stop_reason": "end_turn",
        "stop_sequence": None, "usage": USAGE,
    }  # fmt: skip


def stream() -> list[tuple[str, dict[str, Any]]]:
    """The events of a streamed answer."""
    delta = {"type": "content_block_delta", "index": 0}
    return [
        ("message_start", {"type": "message_start", "message": message()}),
        ("content_block_start", {"type": "content_block_start", "index": 0, "content_block": TEXT}),
        ("content_block_delta", {**delta, "delta": {"type": "text_delta", "text": "H"}}),
        ("content_block_delta", {**delta, "delta": {"type": "input_json_delta", "partial_json": "{"}}),
        ("content_block_stop", {"type": "content_block_stop", "index": 0}),
        ("message_stop", {"type": "message_stop"}),
    ]


def failure(kind: str) -> dict[str, Any]:
    """The body of an error."""
    return {"type": "error", "error": {"type": kind, "message": "no"}}


def conversation() -> list[Exchange]:
    """Eight exchanges: answers whole and streamed, errors as response and in a stream, a retry, a listing."""
    second = 1_000_000
    made = [
        exchange(ASK, message(TEXT), answer_headers=ANSWER_HEADERS, target="/v1/messages?beta=true"),
        exchange({**ASK, "messages": [TOLD]}, message(TEXT, USE), answer_headers=ANSWER_HEADERS),
        exchange({**ASK, "stream": True}, events=stream()),
        exchange({**ASK, "max_tokens": 6}, failure("overloaded_error"), status=529),
        exchange({**ASK, "max_tokens": 6}, message(TEXT), answer_headers=ANSWER_HEADERS),
        exchange({**ASK, "max_tokens": 7}, events=[("error", failure("api_error"))]),
        exchange(None, {"data": [], "note": None}, operation="GET /v1/models"),
        exchange(None, failure("not_found_error"), operation="GET /v1/files/file_0123456789abcdef", status=404),
    ]
    return [_placed(one, number, START + number * second) for number, one in enumerate(made, 1)]


def written(folder: Path, exchanges: Iterable[Exchange]) -> None:
    """Writes exchanges as a capture."""
    writer = CaptureWriter(folder, Redactor(b"k" * 32), routes=packaged())
    for one in exchanges:
        asked = [(0, one.request.body.read())] if one.request.body.size else []
        told = [(500, one.response.body.read())] if one.response and one.response.body.size else []
        writer.write(one, request_body=asked, response_body=told, encoded=False)
    writer.close()


def _placed(one: Exchange, number: int, started_us: int) -> Exchange:
    request = replace(one.request, headers=Headers(HEADERS))
    return replace(one, sequence=number, started_us=started_us, id=f"messages/{number}", request=request)
