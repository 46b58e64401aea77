"""The route table: known operations by template, unknown ones by the shapes of their ids."""

import json

import jsonschema
import pytest

from wirelore.model.routes import PACKAGED, Routes, slug

TABLE = {
    "hosts": ["h.example"],
    "error_event": "error",
    "tags": {"tool-use": ['"tool_use"'], "mcp": ['"mcp__']},
    "bare": [],
    "operations": [
        {"method": "GET", "path": "/v1/files/{file_id}", "hosts": ["h.example"], "category": "other"},
        {"method": "GET", "path": "/v1/files/newest", "hosts": ["h.example"], "category": "account"},
    ],
}


def test_a_parameter_matches_one_segment_and_an_exact_path_takes_precedence() -> None:
    routes = Routes(TABLE)
    assert routes.operation("GET", "/v1/files/file_1") == ("GET /v1/files/{file_id}", True)
    assert routes.operation("GET", "/v1/files/newest") == ("GET /v1/files/newest", True)
    assert routes.operation("GET", "/v1/files/file_1/content") == ("GET /v1/files/file_1/content", False)
    assert routes.operation("PUT", "/v1/files/file_1") == ("PUT /v1/files/file_1", False)


def test_an_unknown_operation_is_named_by_a_derived_template() -> None:
    assert Routes(TABLE).operation("PUT", "/v1/files/file_0123456789abcdef") == ("PUT /v1/files/{file_id}", False)


def test_a_folder_name_has_the_template_of_a_known_operation_only() -> None:
    assert slug("GET /v1/files/{file_id}", known=True) == "get-v1-files-file-id"
    assert slug("GET /../etc/passwd", known=False) == "get-unknown"
    assert slug("../../x y", known=False) == "x-unknown"


def test_a_tag_is_found_over_the_border_of_blocks() -> None:
    text = b'{"type":"tool_use","name":"mcp__a"}'
    assert Routes(TABLE).tags_in(text[start : start + 1] for start in range(len(text))) == ("mcp", "tool-use")
    assert Routes(TABLE).tags_in([b"tool_use"]) == ()


NEEDLE = '"' + "n" * 63


@pytest.mark.parametrize("cut", [1, 32, 63])
def test_a_needle_of_64_bytes_is_found_over_the_border_of_blocks(cut: int) -> None:
    text = b"words " * 20 + NEEDLE.encode() + b" words"
    routes = Routes({**TABLE, "tags": {"longest": [NEEDLE]}})
    assert routes.tags_in([text[: 120 + cut], text[120 + cut :]]) == ("longest",)


@pytest.mark.parametrize(("needle", "is_valid"), [(NEEDLE, True), (NEEDLE + "n", False)], ids=["64 bytes", "65 bytes"])
def test_the_table_has_no_needles_of_more_than_64_bytes(needle: str, is_valid: bool) -> None:
    schema = json.loads(PACKAGED.with_name("routes.schema.json").read_bytes())
    table = {**json.loads(PACKAGED.read_bytes()), "tags": {"longest": [needle]}}
    assert jsonschema.Draft202012Validator(schema).is_valid(table) is is_valid


def test_a_folder_name_ends_after_80_characters() -> None:
    assert slug("GET /" + "a" * 76, known=True) == "get-" + "a" * 76
    assert slug("GET /" + "a" * 77, known=True) == "get-" + "a" * 76


def test_a_method_is_cut_after_8_letters_in_a_folder_name() -> None:
    assert slug("PROPFIND /a", known=True) == "propfind-a"
    assert slug("PROPPATCH /a", known=True) == "proppatc-a"
