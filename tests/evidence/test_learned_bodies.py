"""The learned bodies: strings, types and variants of their schemas."""

from typing import Any

import pytest

from tests.exchanges import exchange, learned_library
from wirelore.evidence.learned_bodies import (
    Content,
    error_body,
    events,
    requests,
    responses,
    simple,
    strings,
    tags,
    types,
    variants,
)
from wirelore.schema.library import Library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library that has learned a call, a stream, a form, JSON lines and an error."""
    form = [("content-type", "application/x-www-form-urlencoded")]
    lines = [("content-type", "application/jsonl")]
    return learned_library(
        tmp_path_factory.mktemp("learned") / "schemas",
        exchange({"model": "m"}, {"id": 1}),
        exchange({"model": "m"}, events=[("ping", {"type": "ping"})]),
        exchange(b"b=1&a=2", {}, operation="POST /v1/form", headers=form),
        exchange(b'{"n":1}\n', {}, operation="POST /v1/lines", headers=lines),
        exchange({"model": "m"}, {"type": "error", "error": {"type": "x", "message": "y"}}, status=400),
    )


def test_request_bodies_are_by_operation_with_media_types_fields_and_lines(library: Library) -> None:
    learned = requests(library)
    assert list(learned) == ["POST /v1/form", "POST /v1/lines", "POST /v1/messages"]
    assert (learned["POST /v1/form"].fields, learned["POST /v1/form"].body) == (("a", "b"), None)
    assert types(learned["POST /v1/lines"].lines or {}) == ["object"]
    assert learned["POST /v1/messages"].media_types == ("application/json",)
    assert list((learned["POST /v1/messages"].body or {})["properties"]) == ["model"]


def test_response_bodies_are_by_operation_and_status(library: Library) -> None:
    learned = responses(library)
    assert list(learned) == [("POST /v1/form", 200), ("POST /v1/lines", 200), ("POST /v1/messages", 200)]
    assert isinstance(learned["POST /v1/messages", 200], Content)


def test_the_data_of_events_are_by_operation_and_event(library: Library) -> None:
    ((operation, by_event),) = events(library).items()
    assert (operation, list(by_event), types(by_event["ping"])) == ("POST /v1/messages", ["ping"], ["object"])


def test_errors_have_one_body(library: Library) -> None:
    assert sorted(simple(error_body(library) or {})["properties"]) == ["error", "type"]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({}, []),
        ({"enum": ["b", 1, "a"]}, ["b", "a"]),
        ({"enum": ["{}"], "x-atomic": True}, []),
        ({"allOf": [{"if": {}, "then": {"enum": ["x"]}}, {"if": {"type": "string"}, "then": {"enum": ["a"]}}]}, ["a"]),
        ({"allOf": [{"if": {"type": "string"}, "then": {}}]}, []),
    ],
)
def test_the_listed_strings_of_a_node(node: dict[str, Any], expected: list[str]) -> None:
    assert strings(node) == expected


@pytest.mark.parametrize(
    ("node", "expected"), [({}, []), ({"type": "null"}, ["null"]), ({"type": ["string", "null"]}, ["null", "string"])]
)
def test_the_types_of_a_node(node: dict[str, Any], expected: list[str]) -> None:
    assert types(node) == expected


def variant(tag: str | None, then: dict[str, Any]) -> dict[str, Any]:
    condition = {"not": {"required": ["type"]}} if tag is None else {"properties": {"type": {"const": tag}}}
    return {"if": condition, "then": then}


def test_the_variants_of_a_union_are_by_tag() -> None:
    node = {"x-discriminator": "type", "allOf": [variant("b", {"n": 1}), variant(None, {}), variant("a", {})]}
    assert variants(node) == [("b", {"n": 1}), (None, {}), ("a", {})]
    assert tags(node) == ["a", "b"]
    assert variants({"allOf": node["allOf"]}) == []


def test_a_union_of_one_variant_is_a_plain_object_at_any_depth() -> None:
    then = {"type": "object", "properties": {"type": {"enum": ["a"]}}}
    union = {"type": ["object", "null"], "x-discriminator": "type", "allOf": [variant("a", then)]}
    plain = {"type": ["object", "null"], "allOf": [], "properties": {"type": {"enum": ["a"]}}}
    assert simple(union) == plain
    for keyword in ("items", "additionalProperties"):
        assert simple({keyword: union}) == {keyword: plain}
    assert simple({"properties": {"x": union}}) == {"properties": {"x": plain}}
    two = {"x-discriminator": "type", "allOf": [variant("a", union), variant("b", {})]}
    assert simple(two) == {"x-discriminator": "type", "allOf": [variant("a", plain), variant("b", {})]}
