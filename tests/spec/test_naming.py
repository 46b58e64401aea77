"""Names of components, as people would give them."""

from pathlib import Path

import pytest

from tests.exchanges import exchange
from tests.reported import conversation
from tests.spec.test_openapi_document import Document, _document


@pytest.fixture(scope="module")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return _document(tmp_path_factory.mktemp("made"), *conversation())


def test_components_have_human_names(openapi: Document) -> None:
    assert set(openapi["components"]["schemas"]) >= {
        "Message", "TextBlock", "ToolUseBlock", "ContentBlock", "OtherContentBlock", "MessageStartEvent", "TextDelta",
        "ContentBlockDeltaEvent", "InputJsonDelta", "OverloadedError", "ErrorBody", "MessagesRequestParam",
        "ImageBlockParam", "MessagesStreamEvent", "SentMessageStartEvent",
    }  # fmt: skip


def test_an_object_in_data_is_named_after_its_type(tmp_path: Path) -> None:
    file = {"type": "file", "id": "file_1"}
    openapi = _document(
        tmp_path,
        exchange(None, {"data": [file]}, operation="GET /v1/files"),
        exchange(b"x", file, operation="POST /v1/files"),
    )
    assert openapi["components"]["schemas"]["GetFilesResponse"]["properties"]["data"]["items"] == {
        "$ref": "#/components/schemas/File"
    }
    assert openapi["components"]["schemas"]["File"]["x-observed"]["count"] == 2
