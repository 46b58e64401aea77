"""Request bodies of every media type, and their findings."""

from pathlib import Path
from typing import Any

import pytest

from analyzers import request_bodies
from tests.exchanges import exchange, findings, learned_library

ASKED = {
    "model": "m-1",
    "max_tokens": 5,
    "messages": [{"role": "user", "content": [{"type": "text", "text": "Hello, you"}]}],
}
MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nx\r\n'
    b'--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\ny\r\n--b--\r\n'
)


@pytest.mark.parametrize(
    ("kind", "body", "seen"),
    [
        pytest.param("application/json", b'{"a":1}', {"body": {"a": 1}}, id="json"),
        pytest.param("application/problem+json", b"[1]", {"body": [1]}, id="json suffix"),
        pytest.param("application/x-jsonl", b'{"a":1}\n{"a":2}\n', {"lines": [{"a": 1}, {"a": 2}]}, id="json lines"),
        pytest.param("application/x-www-form-urlencoded", b"b=1&a=2&b=", {"fields": ["a", "b"]}, id="form"),
        pytest.param("multipart/form-data; boundary=b", MULTIPART, {"fields": ["file", "purpose"]}, id="multipart"),
        pytest.param("text/plain;charset=UTF-8", b'{"a":1}', {"body": {"a": 1}}, id="json as text"),
        pytest.param("text/plain", b"words", {"bytes": 5}, id="text"),
        pytest.param("image/png", b"\x89PNG", {"bytes": 4}, id="binary"),
    ],
)
def test_a_body_is_observed_by_its_media_type(kind: str, body: bytes, seen: dict[str, Any]) -> None:
    media = {"media_type": kind.partition(";")[0]}
    sent = exchange(body, headers=[("content-type", kind)])
    assert request_bodies.observe(sent) == [{"operation": "POST /v1/messages", **media, **seen}]


def test_a_body_without_media_type_is_parsed_as_json_if_possible() -> None:
    assert request_bodies.observe(exchange({"a": 1}, headers=[])) == [
        {"operation": "POST /v1/messages", "media_type": None, "body": {"a": 1}}
    ]
    assert request_bodies.observe(exchange(b"plain", headers=[])) == [
        {"operation": "POST /v1/messages", "media_type": None, "bytes": 5}
    ]


def test_a_request_without_body_has_no_observation() -> None:
    assert request_bodies.observe(exchange()) == []


def test_a_body_that_is_not_json_despite_its_media_type_is_an_error(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", exchange(ASKED))
    assert findings(library, exchange(b'{"model": '), analyzer="request-bodies") == [
        ("error", "request-bodies/not-json", "/unreadable")
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({"max_tokens": "5"}, ("error", "request-bodies/wrong-type", "/body/max_tokens"), id="type"),
        pytest.param({"max_tokens": None}, ("error", "request-bodies/wrong-type", "/body/max_tokens"), id="null"),
        pytest.param({"speed": "fast"}, ("warning", "request-bodies/new-field", "/body/speed"), id="new field"),
        pytest.param({"model": "m-2"}, ("warning", "request-bodies/new-value", "/body/model"), id="new value"),
        pytest.param(
            {"messages": [{"role": "user", "content": [{"type": "hologram"}]}]},
            ("warning", "request-bodies/new-value", "/body/messages/0/content/0/type"),
            id="new block",
        ),
    ],
)
def test_a_departure_is_found_at_its_pointer(
    tmp_path: Path, change: dict[str, Any], expected: tuple[str, str, str]
) -> None:
    library = learned_library(tmp_path / "schemas", exchange(ASKED), exchange({**ASKED, "messages": [BLOCKS]}))
    assert findings(library, exchange(ASKED), exchange({**ASKED, **change}), analyzer="request-bodies") == [expected]


BLOCKS = {"role": "user", "content": [{"type": "image", "source": {"type": "base64", "data": "AAAA"}}]}


def test_a_field_of_one_kind_of_block_is_new_in_another(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", exchange(ASKED), exchange({**ASKED, "messages": [BLOCKS]}))
    mixed = {**ASKED, "messages": [{"role": "user", "content": [{"type": "text", "text": "Hello, you", "source": {}}]}]}
    assert findings(library, exchange(mixed), analyzer="request-bodies") == [
        ("warning", "request-bodies/new-field", "/body/messages/0/content/0/source")
    ]


def test_a_missing_field_is_an_error_at_its_own_pointer(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", exchange(ASKED))
    short = {name: value for name, value in ASKED.items() if name != "max_tokens"}
    assert findings(library, exchange(short), analyzer="request-bodies") == [
        ("error", "request-bodies/missing-field", "/body/max_tokens")
    ]
