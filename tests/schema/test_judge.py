"""The judge: every departure with its rule, place and values, and the agreement of the two validators."""

from pathlib import Path
from typing import Any

import pytest

from tests.made_schemas import library
from wirelore.schema.judge import Departure
from wirelore.schema.validation import BadSchema

SEEN: dict[str, Any] = {"x-seen": {"": ["00000001"], "known": True}}
UNION: dict[str, Any] = {
    "x-discriminator": "type",
    "required": ["type"],
    "properties": {"type": {"type": "string"}},
    "allOf": [
        {"if": {"type": "string"}, "then": {"enum": []}},
        {"if": {"properties": {"type": {"const": "a"}}, "required": ["type"]}, "then": SEEN},
    ],
}
FIRM_VARIANT = {"if": {"properties": {"type": {"const": "b"}}, "required": ["type"]}, "then": {"required": ["b"]}}
CROWD = {"if": {"not": {"required": ["type"]}}, "then": {"x-seen": {"": [f"0000001{n}" for n in range(9)]}}}

CASES: list[tuple[str, dict[str, Any], Any, list[Departure]]] = [
    ("type", {"type": "string"}, 1, [Departure("wrong-type", (), 1, "string")]),
    (
        "required",
        {"required": ["x", "y"]},
        {},
        [Departure("missing-field", ("x",), None, ["x", "y"]), Departure("missing-field", ("y",), None, ["x", "y"])],
    ),
    (
        "additional",
        {"additionalProperties": False, "properties": {"a": {}}},
        {"b/c": 1, "a": 2, "d": None},
        [Departure("new-field", ("b/c",), 1, False), Departure("new-field", ("d",), None, False)],
    ),
    (
        "additional, where nothing is known",
        {"properties": {"a": {"additionalProperties": False, "x-rule": {"additionalProperties": "strange"}}}},
        {"a": {"b": 1, "c": 2}},
        [Departure("strange", ("a", "b"), 1, False), Departure("strange", ("a", "c"), 2, False)],
    ),
    ("enum", {"enum": ["a"], "x-rule": {"enum": "new-flag"}}, "b", [Departure("new-flag", (), "b", ["a"])]),
    ("items", {"items": {"type": "boolean"}}, [True, 1], [Departure("wrong-type", (1,), 1, "boolean")]),
    (
        "new part of a composed value",
        {"enum": ["a > b"], "x-parts": " > ", "x-rule": {"enum": "step", "part": "new-part"}},
        "a > c",
        [Departure("new-part", (), "a > c", ["a > b"])],
    ),
    (
        "new order of known parts",
        {"enum": ["a > b"], "x-parts": " > ", "x-rule": {"enum": "step", "part": "new-part"}},
        "b > a",
        [Departure("step", (), "b > a", ["a > b"])],
    ),
    (
        "required, in few samples",
        {"required": ["x"], **SEEN},
        {},
        [Departure("rarely-there", ("x",), None, ["x"])],
    ),
    (
        "required, in few samples, by another name",
        {"required": ["x"], "x-rule": {"required": "gone", "rare": "maybe-gone"}, **SEEN},
        {},
        [Departure("maybe-gone", ("x",), None, ["x"])],
    ),
    (
        "required, in few samples, with a lone surrogate",
        {"required": ["x"], **SEEN},
        {"a": "\ud800"},
        [Departure("rarely-there", ("x",), None, ["x"])],
    ),
    ("tag of a union of few samples", UNION, {}, [Departure("rarely-there", ("type",), None, ["type"])]),
    (
        "tag of a union with a firm variant",
        {**UNION, "allOf": [*UNION["allOf"], FIRM_VARIANT]},
        {},
        [Departure("missing-field", ("type",), None, ["type"])],
    ),
    (
        "tag of a union whose variants are many samples together",
        {**UNION, "allOf": [*UNION["allOf"], CROWD]},
        {},
        [Departure("missing-field", ("type",), None, ["type"])],
    ),
    (
        "firm variant of a union",
        {**UNION, "allOf": [*UNION["allOf"], FIRM_VARIANT]},
        {"type": "b"},
        [Departure("missing-field", ("b",), None, ["b"])],
    ),
    (
        "type, in few samples",
        {"properties": {"a": {"items": {"type": "boolean"}}}, **SEEN},
        {"a": [1]},
        [Departure("rarely-seen-type", ("a", 0), 1, "boolean")],
    ),
    (
        "type of a tag, in few samples",
        UNION,
        {"type": 1},
        [Departure("rarely-seen-type", ("type",), 1, "string")],
    ),
    (
        "type in a firm object inside one of few samples",
        {"properties": {"a": {"properties": {"b": {"type": "boolean"}}}}, **SEEN},
        {"a": {"b": 1}},
        [Departure("wrong-type", ("a", "b"), 1, "boolean")],
    ),
    (
        "type in a map of few samples inside a firm object",
        {"properties": {"properties": {"additionalProperties": {"type": "boolean"}, **SEEN}}},
        {"properties": {"b": 1}},
        [Departure("rarely-seen-type", ("properties", "b"), 1, "boolean")],
    ),
    (
        "type of an object of few samples inside a firm one",
        {"properties": {"a": {"type": "object", **SEEN}}},
        {"a": 1},
        [Departure("wrong-type", ("a",), 1, "object")],
    ),
    (
        "type that is judgement, in few samples",
        {"properties": {"a": {"type": "boolean", "x-fixed": True}}, **SEEN},
        {"a": 1},
        [Departure("wrong-type", ("a",), 1, "boolean")],
    ),
    (
        "type with a rule of its own, in few samples",
        {"properties": {"a": {"type": "boolean", "x-rule": {"type": "odd"}}}, **SEEN},
        {"a": 1},
        [Departure("odd", ("a",), 1, "boolean")],
    ),
    ("type where nothing but null was seen", {"type": "null"}, 1, [Departure("new-type", (), 1, "null")]),
    (
        "null for a member that may be missing",
        {"required": ["b"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
        {"a": None, "b": None},
        [Departure("new-null", ("a",), None, "string"), Departure("wrong-type", ("b",), None, "string")],
    ),
    ("other keyword", {"maximum": 1}, 2, [Departure("departs", (), 2, 1)]),
    (
        "behind if and then",
        {
            "allOf": [
                {"if": {"required": ["a"]}, "then": {"properties": {"a": {"const": 1, "x-rule": {"const": "odd"}}}}}
            ]
        },
        {"a": 2},
        [Departure("odd", ("a",), 2, 1)],
    ),
    (
        "a lone surrogate",
        {"properties": {"a": {"type": "integer"}}},
        {"a": "\ud800"},
        [Departure("wrong-type", ("a",), "\ud800", "integer")],
    ),
]


@pytest.mark.parametrize(("schema", "value", "expected"), [pytest.param(*case[1:], id=case[0]) for case in CASES])
def test_a_departure_names_rule_place_and_values(
    tmp_path: Path, schema: dict[str, Any], value: Any, expected: list[Departure]
) -> None:
    judge = library(tmp_path, schema).judge("a")
    assert not judge.holds(value)
    assert list(judge.departures(value)) == expected
    assert list(judge.departures(value)) == expected, "the second time the explanation is known already"


def test_a_schema_that_is_enforced_for_one_client_is_not_for_another(tmp_path: Path) -> None:
    judge = library(tmp_path, {"required": ["x"], "properties": {"a": {"type": "string"}}, **SEEN}).judge("a")
    rules = {
        client: [departure.rule for departure in judge.departures({"a": 1}, client)]
        for client in ("known", "other", "", None)
    }
    few = ["rarely-seen-type", "rarely-there"]
    assert rules == {"known": ["wrong-type", "missing-field"], "other": few, "": few, None: few}


def test_a_client_is_checked_against_its_own_constant_behaviour(tmp_path: Path) -> None:
    own = {"x-always": {"known": ["y"], "seldom": ["z"]}, "x-seen": {"known": True, "seldom": ["00000001"]}}
    branch = {"type": "object", "required": ["x"], "properties": {}, **own}
    judge = library(tmp_path, {"allOf": [{"if": {}, "then": {"$ref": "a/one.json"}}]}, one=branch).judge("a")
    found = {
        client: [(departure.rule, departure.pointer) for departure in judge.departures({}, client)]
        for client in ("known", "seldom", "other")
    }
    assert found == {
        "known": [("missing-field", ("x",)), ("missing-field", ("y",))],
        "seldom": [("rarely-there", ("x",)), ("rarely-there", ("z",))],
        "other": [("rarely-there", ("x",))],
    }
    assert [judge.holds({"x": 1}, client) for client in ("known", "seldom", "other", None)] == [
        False,
        False,
        True,
        True,
    ]


def test_a_member_with_the_name_of_an_annotation_is_a_member(tmp_path: Path) -> None:
    members = {"x-always": {"type": "array", "items": {"type": "string"}}, "required": {"type": "string"}}
    judge = library(tmp_path, {"type": "object", "properties": members, "x-always": {"me": ["x-always"]}}).judge("a")
    for client in ("items", "type", "x-always", "me"):
        assert judge.holds({"x-always": ["1"]}, client)
    assert not judge.holds({}, "me")


def test_evidence_without_clients_is_too_little(tmp_path: Path) -> None:
    judge = library(tmp_path, {"required": ["x"], "x-seen": ["00000001"]}).judge("a")
    assert [departure.rule for departure in judge.departures({}, "me")] == ["rarely-there"]


def test_a_body_without_its_exchange_may_lack_members_but_not_have_other_types(tmp_path: Path) -> None:
    judge = library(tmp_path, {"required": ["x"], "properties": {"a": {"type": "string"}}}).judge("a")
    assert [departure.rule for departure in judge.departures({"a": 1}, None)] == ["wrong-type", "rarely-there"]
    assert [departure.rule for departure in judge.departures({"a": 1}, "")] == ["wrong-type", "missing-field"]


def test_the_evidence_is_found_behind_references_and_conditions(tmp_path: Path) -> None:
    branch = {"properties": {"x": {"$ref": "two.json"}}, **SEEN}
    root = {"allOf": [{"if": {"required": ["x"]}, "then": {"$ref": "a/one.json"}}]}
    judge = library(tmp_path, root, one=branch, two={"type": "integer"}).judge("a")
    assert list(judge.departures({"x": ""})) == [Departure("rarely-seen-type", ("x",), "", "integer")]


def test_nothing_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(BadSchema, match=r"https://wirelore.example/elsewhere.json"):
        library(tmp_path, {"$ref": "https://wirelore.example/elsewhere.json"}).judge("a")
