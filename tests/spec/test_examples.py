"""Examples from the traffic: small, valid and without credentials."""

from pathlib import Path

import pytest

from tests.exchanges import exchange, learned_library
from tests.reported import ASK, HEADERS, TEXT, conversation, failure, message
from tests.spec.test_openapi_evidence import _document
from wirelore.schema.library import Library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return learned_library(tmp_path_factory.mktemp("library") / "schemas", *conversation())


def test_the_smallest_body_is_the_example(library: Library) -> None:
    operation = _document(library, *conversation())["paths"]["/v1/messages"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["example"] == ASK
    assert operation["responses"]["200"]["content"]["application/json"]["example"] == message(TEXT)
    assert operation["responses"]["529"]["content"]["application/json"]["example"] == failure("overloaded_error")


def test_a_stream_has_an_example_for_each_event(library: Library) -> None:
    media = _document(library, *conversation())["paths"]["/v1/messages"]["post"]["responses"]["200"]["content"]
    examples = media["text/event-stream"]["examples"]
    assert set(examples) == {
        "content_block_delta", "content_block_start", "content_block_stop", "error", "message_start", "message_stop",
    }  # fmt: skip
    assert examples["message_stop"]["value"] == {"event": "message_stop", "data": {"type": "message_stop"}}


def test_long_texts_are_cut_where_the_schema_allows_it(tmp_path: Path) -> None:
    body = message({"type": "text", "text": "word " * 500})
    result = _document(learned_library(tmp_path / "schemas", exchange(ASK, body)), exchange(ASK, body))
    media = result["paths"]["/v1/messages"]["post"]["responses"]["200"]["content"]["application/json"]
    (block,) = media["example"]["content"]
    assert block["text"] == ("word " * 12) + "…"


def test_a_body_that_is_too_large_is_not_an_example(tmp_path: Path) -> None:
    body = message(*({"type": "text", "text": str(number)} for number in range(200)))
    result = _document(learned_library(tmp_path / "schemas", exchange(ASK, body)), exchange(ASK, body))
    media = result["paths"]["/v1/messages"]["post"]["responses"]["200"]["content"]["application/json"]
    assert "example" not in media


def test_a_body_that_violates_the_schema_is_not_an_example(library: Library) -> None:
    result = _document(library, exchange({"model": 5}, message(TEXT)))["paths"]["/v1/messages"]["post"]
    assert "example" not in result["requestBody"]["content"]["application/json"]


def test_credentials_and_free_texts_are_not_examples(library: Library) -> None:
    headers = [
        ("X-Secret", "Bearer abc"),
        ("X-Words", "some words, freely put"),
        ("X-Words-Too", "a"),
        ("X-Id", "req_01AbC9"),
    ]
    asked = [exchange(ASK, message(), headers=[*HEADERS, *headers]) for _ in range(2)]
    parameters = _document(library, *asked)["paths"]["/v1/messages"]["post"]["parameters"]
    examples = {one["name"]: one.get("example") for one in parameters if one["name"].startswith("x-")}
    assert examples["x-secret"] is None
    assert examples["x-id"] == "req_01AbC9"
