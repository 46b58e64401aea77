"""Validation: the verdicts of both libraries agree, and nothing is fetched."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelore.schema.validation import BadSchema, SchemaSet, draft4_test

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["a", "b"],
    "properties": {"a": {"type": ["string", "null"]}, "b": {"$ref": "urn:b"}, "c": {"enum": ["x"]}},
    "additionalProperties": False,
}
SET = SchemaSet({"urn:b": {"$id": "urn:b", "items": {"if": {"type": "string"}, "then": {"pattern": "^x"}}}})
VALIDATOR = SET.validator(SCHEMA)
LONE = "\ud800"
"""A lone surrogate, which jsonschema-rs cannot read, so that jsonschema validates it."""


def reported(value: Any) -> list[tuple[str, tuple[str | int, ...], tuple[str | int, ...], tuple[str, ...]]]:
    failures = [(one.keyword, one.path, one.key, one.members) for one in VALIDATOR.failures(value)]
    return sorted(failures, key=repr)


CASES: list[tuple[str, Any, list[Any]]] = [
    ("whole", {"a": "", "b": []}, []),
    (
        "two missing",
        {},
        [("required", (), ("required",), ("a",)), ("required", (), ("required",), ("b",))],
    ),
    (
        "not allowed",
        {"a": "", "b": [], "d": 1, "e/f": 2},
        [("additionalProperties", (), ("additionalProperties",), ("d", "e/f"))],
    ),
    ("wrong type", {"a": 1, "b": []}, [("type", ("a",), ("properties", "a", "type"), ())]),
    (
        "behind a reference and a condition",
        {"a": "", "b": [1, "y"]},
        [("pattern", ("b", 1), ("properties", "b", "items", "then", "pattern"), ())],
    ),
    ("a value", {"a": "", "b": [], "c": "y"}, [("enum", ("c",), ("properties", "c", "enum"), ())]),
]


@pytest.mark.parametrize(("value", "expected"), [pytest.param(*rest, id=name) for name, *rest in CASES])
def test_a_failure_has_its_keyword_both_places_and_names(value: Any, expected: list[Any]) -> None:
    assert reported(value) == expected
    assert VALIDATOR.holds(value) == (expected == [])


@pytest.mark.parametrize(("value", "expected"), [pytest.param(*rest, id=name) for name, *rest in CASES[1:]])
def test_a_value_with_a_lone_surrogate_is_reported_in_the_same_form(value: Any, expected: list[Any]) -> None:
    beside = {**value, "c": LONE}
    own = ("enum", ("c",), ("properties", "c", "enum"), ())
    assert not VALIDATOR.holds(beside)
    assert reported(beside) == sorted({*expected, own}, key=repr)


def test_an_allowed_lone_surrogate_is_valid() -> None:
    assert VALIDATOR.holds({"a": LONE, "b": []})
    assert VALIDATOR.failures({"a": LONE, "b": []}) == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "x", "y"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=8,
)


@given(VALUES)
def test_every_failure_has_an_explanation_under_its_key(value: Any) -> None:
    explained = dict(VALIDATOR.explanations(value))
    failures = VALIDATOR.failures(value)
    assert {one.key for one in failures} == explained.keys()
    assert all(explained[one.key].keyword == one.keyword for one in failures)
    assert VALIDATOR.holds(value) == (not failures)
    assert (VALIDATOR.first_failure(value) is None) == (not failures)


def test_an_explanation_has_the_subschema_with_its_annotations() -> None:
    schema = {"properties": {"a": {"type": "string", "x-rule": {"type": "odd"}}}}
    ((key, explanation),) = SchemaSet().validator(schema).explanations({"a": 1})
    assert key == explanation.place == ("properties", "a", "type")
    assert (explanation.keyword, explanation.schema) == ("type", schema["properties"]["a"])


def test_the_branches_of_a_union_are_cases_of_its_failure() -> None:
    validator = SchemaSet().validator({"anyOf": [{"type": "string"}, {"required": ["a", "b"]}]})
    for value in ({}, {LONE: 1}):
        (failure,) = validator.failures(value)
        cases = [[(one.keyword, one.members) for one in case] for case in failure.cases]
        assert cases == [[("type", ())], [("required", ("a",)), ("required", ("b",))]]


def test_the_first_failure_has_the_message_of_jsonschema() -> None:
    failure = VALIDATOR.first_failure({"a": 1, "b": []})
    assert failure is not None
    assert (failure.path, failure.message) == (("a",), "1 is not of type 'string', 'null'")


def test_a_failure_that_jsonschema_does_not_find_is_reported() -> None:
    failure = SchemaSet().validator({"format": "date"}, formats=True).first_failure("today")
    assert failure is not None
    assert (failure.keyword, failure.expected, failure.message) == ("format", "date", '"today" is not a "date"')


def test_formats_are_asserted_only_on_request() -> None:
    held = [SchemaSet().validator({"format": "date"}, formats=formats).holds("today") for formats in (None, True)]
    assert held == [True, False]


@pytest.mark.parametrize(("schema", "holds"), [(True, True), (False, False)])
def test_a_schema_may_be_a_boolean(schema: bool, holds: bool) -> None:
    assert SchemaSet().validator(schema).holds(1) is holds


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"$ref": "https://example.com/a.json"}, "nothing is fetched"),
        ({"type": "text"}, '"text" is not valid under any of the schemas'),
        ({"pattern": "("}, '"(" is not a "regex"'),
    ],
    ids=["elsewhere", "no type", "no expression"],
)
def test_an_invalid_schema_is_an_error(schema: dict[str, Any], message: str) -> None:
    with pytest.raises(BadSchema) as refused:
        SET.validator(schema)
    assert message in str(refused.value)


def test_an_invalid_document_is_an_error() -> None:
    with pytest.raises(BadSchema):
        SchemaSet({"urn:a": {"$id": "urn:a", "$ref": "urn:nowhere"}}).validator({"$ref": "urn:a"})


def test_draft_4_distinguishes_numbers_from_integers_and_rejects_lone_surrogates() -> None:
    passes = draft4_test({"type": ["integer", "string"]})
    assert [passes(value) for value in (1, 1.0, "a", LONE)] == [True, False, True, False]
