"""Operations of the document: provenance, paths and ids."""

from pathlib import Path

import pytest
from openapi_spec_validator import validate

from tests.exchanges import exchange
from tests.reported import ASK, conversation
from tests.spec.test_openapi_document import Document, _document


@pytest.fixture(scope="module")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return _document(tmp_path_factory.mktemp("made"), *conversation())


def test_operations_have_their_provenance(openapi: Document) -> None:
    paths = openapi["paths"]
    assert paths["/v1/messages"]["post"]["x-provenance"] == "both"
    assert paths["/api/oauth/profile"]["get"]["x-provenance"] == "claimed"
    assert paths["/api/oauth/profile"]["get"]["x-claims"] == ["E06", "E10"]
    assert paths["/v1/files/{file_id}"]["get"]["x-provenance"] == "observed"
    assert paths["/oauth/token"]["post"]["x-firmness"] == "extrapolated"
    assert "No source names the host." in paths["/oauth/token"]["post"]["description"]


def test_an_operation_of_the_schemas_that_these_captures_lack_is_learned(tmp_path: Path) -> None:
    strange = exchange(ASK, {"a": 1}, operation="PUT /strange")
    openapi = _document(tmp_path, strange, seen=())
    validate(openapi)
    assert openapi["paths"]["/strange"]["put"]["x-provenance"] == "learned"
    assert list(openapi["paths"]["/strange"]["put"]["responses"]) == ["200"]


def test_a_claimed_operation_that_the_schemas_know_says_so(tmp_path: Path) -> None:
    openapi = _document(tmp_path, exchange(None, {"a": 1}, operation="GET /api/oauth/usage"), seen=())
    operation = openapi["paths"]["/api/oauth/usage"]["get"]
    assert (operation["x-provenance"], operation["x-learned"]) == ("claimed", True)
    assert operation["description"].endswith("The schemas learned it from other traffic.")


@pytest.mark.parametrize(
    "operation",
    [
        "GET /",
        "GET /a{b/c}",
        "GET /a/{}/b",
        "GET /%7Bx%7D//y:z",
        "GET /12345/67890/12345",
        "POST /v1beta/m:go",
        "GET //",
    ],
)
def test_odd_paths_make_a_valid_document(tmp_path: Path, operation: str) -> None:
    openapi = _document(tmp_path, exchange(None, {"a": 1}, operation=operation))
    validate(openapi)
    assert "x-other-operations" not in openapi


@pytest.mark.parametrize("operation", ["OPTIONS *", "PROPFIND /a"])
def test_an_operation_that_openapi_cannot_express_is_listed_apart(tmp_path: Path, operation: str) -> None:
    openapi = _document(tmp_path, exchange(None, {"a": 1}, operation=operation))
    validate(openapi)
    assert [one["operation"] for one in openapi["x-other-operations"]] == [operation]


def test_templates_that_differ_in_names_only_are_one_path(openapi: Document) -> None:
    assert sorted(openapi["paths"]["/v1/files/{file_id}"]) == ["delete", "get"]
    assert "/v1/files/{id}" not in openapi["paths"]


def test_operation_ids_are_unique(tmp_path: Path) -> None:
    openapi = _document(tmp_path, *(exchange(None, {}, operation=f"GET /{path}") for path in ("a-b", "a_b", "a/b")))
    validate(openapi)
    ids = [one["operationId"] for path in openapi["paths"].values() for one in path.values()]
    assert len(ids) == len(set(ids))
