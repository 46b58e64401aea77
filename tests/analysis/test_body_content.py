"""The content of bodies, by media type."""

from typing import Any

import pytest

from wirelore.analysis.body_content import body_content, body_observation
from wirelore.model.exchange import Body, Headers, Message

MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="b"; filename="f"\r\n\r\n1\r\n'
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n2\r\n--x--\r\n'
)


def message(content: bytes, media_type: str | None) -> Message:
    headers = Headers((("Content-Type", media_type),) if media_type else ())
    return Message(headers, body=Body.from_bytes(content))


@pytest.mark.parametrize(
    ("media_type", "content", "expected"),
    [
        ("application/json", b'{"a":1}', {"body": {"a": 1}}),
        ("application/problem+json", b"[]", {"body": []}),
        ("text/plain", b'{"a":1}', {"body": {"a": 1}}),
        ("text/plain", b"words", {"bytes": 5}),
        (None, b"7", {"body": 7}),
        (None, b"words", {"bytes": 5}),
        ("application/x-ndjson", b'{"a":1}\n\n 2 \n', {"lines": [{"a": 1}, 2]}),
        ("application/jsonl", b"", {"lines": []}),
        ("application/x-www-form-urlencoded", b"b=1&a=&b=2", {"fields": ["a", "b"]}),
        ("application/octet-stream", b"{}", {"bytes": 2}),
    ],
)
def test_a_body_is_read_as_its_media_type_says(
    media_type: str | None, content: bytes, expected: dict[str, Any]
) -> None:
    assert body_content(message(content, media_type)) == {"media_type": media_type, **expected}


def test_of_a_multipart_body_only_the_names_are_read() -> None:
    content = body_content(message(MULTIPART, "multipart/form-data; boundary=x"))
    assert content == {"media_type": "multipart/form-data", "fields": ["a", "b"]}


@pytest.mark.parametrize("media_type", ["application/json", "application/jsonl"])
def test_a_body_that_is_not_what_it_says_is_unreadable(media_type: str) -> None:
    content = body_content(message(b"{", media_type))
    assert content.keys() == {"media_type", "unreadable"}


def test_an_unreadable_body_has_no_case_and_so_is_not_checked() -> None:
    case = {"operation": "GET /a"}
    assert body_observation(case, message(b"1", "application/json")) == {
        **case,
        "media_type": "application/json",
        "body": 1,
    }
    assert "operation" not in body_observation(case, message(b"{", "application/json"))
