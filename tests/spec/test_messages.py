"""Responses of the document: headers, phrases and streams."""

from pathlib import Path

import pytest

from tests.exchanges import exchange
from tests.reported import ASK, conversation, failure, message, stream
from tests.spec.test_openapi_document import Document, _document, _holds
from wirelore.evidence.collector import gather
from wirelore.model.routes import Routes
from wirelore.schema.claims import claims
from wirelore.schema.library import Library
from wirelore.spec.components import open_list
from wirelore.spec.openapi_document import document


@pytest.fixture(scope="module")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return _document(tmp_path_factory.mktemp("made"), *conversation())


def test_a_stream_has_its_state_machine(openapi: Document) -> None:
    media = openapi["paths"]["/v1/messages"]["post"]["responses"]["200"]["content"]
    assert sorted(media) == ["application/json", "text/event-stream"]
    steps = media["text/event-stream"]["x-sse-state-machine"]["transitions"]
    assert {"from": "content_block_delta", "to": "content_block_delta", "count": 1} in steps
    assert sum(step["count"] for step in steps if step["from"] == "(start)") == 2


def test_headers_of_every_response_are_required_and_typed(openapi: Document) -> None:
    headers = openapi["paths"]["/v1/messages"]["post"]["responses"]["200"]["headers"]
    assert headers["x-left"] == {
        "schema": {"type": "integer"}, "example": 41, "x-observed": {"count": 3, "of": 5},
    }  # fmt: skip
    assert headers["x-kind"]["schema"] == {"anyOf": open_list(["a|b"])}
    one = exchange(ASK, message(), answer_headers=[("content-type", "application/json"), ("X-Left", "1")])
    alone = document(gather([("made", [one])]), Library(), Routes.load(), claims())
    assert alone["paths"]["/v1/messages"]["post"]["responses"]["200"]["headers"]["x-left"]["required"] is True


def test_an_error_of_the_stream_is_described_with_the_events(openapi: Document) -> None:
    assert _holds(openapi, "SentErrorEvent", {"event": "error", "data": failure("api_error")})
    assert [name for name, _ in stream()].count("error") == 0


def test_a_status_has_the_phrase_of_the_standard_whatever_the_python(tmp_path: Path) -> None:
    answers = [exchange(None, failure("made_up"), status=status) for status in (413, 414, 416, 422, 418, 599)]
    responses = _document(tmp_path / "schemas", *answers)["paths"]["/v1/messages"]["post"]["responses"]
    assert {status: one["description"].partition(":")[0] for status, one in responses.items()} == {
        "413": "Content Too Large",
        "414": "URI Too Long",
        "416": "Range Not Satisfiable",
        "418": "I'm a Teapot",
        "422": "Unprocessable Content",
        "599": "Status 599",
    }
