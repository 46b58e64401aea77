"""Parameters: types, prefixes of ids, and headers that clients must send."""

from pathlib import Path

import pytest

from tests.exchanges import exchange
from tests.reported import ASK, HEADERS, conversation, message
from tests.spec.test_openapi_document import Document, _document
from wirelore.evidence.collector import gather
from wirelore.model.routes import Routes
from wirelore.schema.claims import claims
from wirelore.schema.library import Library
from wirelore.spec.components import open_list
from wirelore.spec.openapi_document import document


@pytest.fixture(scope="module")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return _document(tmp_path_factory.mktemp("made"), *conversation())


def test_credentials_and_computed_headers_are_not_parameters(openapi: Document) -> None:
    parameters = openapi["paths"]["/v1/messages"]["post"]["parameters"]
    assert [(one["in"], one["name"]) for one in parameters] == [
        ("query", "beta"), ("header", "anthropic-beta"), ("header", "anthropic-version"), ("header", "user-agent"),
    ]  # fmt: skip
    assert not any("required" in one for one in parameters)


def test_a_header_that_every_request_of_two_clients_had_is_required() -> None:
    other = [(name, "other/1.0" if name == "User-Agent" else value) for name, value in HEADERS]
    both = [exchange(ASK, message(), headers=HEADERS), exchange(ASK, message(), headers=other)]
    result = document(gather([("made", both)]), Library(), Routes.load(), claims())
    parameters = result["paths"]["/v1/messages"]["post"]["parameters"]
    assert [one["name"] for one in parameters if one.get("required")] == [
        "anthropic-beta", "anthropic-version", "user-agent",
    ]  # fmt: skip


def test_a_path_parameter_has_the_prefix_of_its_ids(tmp_path: Path) -> None:
    asked = [exchange(None, {}, operation=f"DELETE /v1/files/file_{number:016}") for number in (1, 2)]
    openapi = _document(tmp_path, *asked)
    (parameter,) = openapi["paths"]["/v1/files/{file_id}"]["delete"]["parameters"]
    assert parameter["schema"] == {"type": "string", "minLength": 1, "pattern": "^file_"}


def test_a_parameter_has_its_learned_type(tmp_path: Path) -> None:
    asked = [
        exchange(
            None,
            {},
            operation="GET /v1/files",
            target=f"/v1/files?limit={n}&after_id=file_{n:016}&order={order}&all=true",
        )
        for n, order in zip(range(12), ["up", "down"] * 6, strict=True)
    ]
    parameters = _document(tmp_path, *asked)["paths"]["/v1/files"]["get"]["parameters"]
    schemas = {one["name"]: one["schema"] for one in parameters if one["in"] == "query"}
    assert schemas["limit"] == {"type": "integer"}
    assert schemas["all"] == {"type": "boolean"}
    assert schemas["order"] == {"anyOf": open_list(["down", "up"])}
    assert schemas["after_id"]["pattern"].startswith("^file_")
    assert {one["name"]: one["example"] for one in parameters}["limit"] == 0
