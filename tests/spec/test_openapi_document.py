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
from tests.reported import ASK, HEADERS, TEXT, USE, conversation, failure, message, stream
from wirelore.evidence.collector import Evidence, gather
from wirelore.model.exchange import Exchange
from wirelore.model.routes import Routes
from wirelore.schema.claims import claims
from wirelore.schema.library import Library
from wirelore.spec.components import open_list
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


def test_components_have_human_names(openapi: Document) -> None:
    assert set(openapi["components"]["schemas"]) >= {
        "Message", "TextBlock", "ToolUseBlock", "ContentBlock", "OtherContentBlock", "MessageStartEvent", "TextDelta",
        "ContentBlockDeltaEvent", "InputJsonDelta", "OverloadedError", "ErrorBody", "MessagesRequestParam",
        "ImageBlockParam", "MessagesStreamEvent", "SentMessageStartEvent",
    }  # fmt: skip


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


def test_no_annotation_of_the_dialect_leaks(openapi: Document) -> None:
    ours = {
        "x-claims", "x-observed", "x-provenance", "x-firmness", "x-sse-state-machine", "x-pkce", "x-learned",
        "x-spelling", "x-varies", "x-header-order", "x-error-types",
    }  # fmt: skip
    names = {key for key, _ in _members({**openapi, "paths": openapi["paths"]}) if key.startswith("x-")}
    assert names - ours <= {"x-kind", "x-left"}
    assert not {"if", "then", "$id", "maxItems"} & {key for key, _ in _members(openapi["components"]["schemas"])}


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


def test_security_comes_from_claims_table_and_evidence(openapi: Document) -> None:
    flow = openapi["components"]["securitySchemes"]["oauth"]["flows"]["authorizationCode"]
    assert flow["authorizationUrl"] == "https://claude.ai/oauth/authorize"
    assert flow["tokenUrl"] == "https://console.anthropic.com/v1/oauth/token"
    assert "user:inference" in flow["scopes"]
    paths = openapi["paths"]
    assert paths["/v1/messages"]["post"]["security"] == [{"apiKey": []}, {"bearer": []}, {"oauth": ["user:inference"]}]
    assert paths["/v1/oauth/token"]["post"]["security"] == []
    assert "security" not in paths["/v1/rgstr"]["post"]
    assert openapi["security"] == [{}, {"apiKey": []}, {"bearer": []}, {"oauth": []}]


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


def test_the_order_of_the_captures_makes_no_difference(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", *conversation())
    forth = gather([("a", conversation()[:4]), ("b", conversation()[4:])])
    back = gather([("b", conversation()[4:]), ("a", conversation()[:4])])
    texts = {yaml_text(document(one, library, Routes.load(), claims())) for one in (forth, back)}
    assert len(texts) == 1 or forth.retries != back.retries


def test_a_path_parameter_has_the_prefix_of_its_ids(tmp_path: Path) -> None:
    asked = [exchange(None, {}, operation=f"DELETE /v1/files/file_{number:016}") for number in (1, 2)]
    openapi = _document(tmp_path, *asked)
    (parameter,) = openapi["paths"]["/v1/files/{file_id}"]["delete"]["parameters"]
    assert parameter["schema"] == {"type": "string", "minLength": 1, "pattern": "^file_"}


def test_an_odd_host_is_not_a_server(tmp_path: Path) -> None:
    openapi = _document(tmp_path, replace(exchange(ASK, {}, operation="PUT /strange", host="a.<REGION>.example.com")))
    validate(openapi)
    assert "servers" not in openapi["paths"]["/strange"]["put"]
    assert openapi["paths"]["/strange"]["put"]["x-odd-hosts"] == ["a.<REGION>.example.com"]


def test_unions_without_a_discriminator_in_one_variant_stay_valid(tmp_path: Path) -> None:
    plain, typed = {"name": "look", "input_schema": {}}, {"type": "search_1", "name": "search"}
    bodies = [{**ASK, "tools": [plain, typed]}, {**ASK, "tools": [{"type": "fetch_1", "name": "fetch", "limit": 1}]}]
    openapi = _document(tmp_path, *(exchange(body, message(TEXT, USE)) for body in bodies))
    validate(openapi)
    assert all(_holds(openapi, "MessagesRequestParam", body) for body in bodies)
    assert not _holds(openapi, "MessagesRequestParam", {**ASK, "tools": [{"input_schema": {}}]})


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


def _names(openapi: Document) -> set[str]:
    return set(openapi["components"]["schemas"])


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
