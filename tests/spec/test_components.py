"""Components: one for each object, wherever it occurs."""

from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.exchanges import exchange
from tests.reported import ASK, TEXT, USE, conversation, message
from tests.spec.test_openapi_document import Document, _document, _holds, _names


@pytest.fixture(scope="module")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return _document(tmp_path_factory.mktemp("made"), *conversation())


def test_a_union_has_a_discriminator_with_a_mapping(openapi: Document) -> None:
    union = openapi["components"]["schemas"]["ContentBlock"]
    assert union["anyOf"] == [
        {
            "oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("TextBlock", "ToolUseBlock")],
            "discriminator": {
                "propertyName": "type",
                "mapping": {
                    "text": "#/components/schemas/TextBlock",
                    "tool_use": "#/components/schemas/ToolUseBlock",
                },
            },
        },
        {"$ref": "#/components/schemas/OtherContentBlock"},
    ]


def test_unions_without_a_discriminator_in_one_variant_stay_valid(tmp_path: Path) -> None:
    plain, typed = {"name": "look", "input_schema": {}}, {"type": "search_1", "name": "search"}
    bodies = [{**ASK, "tools": [plain, typed]}, {**ASK, "tools": [{"type": "fetch_1", "name": "fetch", "limit": 1}]}]
    openapi = _document(tmp_path, *(exchange(body, message(TEXT, USE)) for body in bodies))
    validate(openapi)
    assert all(_holds(openapi, "MessagesRequestParam", body) for body in bodies)
    assert not _holds(openapi, "MessagesRequestParam", {**ASK, "tools": [{"input_schema": {}}]})


def test_an_object_is_one_component_wherever_it_occurs(openapi: Document) -> None:
    """A content block is the same in a response, in a stream's first event, and in the message of that event."""
    assert not {name for name in _names(openapi) if name.endswith("TextBlock") and name != "TextBlock"}
    started = openapi["components"]["schemas"]["ContentBlockStartEvent"]["properties"]["content_block"]
    whole = openapi["components"]["schemas"]["Message"]["properties"]["content"]["items"]
    assert started["$ref"] == whole["$ref"] == "#/components/schemas/ContentBlock"
    assert openapi["components"]["schemas"]["MessageStartEvent"]["properties"]["message"]["$ref"].endswith("/Message")


def test_a_member_that_is_missing_at_one_place_is_required_at_none(tmp_path: Path) -> None:
    cited = {**TEXT, "citations": []}
    events = [("message_start", {"type": "message_start", "message": message(TEXT)})]
    openapi = _document(tmp_path, exchange(ASK, message(cited)), exchange(ASK, events=events))
    assert openapi["components"]["schemas"]["TextBlock"]["required"] == ["text", "type"]
    assert _holds(openapi, "Message", message(TEXT))
    assert _holds(openapi, "Message", message(cited))


def test_members_of_the_same_name_in_two_variants_are_two_components_with_common_variants(tmp_path: Path) -> None:
    url, text = {"type": "url", "url": "u"}, {"type": "text", "data": "d"}
    blocks = [
        {"type": "image", "source": url},
        {"type": "document", "source": url},
        {"type": "document", "source": text},
    ]
    body = {**ASK, "messages": [{"role": "user", "content": blocks}]}
    openapi = _document(tmp_path, exchange(body, message(TEXT)))
    assert {"ImageBlockParam", "DocumentBlockSourceParam", "UrlSourceParam", "TextSourceParam"} <= _names(openapi)
    assert _holds(openapi, "DocumentBlockParam", blocks[2])
    known = openapi["components"]["schemas"]["DocumentBlockSourceParam"]["anyOf"][0]["discriminator"]["mapping"]
    assert set(known) == {"url", "text"}


def test_objects_of_the_same_name_in_two_operation_families_are_two_components(tmp_path: Path) -> None:
    one = exchange({"items": [{"a": 1}]}, {}, operation="POST /v1/first")
    two = exchange({"items": [{"b": 1}]}, {}, operation="POST /v1/second")
    openapi = _document(tmp_path, one, two)
    assert {"ItemParam", "SecondRequestItemParam"} <= _names(openapi)
    assert list(openapi["components"]["schemas"]["ItemParam"]["properties"]) == ["a"]


def test_a_recursive_object_is_one_component(tmp_path: Path) -> None:
    def nested(depth: int) -> dict[str, Any]:
        inner = [nested(depth - 1)] if depth else []
        return {"type": "group", "name": "n", "members": inner, "best": {"type": "group", "name": "n", "size": depth}}

    body = {"members": [nested(4), {"type": "leaf", "name": "n", "size": 1}]}
    openapi = _document(tmp_path, exchange(body, {}, operation="POST /v1/trees"))
    validate(openapi)
    assert _holds(openapi, "TreesRequestParam", body)
    assert {name for name in _names(openapi) if name.endswith("GroupMemberParam")} == {"GroupMemberParam"}
