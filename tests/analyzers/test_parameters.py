"""Path and query parameters."""

from pathlib import Path

from analyzers import parameters
from tests.exchanges import exchange, findings, findings_in, learned_library
from wirelore.schema.library import Library

ASKED = [exchange(operation="GET /v1/models", target=f"/v1/models?limit={number}&page=next") for number in (5, 6)]


def test_the_values_of_path_and_query_are_observed_as_sent_and_in_order() -> None:
    target = "/v1/files/file_011CdTdZVCFsK7adq7aaf4ie?b=%2F&a=1&b=&c"
    assert parameters.observe(exchange(operation="DELETE /v1/files/x", target=target)) == [
        {
            "operation": "DELETE /v1/files/{file_id}",
            "path": {"file_id": "file_011CdTdZVCFsK7adq7aaf4ie"},
            "query": {"b": ["%2F", ""], "a": ["1"], "c": [""]},
        }
    ]


def test_the_parameters_of_an_unknown_path_have_the_names_of_its_guessed_template() -> None:
    sent = exchange(operation="GET /v9/skills/skill_01AbCdEfGhIjKl/versions/77")
    assert parameters.observe(sent) == [
        {
            "operation": "GET /v9/skills/{skill_id}/versions/{version_id}",
            "path": {"skill_id": "skill_01AbCdEfGhIjKl", "version_id": "77"},
            "query": {},
        }
    ]


def test_an_address_without_parameters_is_observed_so_that_one_that_goes_missing_is_noticed() -> None:
    assert parameters.observe(exchange()) == [{"operation": "POST /v1/messages", "path": {}, "query": {}}]
    assert parameters.observe(exchange(target="/v1/messages?")) == parameters.observe(exchange())
    assert parameters.observe(exchange(target="/v1/messages?beta=true", absent=("request",))) == []


def test_a_new_query_parameter_is_a_warning(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", *ASKED)
    new = exchange(operation="GET /v1/models", target="/v1/models?limit=7&page=next&trace=1")
    (one,) = findings_in(library, *ASKED, new, analyzer="parameters")
    assert (one.severity, one.rule, one.pointer) == ("warning", "parameters/new-parameter", "/query/trace")
    assert one.message == 'query parameter trace is new: ["1"]'


def test_a_missing_query_parameter_that_every_query_had_is_a_warning(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", *ASKED)
    short = exchange(operation="GET /v1/models", target="/v1/models?limit=7")
    assert findings(library, short, analyzer="parameters") == [
        ("warning", "parameters/missing-parameter", "/query/page")
    ]


def test_a_new_value_is_a_warning_among_few_identifiers_but_not_among_numbers(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", *ASKED)
    other = exchange(operation="GET /v1/models", target="/v1/models?limit=9&page=previous")
    assert findings(library, other, analyzer="parameters") == [("warning", "parameters/new-value", "/query/page/0")]


def test_the_query_stays_an_object_for_any_names_of_parameters(tmp_path: Path) -> None:
    known = exchange(target="/v1/messages?11111111-2222-4333-8444-555555555555=1")
    library = learned_library(tmp_path / "schemas", known)
    assert findings(library, exchange(target="/v1/messages?0=1"), analyzer="parameters") == [
        ("warning", "parameters/new-parameter", "/query/0"),
        ("warning", "parameters/missing-parameter", "/query/11111111-2222-4333-8444-555555555555"),
    ]


def test_an_unknown_operation_is_not_checked(tmp_path: Path) -> None:
    library = learned_library(tmp_path / "schemas", *ASKED)
    assert findings(library, exchange(operation="GET /v9/parts/77"), analyzer="parameters") == [
        ("note", "parameters/no-schema", "/operation")
    ]


def test_the_packaged_schema_keeps_the_claim_that_speaks_of_a_parameter() -> None:
    branch = Library().branches("parameters")["POST /v1/messages"]
    assert branch["properties"]["query"]["properties"]["beta"]["x-claims"] == ["E01"]
