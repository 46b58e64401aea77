"""The route table: known operations by template, unknown ones by the shapes of their ids."""

from wirelore.model.routes import Routes, slug

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
