"""Operations: hosts and endpoints."""

from pathlib import Path

from analyzers import operations
from tests.exchanges import exchange, findings, learned_library

KNOWN = exchange(target="/v1/messages?beta=true")


def test_host_and_operation_are_observed_and_the_query_is_not() -> None:
    sent = exchange(operation="GET /v1/models", target="/v1/models?limit=5&limit=6&after=x")
    assert operations.observe(sent) == [{"host": "api.anthropic.com", "operation": "GET /v1/models"}]


def test_an_import_without_request_has_no_operation() -> None:
    assert operations.observe(exchange(absent=("request",))) == []


def test_an_unknown_path_is_named_after_the_shape_of_its_ids() -> None:
    sent = exchange(operation="GET /v9/things/0123456789abcdef0123/parts/77")
    assert operations.observe(sent)[0]["operation"] == "GET /v9/things/{thing_id}/parts/{part_id}"


def test_an_unknown_host_is_a_warning(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", KNOWN)
    assert findings(library, KNOWN, exchange(host="gateway.example"), analyzer="operations") == [
        ("warning", "operations/unknown-host", "/host")
    ]


def test_an_unknown_operation_is_a_warning(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", KNOWN)
    assert findings(library, exchange(operation="POST /v1/dreams"), analyzer="operations") == [
        ("warning", "operations/unknown-operation", "/operation")
    ]


def test_a_new_query_parameter_is_reported_by_another_analyzer_and_only_once(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", KNOWN)
    new = exchange(target="/v1/messages?beta=true&trace=1")
    assert findings(library, new) == [("warning", "parameters/new-parameter", "/query/trace")]
