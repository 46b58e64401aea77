"""Assembly of a stream's events into a message."""

import json
from collections.abc import Iterable
from typing import Any

from wirelore.model import sse
from wirelore.model.assembly import assembled

START = {"type": "message_start", "message": {"id": "msg_1", "content": [], "usage": {"input_tokens": 3}}}


def _assembled(events: Iterable[dict[str, Any]], tail: bytes = b"") -> dict[str, Any] | None:
    body = b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events)
    return assembled(sse.decode([body + tail]))


def _block(index: int, block: dict[str, Any], *deltas: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": index, "content_block": block},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def test_every_kind_of_delta_adds_to_its_block_and_the_last_event_closes_the_message() -> None:
    events = [
        START,
        *_block(
            0,
            {"type": "thinking", "thinking": "", "signature": ""},
            {"type": "thinking_delta", "thinking": "a"},
            {"type": "thinking_delta", "thinking": "b"},
            {"type": "signature_delta", "signature": "c2ln"},
        ),
        {"type": "ping"},
        *_block(
            1,
            {"type": "text", "text": "", "citations": []},
            {"type": "citations_delta", "citation": {"cited_text": "x"}},
            {"type": "text_delta", "text": "grüße "},
            {"type": "text_delta", "text": "y"},
        ),
        *_block(
            2,
            {"type": "tool_use", "name": "t", "input": {}},
            {"type": "input_json_delta", "partial_json": ""},
            {"type": "input_json_delta", "partial_json": '{"a": '},
            {"type": "input_json_delta", "partial_json": "[1, 2]}"},
        ),
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 9}},
        {"type": "message_stop"},
    ]
    assert _assembled(events) == {
        "id": "msg_1",
        "content": [
            {"type": "thinking", "thinking": "ab", "signature": "c2ln"},
            {"type": "text", "text": "grüße y", "citations": [{"cited_text": "x"}]},
            {"type": "tool_use", "name": "t", "input": {"a": [1, 2]}},
        ],
        "usage": {"input_tokens": 3, "output_tokens": 9},
        "stop_reason": "tool_use",
    }


def test_a_truncated_stream_gives_a_partial_message() -> None:
    deltas = ({"type": "input_json_delta", "partial_json": '{"a'},)
    message = _assembled(
        [START, *_block(0, {"type": "tool_use", "input": {}}, *deltas)], b"event: message_delta\ndata: {"
    )
    assert message == {"id": "msg_1", "content": [{"type": "tool_use", "input": {}}], "usage": {"input_tokens": 3}}


def test_a_stream_without_a_start_gives_no_message() -> None:
    assert _assembled([{"type": "error", "error": {"type": "overloaded_error"}}]) is None


def test_unknown_or_malformed_events_are_ignored() -> None:
    odd: list[dict[str, Any]] = [
        {"type": "content_block_delta", "index": 7, "delta": {"type": "text_delta", "text": "lost"}},
        {"type": "content_block_delta", "index": "0", "delta": {"type": "text_delta", "text": "lost"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "new_delta", "text": "lost"}},
        {"type": "content_block_delta", "index": 0, "delta": None},
        {"type": "message_delta", "delta": 3},
        {"type": "new_event"},
    ]
    events = [START, *_block(0, {"type": "text", "text": "kept"}), *odd]
    assert (_assembled(events) or {})["content"] == [{"type": "text", "text": "kept"}]
