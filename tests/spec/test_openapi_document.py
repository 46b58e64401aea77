"""The OpenAPI document: valid, consistent with the learned schemas, open to unknown values, with provenance."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from tests.exchanges import blank, exchange, learned_library
from tests.reported import ASK, conversation, failure, message
from wirelore.evidence.collector import Evidence, gather
from wirelore.model.exchange import Exchange
from wirelore.model.routes import Routes
from wirelore.schema.claims import claims
from wirelore.schema.library import Library
from wirelore.spec.openapi_document import document, yaml_text

Document = dict[str, Any]


def _document(folder: Path, *known: Exchange, seen: tuple[Exchange, ...] | None = None) -> Document:
    library = learned_library(folder / "schemas", *known)
    evidence = gather([("made", known if seen is None else seen)], library)
    return document(evidence, library, Routes.load(), claims())


@pytest.fixture(scope="module")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return _document(tmp_path_factory.mktemp("made"), *conversation())


def _holds(openapi: Document, name: str, value: Any) -> bool:
    schema = {"$ref": f"#/components/schemas/{name}", "components": openapi["components"]}
    return Draft202012Validator(schema).is_valid(value)


def _error_body(openapi: Document) -> str:
    """Return the name of the component for the body of an error."""
    media = openapi["paths"]["/v1/messages"]["post"]["responses"]["529"]["content"]["application/json"]
    return str(media["schema"]["$ref"].rpartition("/")[2])


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from _members(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _members(inner)


def test_the_document_is_valid_and_survives_yaml(openapi: Document) -> None:
    validate(openapi)
    assert yaml.safe_load(yaml_text(openapi)) == openapi


def test_without_any_evidence_the_claimed_operations_make_a_valid_document(tmp_path: Path) -> None:
    empty = document(Evidence(), Library(blank(tmp_path / "schemas")), Routes.load(), claims())
    validate(empty)
    operations = [one for path in empty["paths"].values() for one in path.values()]
    assert {one["x-provenance"] for one in operations} <= {"claimed", "learned"}
    assert empty["info"]["version"] == "0"


def test_without_any_claim_the_document_is_valid_and_has_no_oauth(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", *conversation())
    bare = document(gather([("made", conversation())]), library, Routes.load(), ())
    validate(bare)
    assert sorted(bare["components"]["securitySchemes"]) == ["apiKey", "bearer"]


def test_operations_and_responses_have_evidence(openapi: Document) -> None:
    operation = openapi["paths"]["/v1/messages"]["post"]
    assert operation["x-observed"] == {
        "count": 6, "first": "2026-01-01T00:00:01Z", "last": "2026-01-01T00:00:06Z",
        "clients": ["claude-cli/2.0.56"], "origins": {"recorded": 6},
    }  # fmt: skip
    assert {status: one["x-observed"]["count"] for status, one in operation["responses"].items()} == {
        "200": 5,
        "529": 1,
    }
    assert operation["responses"]["529"]["description"] == "Status 529: overloaded_error."
    assert operation["responses"]["529"]["x-error-types"] == {"overloaded_error": 1}
    assert openapi["info"]["version"] == "2026-01-01"
    assert openapi["info"]["description"].startswith("Generated from 8 exchanges (8 recorded) in 1 capture,")


def test_bodies_that_hold_in_the_schemas_hold_in_the_document(openapi: Document) -> None:
    for one in conversation():
        if one.operation == "POST /v1/messages":
            assert _holds(openapi, "MessagesRequestParam", json.loads(one.request.body.read()))
        assert one.response is not None
        if one.response.is_event_stream:
            for event in one.response.events():
                assert _holds(openapi, "MessagesStreamEvent", {"event": event.name, "data": json.loads(event.data)})
        elif one.response.status >= 400:
            assert _holds(openapi, _error_body(openapi), json.loads(one.response.body.read()))
        elif one.operation == "POST /v1/messages":
            assert _holds(openapi, "Message", json.loads(one.response.body.read()))


def test_no_annotation_of_the_dialect_leaks(openapi: Document) -> None:
    ours = {
        "x-claims", "x-observed", "x-provenance", "x-firmness", "x-sse-state-machine", "x-pkce", "x-learned",
        "x-spelling", "x-varies", "x-header-order", "x-error-types",
    }  # fmt: skip
    names = {key for key, _ in _members({**openapi, "paths": openapi["paths"]}) if key.startswith("x-")}
    assert names - ours <= {"x-kind", "x-left"}
    assert not {"if", "then", "$id", "maxItems"} & {key for key, _ in _members(openapi["components"]["schemas"])}


def test_one_operation_at_two_hosts_has_both_servers(tmp_path: Path) -> None:
    openapi = _document(
        tmp_path,
        exchange(ASK, message(), operation="PUT /strange", host="b.example.com"),
        exchange(ASK, message(), operation="PUT /strange", host="a.example.com"),
    )
    validate(openapi)
    assert [one["url"] for one in openapi["paths"]["/strange"]["put"]["servers"]] == [
        "https://a.example.com", "https://b.example.com",
    ]  # fmt: skip


def test_the_order_of_the_captures_makes_no_difference(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", *conversation())
    forth = gather([("a", conversation()[:4]), ("b", conversation()[4:])])
    back = gather([("b", conversation()[4:]), ("a", conversation()[:4])])
    texts = {yaml_text(document(one, library, Routes.load(), claims())) for one in (forth, back)}
    assert len(texts) == 1 or forth.retries != back.retries


def test_an_odd_host_is_not_a_server(tmp_path: Path) -> None:
    openapi = _document(tmp_path, replace(exchange(ASK, {}, operation="PUT /strange", host="a.<REGION>.example.com")))
    validate(openapi)
    assert "servers" not in openapi["paths"]["/strange"]["put"]
    assert openapi["paths"]["/strange"]["put"]["x-odd-hosts"] == ["a.<REGION>.example.com"]


def _names(openapi: Document) -> set[str]:
    return set(openapi["components"]["schemas"])


def test_strings_have_the_learned_form(tmp_path: Path) -> None:
    asked = [exchange(ASK, {**message(), "id": f"msg_{n:016}x"}) for n in range(12)]
    openapi = _document(tmp_path, *asked)
    assert openapi["components"]["schemas"]["Message"]["properties"]["id"]["pattern"].startswith("^msg_")


def test_errors_of_an_unknown_operation_are_not_described(tmp_path: Path) -> None:
    known = exchange(ASK, failure("api_error"), status=500)
    strange = exchange(None, {"error": "no"}, operation="POST /strange", status=500)
    library = learned_library(tmp_path / "schemas", known)
    openapi = document(gather([("made", [known, strange])], library), library, Routes.load(), claims())
    responses = openapi["paths"]["/strange"]["post"]["responses"]["500"]
    assert responses["content"]["application/json"] == {"schema": {}}
