"""Objects are counted at all places of a schema."""

import pytest

from tests.exchanges import learned_library
from tests.reported import conversation
from tests.spec.test_openapi_evidence import Document, _document
from wirelore.schema.library import Library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return learned_library(tmp_path_factory.mktemp("library") / "schemas", *conversation())


@pytest.fixture(scope="module")
def schemas(library: Library) -> Document:
    result: Document = _document(library, *conversation())["components"]["schemas"]
    return result


def test_a_schema_counts_its_objects_at_all_places(schemas: Document) -> None:
    block = schemas["TextBlock"]
    assert block["x-observed"] == {
        "count": 4, "first": "2026-01-01T00:00:01Z", "last": "2026-01-01T00:00:05Z",
        "clients": ["claude-cli/2.0.56"], "origins": {"recorded": 4},
    }  # fmt: skip
    assert block["x-provenance"] == "observed"
    assert block["properties"]["text"]["x-observed"] == {"count": 4, "of": 4}


def test_a_union_counts_what_any_of_its_variants_counts(schemas: Document) -> None:
    counts = {name: schemas[name]["x-observed"]["count"] for name in ("ContentBlock", "TextBlock", "ToolUseBlock")}
    assert counts == {"ContentBlock": 5, "TextBlock": 4, "ToolUseBlock": 1}
    assert "x-observed" not in schemas["OtherContentBlock"]
    assert "x-provenance" not in schemas["OtherContentBlock"]


def test_an_event_counts_how_often_it_was_sent(schemas: Document) -> None:
    assert schemas["SentContentBlockDeltaEvent"]["x-observed"]["count"] == 2
    assert schemas["MessagesStreamEvent"]["x-observed"]["count"] == 7
    assert schemas["TextDelta"]["x-observed"]["count"] == 1


def test_an_error_in_a_stream_is_counted_once(schemas: Document) -> None:
    assert schemas["ErrorBody"]["x-observed"]["count"] == 2
    assert schemas["ErrorEvent"]["x-observed"]["count"] == 1
    assert schemas["Error"]["x-observed"]["count"] == 3
