"""Openness: unknown values are valid in the document, contradicting ones are not."""

from typing import Any

import pytest

from tests.reported import TEXT, conversation, message
from tests.spec.test_openapi_document import Document, _document, _holds


@pytest.fixture(scope="module")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return _document(tmp_path_factory.mktemp("made"), *conversation())


@pytest.mark.parametrize(
    "body",
    [
        message({"type": "hologram", "depth": 3}),
        {**message(TEXT), "stop_reason": "bored"},
        {**message(TEXT), "stop_sequence": "stop"},
        {**message({**TEXT, "mood": "glad"}), "extra": 1},
        {**message(TEXT), "type": "message_v2"},
    ],
    ids=["variant", "value", "non-null", "members", "type"],
)
def test_an_unknown_value_is_valid(openapi: Document, body: Any) -> None:
    assert _holds(openapi, "Message", body)


@pytest.mark.parametrize(
    "body",
    [
        message({"type": "text"}),
        {**message(TEXT), "usage": {"input_tokens": "1", "output_tokens": 2}},
        message({"text": "no type"}),
        {name: value for name, value in message(TEXT).items() if name != "id"},
    ],
    ids=["variant without its member", "wrong type", "no discriminator", "required member gone"],
)
def test_a_contradicting_value_is_invalid(openapi: Document, body: Any) -> None:
    assert not _holds(openapi, "Message", body)


def test_a_new_event_is_valid_and_a_wrong_one_is_not(openapi: Document) -> None:
    assert _holds(openapi, "MessagesStreamEvent", {"event": "message_pause", "data": {"type": "message_pause"}})
    assert not _holds(openapi, "MessagesStreamEvent", {"event": "message_start", "data": {"type": "message_start"}})
