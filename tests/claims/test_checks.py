"""Compiled checks: all verdicts in one pass, and messages about invalid checks."""

from typing import Any

import pytest

from wirelore.claims.checks import Checks, Named, reads
from wirelore.schema.claims import Check, ClaimsError


def compiled(*pairs: tuple[Any, Any]) -> Checks:
    return Checks([Named(f"claim X{number:02}", Check("client", *pair)) for number, pair in enumerate(pairs, 1)])


def test_only_checks_that_select_the_exchange_have_a_verdict() -> None:
    a, b = {"required": ["a"]}, {"required": ["b"]}
    checks = compiled((a, b), (a, {"properties": {"a": {"const": 1}}}), (b, a))
    assert list(checks.verdicts({"a": 1})) == [(0, False), (1, True)]
    assert list(checks.verdicts({"a": 2, "b": 1})) == [(0, True), (1, False), (2, True)]
    assert list(checks.verdicts({})) == []


def test_without_checks_there_are_no_verdicts() -> None:
    assert list(Checks([]).verdicts({"a": 1})) == []


def test_must_false_never_holds() -> None:
    checks = compiled((True, False), (False, False), (True, True))
    assert list(checks.verdicts({"a": 1})) == [(0, False), (2, True)]
    ((departure,),) = [checks.departures(0, {"a": 1})]
    assert (departure.pointer, departure.keyword) == ((), "not")


def test_a_reference_is_followed_within_its_own_schema() -> None:
    def has(name: str) -> dict[str, Any]:
        return {"$ref": "#/$defs/own", "$defs": {"own": {"required": [name]}}}

    checks = compiled((has("a"), has("b")), (has("b"), has("a")))
    assert [list(checks.verdicts({"a": value})) for value in (1, "\ud800")] == [[(0, False)], [(0, False)]]


def test_a_check_may_refer_to_a_document_by_id() -> None:
    given = {
        "https://wirelore.example/schemas/x.json": {"$id": "https://wirelore.example/schemas/x.json", "minimum": 3}
    }
    must = {"properties": {"a": {"$ref": "https://wirelore.example/schemas/x.json"}}}
    checks = Checks([Named("claim X01", Check("client", True, must))], given)
    assert [list(checks.verdicts({"a": number})) for number in (2, 3)] == [[(0, False)], [(0, True)]]
    assert [departure.pointer for departure in checks.departures(0, {"a": 2})] == [("a",)]


@pytest.mark.parametrize("value", ["\ud800", 10**40, 1.5], ids=["lone surrogate", "huge", "number"])
def test_every_kind_of_value_has_a_verdict(value: Any) -> None:
    checks = compiled((True, {"required": ["a"]}), (True, {"required": ["b"]}), ({"required": ["b"]}, True))
    assert list(checks.verdicts({"a": value})) == [(0, True), (1, False)]
    assert [departure.pointer for departure in checks.departures(1, {"a": value})] == [("b",)]


def test_a_departure_has_place_keyword_and_expected_value() -> None:
    checks = compiled((True, {"properties": {"a": {"properties": {"b": {"enum": [1, 2]}}}}}))
    (departure,) = checks.departures(0, {"a": {"b": 3}})
    assert (departure.pointer, departure.found, departure.expected, departure.keyword) == (
        ("a", "b"),
        3,
        [1, 2],
        "enum",
    )


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "strng"}, 'claim X02: must: "strng" is not valid'),
        ({"properties": {"a": {"pattern": "("}}}, r'claim X02: must: "\(" is not a "regex"'),
        ({"$ref": "#/$defs/none"}, "claim X02: must: Pointer '/\\$defs/none' does not exist"),
        ({"$ref": "https://elsewhere.example/x"}, "claim X02: must: .*nothing is fetched; correct the schema"),
    ],
    ids=["no schema", "pattern", "reference within", "reference elsewhere"],
)
def test_an_invalid_schema_is_an_error_that_names_the_claim(schema: dict[str, Any], message: str) -> None:
    with pytest.raises(ClaimsError, match=message):
        compiled((True, True), (True, schema))


@pytest.mark.parametrize(
    ("schema", "places"),
    [
        (True, set()),
        ({"required": ["a"], "properties": {"b": {"required": ["c"]}}}, {("a",), ("b",), ("b", "c")}),
        ({"properties": {"a": {"items": {"required": ["b"]}}}}, {("a",), ("a", "*", "b")}),
        ({"anyOf": [{"required": ["a"]}, {"not": {"required": ["b"]}}]}, {("a",), ("b",)}),
        (
            {"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}},
            {("a",), ("b",), ("c",)},
        ),
        ({"patternProperties": {"^x": {"required": ["a"]}}}, {("*", "a")}),
        ({"dependentRequired": {"a": ["b"]}}, {("a",), ("b",)}),
        ({"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"required": ["b"]}}}, {("a",), ("a", "b")}),
        ({"$ref": "#/$defs/x", "$defs": {"x": {"required": ["a"], "not": {"$ref": "#/$defs/x"}}}}, {("a",)}),
    ],
    ids=["boolean", "members", "elements", "choices", "condition", "pattern", "dependent", "reference", "circle"],
)
def test_a_schema_reads_every_place_that_it_names(schema: Any, places: set[tuple[str, ...]]) -> None:
    assert reads(schema) == places
