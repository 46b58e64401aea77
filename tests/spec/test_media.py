"""Bodies and parameters as sent, as the values that schemas describe."""

from typing import Any

import pytest

from wirelore.model.exchange import Body, Headers, Message
from wirelore.spec.media import Names, is_json, is_lines, media_type_of, readings, texts, with_data_read


def message(content: bytes, media_type: str) -> Message:
    return Message(Headers((("content-type", media_type),)), body=Body.from_bytes(content))


@pytest.mark.parametrize(
    ("kind", "json", "lines"),
    [
        ("application/json", True, False),
        ("application/problem+json", True, False),
        ("application/jsonl", False, True),
        ("application/x-jsonl", False, True),
        ("application/x-ndjson", False, True),
        ("text/json", False, False),
        ("", False, False),
    ],
)
def test_json_and_json_lines_are_told_by_their_media_type(kind: str, json: bool, lines: bool) -> None:
    assert (is_json(kind), is_lines(kind)) == (json, lines)


def test_the_media_type_of_a_place_has_no_parameters() -> None:
    assert media_type_of(("content", "Text/Event-Stream; charset=utf-8")) == "text/event-stream"


@pytest.mark.parametrize(
    ("values", "query", "expected"),
    [
        (["7"], True, [7, "7", ["7"]]),
        (["-1.5e3"], False, [-1500.0, "-1.5e3", ["-1.5e3"]]),
        (["true"], True, [True, "true", ["true"]]),
        (["True"], True, ["True", ["True"]]),
        (["007"], True, ["007", ["007"]]),
        (["1" * 19], True, ["1" * 19, ["1" * 19]]),
        (["a+b%2Cc"], True, ["a b,c", ["a b", "c"]]),
        (["a+b"], False, ["a+b", ["a+b"]]),
        (["a", "b,c"], True, ["a, b,c", ["a", "b,c"]]),
        (["a", "b,c"], False, ["a, b,c", ["a", "b", "c"]]),
        ([""], True, ["", [""]]),
    ],
)
def test_a_parameter_is_a_scalar_a_text_or_a_list(values: list[str], query: bool, expected: list[Any]) -> None:
    assert texts(values, query) == expected


@pytest.mark.parametrize(
    ("content", "media_type", "expected"),
    [
        (b'{"a":1}', "application/json", [((), {"a": 1}, "")]),
        (b"", "application/json", [((), None, "empty, expected JSON")]),
        (b"{", "application/json", [((), None, "not JSON")]),
        (b"1\n\n{\n", "application/jsonl", [((0,), 1, ""), ((1,), None, "not JSON")]),
        (b"words\xff", "text/plain", [((), "words\ufffd", "")]),
        (b"b=1&a=2", "application/x-www-form-urlencoded", [((), Names({"a", "b"}), "")]),
        (b"\0", "application/octet-stream", []),
    ],
)
def test_the_values_of_a_body_have_their_place_and_problem(
    content: bytes, media_type: str, expected: list[tuple[tuple[int, ...], Any, str]]
) -> None:
    assert list(readings(message(content, media_type))) == expected


def test_the_data_of_an_event_are_described_by_their_content_schema() -> None:
    data = {"type": "string", "contentMediaType": "application/json", "contentSchema": {"type": "object"}, "x-note": 1}
    event = {"properties": {"event": {}, "data": data}}
    read = {"properties": {"event": {}, "data": {"type": "object", "x-note": 1}}}
    assert with_data_read({"oneOf": [event]}) == {"oneOf": [read]}
    assert event["properties"]["data"] is data
    other = {"properties": {"data": data}}
    assert with_data_read(other) == other
