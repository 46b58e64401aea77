"""A small synthetic conversation with an example of everything that reports show."""

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
"""The headers of every request in the conversation."""

ANSWER_HEADERS = (("content-type", "application/json"), ("x-left", "41"), ("x-kind", "a|b"))

ASK = {"model": "made-model", "max_tokens": 5, "messages": [{"role": "user", "content": "Hello"}]}
IMAGE = {"type": "image", "source": {"type": "url", "url": "u"}}
WITH_IMAGE = {"role": "user", "content": [{"type": "text", "text": "Hello"}, IMAGE]}
TEXT = {"type": "text", "text": "Hi"}
USE = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"free": {"form": 1}}}
USAGE = {"input_tokens": 1, "output_tokens": 2}


def message(*content: dict[str, Any]) -> dict[str, Any]:
    """Return the message of a response."""
    return {
        "type": "message", "id": "msg_1", "role": "assistant", "content": list(content), "stop_reason": "end_turn",
        "stop_sequence": None, "usage": USAGE,
    }  # fmt: skip


def stream() -> list[tuple[str, dict[str, Any]]]:
    """Return the events of a streamed response."""
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
    """Return the body of an error."""
    return {"type": "error", "error": {"type": kind, "message": "no"}}


def conversation() -> list[Exchange]:
    """Return eight exchanges: plain and streamed responses, errors as response and in a stream, a retry, a listing."""
    second = 1_000_000
    exchanges = [
        exchange(ASK, message(TEXT), answer_headers=ANSWER_HEADERS, target="/v1/messages?beta=true"),
        exchange({**ASK, "messages": [WITH_IMAGE]}, message(TEXT, USE), answer_headers=ANSWER_HEADERS),
        exchange({**ASK, "stream": True}, events=stream()),
        exchange({**ASK, "max_tokens": 6}, failure("overloaded_error"), status=529),
        exchange({**ASK, "max_tokens": 6}, message(TEXT), answer_headers=ANSWER_HEADERS),
        exchange({**ASK, "max_tokens": 7}, events=[("error", failure("api_error"))]),
        exchange(None, {"data": [], "note": None}, operation="GET /v1/models"),
        exchange(None, failure("not_found_error"), operation="GET /v1/files/file_0123456789abcdef", status=404),
    ]
    return [_placed(each, number, START + number * second) for number, each in enumerate(exchanges, 1)]


def write_capture(folder: Path, exchanges: Iterable[Exchange]) -> None:
    """Write exchanges as a capture."""
    writer = CaptureWriter(folder, Redactor(b"k" * 32), routes=packaged())
    for each in exchanges:
        sent = [(0, each.request.body.read())] if each.request.body.size else []
        received = [(500, each.response.body.read())] if each.response and each.response.body.size else []
        writer.write(each, request_body=sent, response_body=received, encoded=False)
    writer.close()


def _placed(source: Exchange, number: int, started_us: int) -> Exchange:
    request = replace(source.request, headers=Headers(HEADERS))
    return replace(source, sequence=number, started_us=started_us, id=f"messages/{number}", request=request)
