"""The route table: valid, sorted, unambiguous, and consistent with claims and recordings."""

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.project import ROOT
from wirelore.model.routes import PACKAGED, Routes
from wirelore.schema.claims import claims

TABLE: dict[str, Any] = json.loads(PACKAGED.read_bytes())
META_SCHEMA = json.loads((PACKAGED.parent / "routes.schema.json").read_bytes())
ROUTES = Routes.load()
CLAIMS = {claim.id: claim for claim in claims()}
SHARED = Path(os.environ.get("WIRELORE_SHARED") or ROOT.parent / "shared")
RECORDED = re.compile(rb"method: '?(\w+)'?\r?\n\s+uri: ['\"]?https://api\.anthropic\.com(/[^\s?'\"]*)")

NOT_RECORDED = {
    '"name":"mcp__',
    '"name": "mcp__',
    '"thinking":{"budget_tokens":',
    '"type": "code_execution_2',
    '"type":"web_fetch_2',
}
"""Needles that the public recordings lack: the CLI's own names and order of members, and the other spelling (with a
space after the colon or without) of one that they have."""


def name(entry: dict[str, Any]) -> str:
    return f"{entry['method']} {entry['path']}"


def sample(template: str) -> str:
    return re.sub(r"\{[^}]*\}", "file_011CabcdefGHIJ", template)


def test_the_table_is_valid_against_its_meta_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(META_SCHEMA)
    jsonschema.validate(TABLE, META_SCHEMA, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("entry", TABLE["operations"], ids=name)
def test_an_operation_without_claim_and_without_source_is_not_valid(entry: dict[str, Any]) -> None:
    bare = {key: value for key, value in entry.items() if key != "source"} | {"claims": []}
    assert not jsonschema.Draft202012Validator(META_SCHEMA).is_valid({**TABLE, "operations": [bare]})


def test_operations_are_sorted_by_path_and_method_and_occur_once() -> None:
    keys = [(entry["path"], entry["method"]) for entry in TABLE["operations"]]
    assert keys == sorted(set(keys))


def test_hosts_and_tags_are_sorted() -> None:
    assert TABLE["hosts"] == sorted(set(TABLE["hosts"]))
    assert list(TABLE["tags"]) == sorted(TABLE["tags"])


def test_every_host_of_an_operation_is_decrypted_and_every_decrypted_host_has_an_operation() -> None:
    assert {host for entry in TABLE["operations"] for host in entry["hosts"]} == set(TABLE["hosts"])


@pytest.mark.parametrize("entry", TABLE["operations"], ids=name)
def test_a_sample_path_of_an_operation_is_matched_by_that_operation(entry: dict[str, Any]) -> None:
    assert ROUTES.operation(entry["method"], sample(entry["path"])) == (name(entry), True)


def test_no_two_templates_of_a_method_match_the_same_path() -> None:
    shapes = [(entry["method"], re.sub(r"\{[^}]*\}", "{}", entry["path"])) for entry in TABLE["operations"]]
    assert len(shapes) == len(set(shapes))
    for entry in TABLE["operations"]:
        pattern = re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(entry["path"])))
        others = {name(other) for other in TABLE["operations"] if other["method"] == entry["method"]} - {name(entry)}
        assert not {other for other in others if pattern.fullmatch(sample(other.partition(" ")[2]))}


def test_the_operations_are_referenced_by_exactly_the_claims_that_state_one() -> None:
    stated = {claim for entry in TABLE["operations"] for claim in entry["claims"]}
    endpoints = {f"E{number:02}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 14)}
    assert stated == endpoints | {"A09a", "A09b", "A10a", "A10b", "A10d"}


def test_the_user_agent_claim_is_about_operations_of_the_table() -> None:
    assert set(CLAIMS["E10"].operations) <= {name(entry) for entry in TABLE["operations"]}
    assert CLAIMS["E10"].operations


@pytest.mark.parametrize("entry", [*TABLE["operations"], *TABLE["absent"]], ids=name)
def test_a_claim_that_an_operation_names_exists_and_names_the_operation(entry: dict[str, Any]) -> None:
    assert all(name(entry) in CLAIMS[claim].operations for claim in entry["claims"])


def test_absent_operations_rest_on_negative_claims_and_are_not_operations_of_the_host() -> None:
    assert {claim for entry in TABLE["absent"] for claim in entry["claims"]} == {"A10c", "E13"}
    for entry in TABLE["absent"]:
        assert {CLAIMS[claim].firmness for claim in entry["claims"]} == {"negative"}
        assert (name(entry), entry["host"]) not in {(name(o), host) for o in TABLE["operations"] for host in o["hosts"]}


def test_an_operation_is_extrapolated_exactly_if_all_its_claims_are() -> None:
    for entry in TABLE["operations"]:
        firm = {CLAIMS[claim].firmness for claim in entry["claims"]}
        assert (entry.get("firmness") == "extrapolated") == (firm == {"extrapolated"})


def test_a_bare_body_is_recognised_as_an_operation_of_the_table() -> None:
    known = {(name(entry), host) for entry in TABLE["operations"] for host in entry["hosts"]}
    assert {(name(entry["operation"]), entry["operation"]["host"]) for entry in TABLE["bare"]} <= known


@pytest.mark.parametrize(
    ("body", "tags"),
    [
        ('{"content":[{"type":"tool_use","id":"toolu_1","name":"Bash","input":{}}]}', ("tool-use",)),
        ('{"content":[{"type":"tool_result","tool_use_id":"toolu_1"}]}', ("tool-use",)),
        ('{"content": [{"type": "image", "source": {}}]}', ("images",)),
        ('{"content":[{"type":"image","source":{"type":"base64"}}]}', ("images",)),
        ('{"content":[{"type":"document","source":{"file_id":"file_1","type":"file"}}]}', ("documents", "files")),
        ('{"content":[{"type":"document","citations":{"enabled":true}}]}', ("citations", "documents")),
        ('{"thinking":{"type":"enabled","budget_tokens":1024}}', ("thinking",)),
        ('{"thinking":{"budget_tokens":1024,"type":"enabled"}}', ("thinking",)),
        ('{"thinking":{"type":"adaptive"}}', ("thinking",)),
        ('{"content_block":{"type":"thinking","thinking":"","signature":""}}', ("thinking",)),
        ('{"system":[{"type":"text","text":"x","cache_control":{"type":"ephemeral"}}]}', ("caching",)),
        ('{"tools":[{"name":"mcp__notes__add","input_schema":{}}]}', ("mcp",)),
        ('{"tools":[{"type":"web_search_20250305","name":"web_search"}]}', ("web-search",)),
        ('{"content":[{"type":"web_fetch_tool_result","content":{}}]}', ("web-fetch",)),
        ('{"tools":[{"type":"code_execution_20260521","name":"code_execution"}]}', ("code-execution",)),
        ('{"delta":{"type":"citations_delta","citation":{}}}', ("citations",)),
        ('{"output_format":{"schema":{},"type":"json_schema"}}', ("structured-output",)),
        ('{"context_management":{"edits":[]}}', ("context-management",)),
    ],
)
def test_a_feature_in_a_body_is_tagged(body: str, tags: tuple[str, ...]) -> None:
    assert ROUTES.tags_in([body.encode()]) == tags


@pytest.mark.parametrize(
    "body",
    [
        '{"thinking":{"type":"disabled"}}',
        '{"content":[{"type":"text","cache_control":null,"citations":null}]}',
        '{"content":[{"type":"text","citations":[]}]}',
        '{"usage":{"server_tool_use":{"web_search_requests":0,"web_fetch_requests":0}}}',
        '{"usage":{"cache_creation_input_tokens":0,"cache_read_input_tokens":0}}',
        '{"properties":{"image":{"type":"string"},"document":{"type":"string"},"file_id":{"type":"string"}}}',
        json.dumps({"text": '{"type":"tool_use"} and {"type":"image"} and "mcp__x"'}),
    ],
    ids=[
        "thinking off",
        "null",
        "no citations",
        "server tools unused",
        "cache counts",
        "property names",
        "quoted in text",
    ],
)
def test_a_feature_that_is_only_named_is_not_tagged(body: str) -> None:
    assert ROUTES.tags_in([body.encode()]) == ()


@pytest.mark.parametrize("tag", TABLE["tags"])
def test_a_needle_is_found_in_any_split_of_the_body(tag: str) -> None:
    for needle in TABLE["tags"][tag]:
        assert tag in ROUTES.tags_in(bytes([byte]) for byte in f"{{{needle}".encode())


@pytest.mark.skipif(not (SHARED / "real").is_dir(), reason=f"no recordings of real traffic at {SHARED / 'real'}")
def test_the_recordings_call_no_operation_that_the_table_lacks_and_contain_the_needles() -> None:
    needles = {needle for needles in TABLE["tags"].values() for needle in needles}
    called: set[tuple[str, bool]] = set()
    for path in (SHARED / "real").rglob("*.*"):
        if path.suffix in {".yaml", ".yml", ".json", ".sse"}:
            found = path.read_bytes()
            called |= {ROUTES.operation(m.decode().upper(), p.decode()) for m, p in RECORDED.findall(found)}
            text = found.replace(b'\\"', b'"')
            needles = {needle for needle in needles if needle.encode() not in text}
    assert needles == NOT_RECORDED
    assert {operation for operation, known in called if not known} == set()
    stated = {name(entry) for entry in TABLE["operations"] if entry.get("source") == "recording"}
    assert stated <= {operation for operation, _ in called}
