"""The OpenAPI document: valid, faithful to what was learned, open to what is new, honest about who says what."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from tests.exchanges import blank, exchange, taught
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
    library = taught(folder / "schemas", *known)
    evidence = gather([("made", known if seen is None else seen)], library)
    return document(evidence, library, Routes.load(), claims())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Document:
    return _document(tmp_path_factory.mktemp("made"), *conversation())


def _holds(made: Document, name: str, value: Any) -> bool:
    schema = {"$ref": f"#/components/schemas/{name}", "components": made["components"]}
    return Draft202012Validator(schema).is_valid(value)


def _error_body(made: Document) -> str:
    """The component that is the body of an error."""
    media = made["paths"]["/v1/messages"]["post"]["responses"]["529"]["content"]["application/json"]
    return str(media["schema"]["$ref"].rpartition("/")[2])


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from _members(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _members(inner)


def test_the_document_is_valid_and_survives_yaml(made: Document) -> None:
    validate(made)
    assert yaml.safe_load(yaml_text(made)) == made


def test_without_any_evidence_the_claimed_operations_make_a_valid_document(tmp_path: Path) -> None:
    empty = document(Evidence(), Library(blank(tmp_path / "schemas")), Routes.load(), claims())
    validate(empty)
    operations = [one for path in empty["paths"].values() for one in path.values()]
    assert {one["x-provenance"] for one in operations} <= {"claimed", "learned"}
    assert empty["info"]["version"] == "0"


def test_without_any_claim_the_document_is_valid_and_has_no_oauth(tmp_path: Path) -> None:
    library = taught(tmp_path / "schemas", *conversation())
    bare = document(gather([("made", conversation())]), library, Routes.load(), ())
    validate(bare)
    assert sorted(bare["components"]["securitySchemes"]) == ["apiKey", "bearer"]


def test_everything_has_its_provenance(made: Document) -> None:
    paths = made["paths"]
    assert paths["/v1/messages"]["post"]["x-provenance"] == "both"
    assert paths["/api/oauth/profile"]["get"]["x-provenance"] == "claimed"
    assert paths["/api/oauth/profile"]["get"]["x-claims"] == ["E06", "E10"]
    assert paths["/v1/files/{file_id}"]["get"]["x-provenance"] == "observed"
    assert paths["/oauth/token"]["post"]["x-firmness"] == "extrapolated"
    assert "No source names the host." in paths["/oauth/token"]["post"]["description"]


def test_an_operation_of_the_schemas_that_these_captures_lack_is_learned(tmp_path: Path) -> None:
    strange = exchange(ASK, {"a": 1}, operation="PUT /strange")
    made = _document(tmp_path, strange, seen=())
    validate(made)
    assert made["paths"]["/strange"]["put"]["x-provenance"] == "learned"
    assert list(made["paths"]["/strange"]["put"]["responses"]) == ["200"]


def test_a_claimed_operation_that_the_schemas_know_says_so(tmp_path: Path) -> None:
    made = _document(tmp_path, exchange(None, {"a": 1}, operation="GET /api/oauth/usage"), seen=())
    operation = made["paths"]["/api/oauth/usage"]["get"]
    assert (operation["x-provenance"], operation["x-learned"]) == ("claimed", True)
    assert operation["description"].endswith("The schemas know it from other traffic.")


def test_evidence_stands_on_operations_and_responses(made: Document) -> None:
    operation = made["paths"]["/v1/messages"]["post"]
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
    assert made["info"]["version"] == "2026-01-01"
    assert made["info"]["description"].startswith("Made of 8 exchanges (8 recorded) in 1 capture,")


def test_components_have_human_names(made: Document) -> None:
    assert set(made["components"]["schemas"]) >= {
        "Message", "TextBlock", "ToolUseBlock", "ContentBlock", "OtherContentBlock", "MessageStartEvent", "TextDelta",
        "ContentBlockDeltaEvent", "InputJsonDelta", "OverloadedError", "ErrorBody", "MessagesRequestParam",
        "ImageBlockParam", "MessagesStreamEvent", "SentMessageStartEvent",
    }  # fmt: skip


def test_bodies_that_hold_in_the_schemas_hold_in_the_document(made: Document) -> None:
    for one in conversation():
        if one.operation == "POST /v1/messages":
            assert _holds(made, "MessagesRequestParam", json.loads(one.request.body.read()))
        assert one.response is not None
        if one.response.is_event_stream:
            for event in one.response.events():
                assert _holds(made, "MessagesStreamEvent", {"event": event.name, "data": json.loads(event.data)})
        elif one.response.status >= 400:
            assert _holds(made, _error_body(made), json.loads(one.response.body.read()))
        elif one.operation == "POST /v1/messages":
            assert _holds(made, "Message", json.loads(one.response.body.read()))


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
def test_what_is_only_new_is_valid(made: Document, body: Any) -> None:
    assert _holds(made, "Message", body)


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
def test_what_contradicts_is_invalid(made: Document, body: Any) -> None:
    assert not _holds(made, "Message", body)


def test_a_new_event_is_valid_and_a_wrong_one_is_not(made: Document) -> None:
    assert _holds(made, "MessagesStreamEvent", {"event": "message_pause", "data": {"type": "message_pause"}})
    assert not _holds(made, "MessagesStreamEvent", {"event": "message_start", "data": {"type": "message_start"}})


def test_a_union_has_a_discriminator_with_a_mapping(made: Document) -> None:
    union = made["components"]["schemas"]["ContentBlock"]
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


def test_no_annotation_of_the_dialect_leaks(made: Document) -> None:
    ours = {
        "x-claims", "x-observed", "x-provenance", "x-firmness", "x-sse-state-machine", "x-pkce", "x-learned",
        "x-spelling", "x-varies", "x-header-order", "x-error-types",
    }  # fmt: skip
    names = {key for key, _ in _members({**made, "paths": made["paths"]}) if key.startswith("x-")}
    assert names - ours <= {"x-kind", "x-left"}
    assert not {"if", "then", "$id", "maxItems"} & {key for key, _ in _members(made["components"]["schemas"])}


def test_a_stream_carries_its_state_machine(made: Document) -> None:
    media = made["paths"]["/v1/messages"]["post"]["responses"]["200"]["content"]
    assert sorted(media) == ["application/json", "text/event-stream"]
    steps = media["text/event-stream"]["x-sse-state-machine"]["transitions"]
    assert {"from": "content_block_delta", "to": "content_block_delta", "count": 1} in steps
    assert sum(step["count"] for step in steps if step["from"] == "(start)") == 2


def test_headers_of_every_response_are_required_and_typed(made: Document) -> None:
    headers = made["paths"]["/v1/messages"]["post"]["responses"]["200"]["headers"]
    assert headers["x-left"] == {
        "schema": {"type": "integer"}, "example": 41, "x-observed": {"count": 3, "of": 5},
    }  # fmt: skip
    assert headers["x-kind"]["schema"] == {"anyOf": open_list(["a|b"])}
    one = exchange(ASK, message(), answer_headers=[("content-type", "application/json"), ("X-Left", "1")])
    alone = document(gather([("made", [one])]), Library(), Routes.load(), claims())
    assert alone["paths"]["/v1/messages"]["post"]["responses"]["200"]["headers"]["x-left"]["required"] is True


def test_credentials_and_computed_headers_are_no_parameters(made: Document) -> None:
    parameters = made["paths"]["/v1/messages"]["post"]["parameters"]
    assert [(one["in"], one["name"]) for one in parameters] == [
        ("query", "beta"), ("header", "anthropic-beta"), ("header", "anthropic-version"), ("header", "user-agent"),
    ]  # fmt: skip
    assert not any("required" in one for one in parameters)


def test_a_header_that_every_request_of_two_clients_had_is_required() -> None:
    other = [(name, "other/1.0" if name == "User-Agent" else value) for name, value in HEADERS]
    both = [exchange(ASK, message(), headers=HEADERS), exchange(ASK, message(), headers=other)]
    found = document(gather([("made", both)]), Library(), Routes.load(), claims())
    parameters = found["paths"]["/v1/messages"]["post"]["parameters"]
    assert [one["name"] for one in parameters if one.get("required")] == [
        "anthropic-beta", "anthropic-version", "user-agent",
    ]  # fmt: skip


def test_security_comes_from_claims_table_and_evidence(made: Document) -> None:
    flow = made["components"]["securitySchemes"]["oauth"]["flows"]["authorizationCode"]
    assert flow["authorizationUrl"] == "https://claude.ai/oauth/authorize"
    assert flow["tokenUrl"] == "https://console.anthropic.com/v1/oauth/token"
    assert "user:inference" in flow["scopes"]
    paths = made["paths"]
    assert paths["/v1/messages"]["post"]["security"] == [{"apiKey": []}, {"bearer": []}, {"oauth": ["user:inference"]}]
    assert paths["/v1/oauth/token"]["post"]["security"] == []
    assert "security" not in paths["/v1/rgstr"]["post"]
    assert made["security"] == [{}, {"apiKey": []}, {"bearer": []}, {"oauth": []}]


def test_one_operation_at_two_hosts_has_both_servers(tmp_path: Path) -> None:
    made = _document(
        tmp_path,
        exchange(ASK, message(), operation="PUT /strange", host="b.example.com"),
        exchange(ASK, message(), operation="PUT /strange", host="a.example.com"),
    )
    validate(made)
    assert [one["url"] for one in made["paths"]["/strange"]["put"]["servers"]] == [
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
    made = _document(tmp_path, exchange(None, {"a": 1}, operation=operation))
    validate(made)
    assert "x-other-operations" not in made


@pytest.mark.parametrize("operation", ["OPTIONS *", "PROPFIND /a"])
def test_what_openapi_has_no_place_for_is_named_aside(tmp_path: Path, operation: str) -> None:
    made = _document(tmp_path, exchange(None, {"a": 1}, operation=operation))
    validate(made)
    assert [one["operation"] for one in made["x-other-operations"]] == [operation]


def test_templates_that_differ_in_names_only_are_one_path(made: Document) -> None:
    assert sorted(made["paths"]["/v1/files/{file_id}"]) == ["delete", "get"]
    assert "/v1/files/{id}" not in made["paths"]


def test_operation_ids_are_unique(tmp_path: Path) -> None:
    made = _document(tmp_path, *(exchange(None, {}, operation=f"GET /{path}") for path in ("a-b", "a_b", "a/b")))
    validate(made)
    ids = [one["operationId"] for path in made["paths"].values() for one in path.values()]
    assert len(ids) == len(set(ids))


def test_the_order_of_the_captures_makes_no_difference(tmp_path: Path) -> None:
    library = taught(tmp_path / "schemas", *conversation())
    forth = gather([("a", conversation()[:4]), ("b", conversation()[4:])])
    back = gather([("b", conversation()[4:]), ("a", conversation()[:4])])
    texts = {yaml_text(document(one, library, Routes.load(), claims())) for one in (forth, back)}
    assert len(texts) == 1 or forth.retries != back.retries


def test_a_path_parameter_has_the_prefix_of_its_ids(tmp_path: Path) -> None:
    asked = [exchange(None, {}, operation=f"DELETE /v1/files/file_{number:016}") for number in (1, 2)]
    made = _document(tmp_path, *asked)
    (parameter,) = made["paths"]["/v1/files/{file_id}"]["delete"]["parameters"]
    assert parameter["schema"] == {"type": "string", "minLength": 1, "pattern": "^file_"}


def test_an_odd_host_is_no_server(tmp_path: Path) -> None:
    made = _document(tmp_path, replace(exchange(ASK, {}, operation="PUT /strange", host="a.<REGION>.example.com")))
    validate(made)
    assert "servers" not in made["paths"]["/strange"]["put"]
    assert made["paths"]["/strange"]["put"]["x-odd-hosts"] == ["a.<REGION>.example.com"]


def test_unions_without_a_discriminator_in_one_variant_stay_valid(tmp_path: Path) -> None:
    plain, typed = {"name": "look", "input_schema": {}}, {"type": "search_1", "name": "search"}
    bodies = [{**ASK, "tools": [plain, typed]}, {**ASK, "tools": [{"type": "fetch_1", "name": "fetch", "limit": 1}]}]
    made = _document(tmp_path, *(exchange(body, message(TEXT, USE)) for body in bodies))
    validate(made)
    assert all(_holds(made, "MessagesRequestParam", body) for body in bodies)
    assert not _holds(made, "MessagesRequestParam", {**ASK, "tools": [{"input_schema": {}}]})


def test_an_error_of_the_stream_is_described_with_the_events(made: Document) -> None:
    assert _holds(made, "SentErrorEvent", {"event": "error", "data": failure("api_error")})
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


def _names(made: Document) -> set[str]:
    return set(made["components"]["schemas"])


def test_a_thing_is_one_component_wherever_it_stands(made: Document) -> None:
    """The block of a whole answer, of a stream's start, and of the message within it."""
    assert not {name for name in _names(made) if name.endswith("TextBlock") and name != "TextBlock"}
    started = made["components"]["schemas"]["ContentBlockStartEvent"]["properties"]["content_block"]
    whole = made["components"]["schemas"]["Message"]["properties"]["content"]["items"]
    assert started["$ref"] == whole["$ref"] == "#/components/schemas/ContentBlock"
    assert made["components"]["schemas"]["MessageStartEvent"]["properties"]["message"]["$ref"].endswith("/Message")


def test_what_one_place_lacks_is_required_at_none(tmp_path: Path) -> None:
    cited = {**TEXT, "citations": []}
    events = [("message_start", {"type": "message_start", "message": message(TEXT)})]
    made = _document(tmp_path, exchange(ASK, message(cited)), exchange(ASK, events=events))
    assert made["components"]["schemas"]["TextBlock"]["required"] == ["text", "type"]
    assert _holds(made, "Message", message(TEXT))
    assert _holds(made, "Message", message(cited))


def test_namesakes_in_two_variants_of_a_union_are_two_things_with_common_variants(tmp_path: Path) -> None:
    url, text = {"type": "url", "url": "u"}, {"type": "text", "data": "d"}
    blocks = [
        {"type": "image", "source": url},
        {"type": "document", "source": url},
        {"type": "document", "source": text},
    ]
    body = {**ASK, "messages": [{"role": "user", "content": blocks}]}
    made = _document(tmp_path, exchange(body, message(TEXT)))
    assert {"ImageBlockParam", "DocumentBlockSourceParam", "UrlSourceParam", "TextSourceParam"} <= _names(made)
    assert _holds(made, "DocumentBlockParam", blocks[2])
    known = made["components"]["schemas"]["DocumentBlockSourceParam"]["anyOf"][0]["discriminator"]["mapping"]
    assert set(known) == {"url", "text"}


def test_what_is_called_the_same_in_another_part_of_the_protocol_is_another_thing(tmp_path: Path) -> None:
    one = exchange({"items": [{"a": 1}]}, {}, operation="POST /v1/first")
    two = exchange({"items": [{"b": 1}]}, {}, operation="POST /v1/second")
    made = _document(tmp_path, one, two)
    assert {"ItemParam", "SecondRequestItemParam"} <= _names(made)
    assert list(made["components"]["schemas"]["ItemParam"]["properties"]) == ["a"]


def test_a_thing_that_holds_things_of_its_own_kind_is_described_once(tmp_path: Path) -> None:
    def nested(depth: int) -> dict[str, Any]:
        inner = [nested(depth - 1)] if depth else []
        return {"type": "group", "name": "n", "members": inner, "best": {"type": "group", "name": "n", "size": depth}}

    body = {"members": [nested(4), {"type": "leaf", "name": "n", "size": 1}]}
    made = _document(tmp_path, exchange(body, {}, operation="POST /v1/trees"))
    validate(made)
    assert _holds(made, "TreesRequestParam", body)
    assert {name for name in _names(made) if name.endswith("GroupMemberParam")} == {"GroupMemberParam"}


def test_a_thing_in_data_is_called_by_its_type(tmp_path: Path) -> None:
    file = {"type": "file", "id": "file_1"}
    made = _document(
        tmp_path,
        exchange(None, {"data": [file]}, operation="GET /v1/files"),
        exchange(b"x", file, operation="POST /v1/files"),
    )
    assert made["components"]["schemas"]["GetFilesResponse"]["properties"]["data"]["items"] == {
        "$ref": "#/components/schemas/File"
    }
    assert made["components"]["schemas"]["File"]["x-observed"]["count"] == 2


def test_a_parameter_is_typed_by_what_was_learned_of_it(tmp_path: Path) -> None:
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


def test_strings_carry_the_form_that_was_learned(tmp_path: Path) -> None:
    asked = [exchange(ASK, {**message(), "id": f"msg_{n:016}x"}) for n in range(12)]
    made = _document(tmp_path, *asked)
    assert made["components"]["schemas"]["Message"]["properties"]["id"]["pattern"].startswith("^msg_")


def test_errors_of_what_is_no_part_of_the_protocol_are_not_described(tmp_path: Path) -> None:
    known = exchange(ASK, failure("api_error"), status=500)
    strange = exchange(None, {"error": "no"}, operation="POST /strange", status=500)
    library = taught(tmp_path / "schemas", known)
    made = document(gather([("made", [known, strange])], library), library, Routes.load(), claims())
    responses = made["paths"]["/strange"]["post"]["responses"]["500"]
    assert responses["content"]["application/json"] == {"schema": {}}
