"""The evidence behind a schema: when it is enforced, and for which client."""

from typing import Any

import pytest
import referencing

from wirelore.schema.evidence import for_client, is_firm, object_around, speaks_of

MARKS = [f"{number:08x}" for number in range(10)]
NO_RESOURCES: "referencing.Registry[Any]" = referencing.Registry()


def union(*seen: Any) -> dict[str, Any]:
    """Return a union whose variants have these accounts."""
    conditions = [
        {"if": {"properties": {"type": {"const": str(n)}}}, "then": {"x-seen": each}} for n, each in enumerate(seen)
    ]
    return {"x-discriminator": "type", "allOf": [*conditions, {"if": {"type": "string"}, "then": {"enum": ["a"]}}]}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, True),
        ({"x-seen": {"me": True}}, True),
        ({"x-seen": {"me": MARKS}}, True),
        ({"x-seen": {"me": MARKS[:9]}}, False),
        ({"x-seen": {"other": True}}, False),
        ({"x-seen": MARKS}, False),
        (union({"me": MARKS[:5]}, {"me": MARKS[5:]}), True),
        (union({"me": MARKS[:5]}, {"me": MARKS[:5]}), False),
        (union({"me": MARKS[:5]}, {"me": True}), True),
        (union(), False),
    ],
    ids=[
        "no account", "enough", "ten", "nine", "another client", "without clients", "ten in a union",
        "equal in a union", "one variant is enough", "no variants",
    ],
)  # fmt: skip
def test_ten_distinct_observations_of_a_client_make_a_schema_firm(schema: dict[str, Any], expected: bool) -> None:
    assert is_firm(schema, "me") is expected


INNER = {"properties": {"b": {"type": "integer"}}}
ROOT = {
    "properties": {"a": INNER, "list": {"items": INNER}, "fixed": {"x-fixed": True, "properties": {"b": {}}}},
    "additionalProperties": INNER,
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), None),
        (("type",), None),
        (("properties", "a", "type"), ROOT),
        (("properties", "a", "properties", "b", "type"), INNER),
        (("properties", "list", "items", "properties", "b", "type"), INNER),
        (("additionalProperties", "properties", "b", "type"), INNER),
        (("properties", "fixed", "properties", "b", "type"), None),
    ],
)
def test_the_parent_object_of_a_place_is_found_by_its_path(path: tuple[str, ...], expected: object) -> None:
    assert object_around(ROOT, path, NO_RESOURCES) == expected


def test_references_are_followed() -> None:
    root = {"$id": "urn:root", "$defs": {"inner": INNER}, "properties": {"a": {"$ref": "#/$defs/inner"}}}
    resource = referencing.Resource.from_contents({"$schema": "https://json-schema.org/draft/2020-12/schema", **root})
    registry: referencing.Registry[Any] = NO_RESOURCES.with_resource("urn:root", resource)
    assert object_around(root, ("properties", "a", "properties", "b", "type"), registry) == INNER


ALWAYS = {"properties": {"a": {}, "b": {}}, "required": ["a"], "x-always": {"me": ["b"], "you": []}}


@pytest.mark.parametrize("client", ["me", "you", "unknown"])
def test_the_members_that_a_client_always_sends_are_required_of_it(client: str) -> None:
    required = ["a", "b"] if client == "me" else ["a"]
    schema: dict[str, Any] = {
        "items": ALWAYS,
        "additionalProperties": ALWAYS,
        "properties": {"x": ALWAYS},
        "allOf": [{"if": {}, "then": ALWAYS}],
    }
    adapted = for_client(schema, client)
    inner = [adapted["items"], adapted["additionalProperties"], adapted["properties"]["x"], adapted["allOf"][0]["then"]]
    assert [each["required"] for each in inner] == [required] * 4
    assert schema["items"]["required"] == ["a"]


def test_a_hand_written_schema_stays_as_it_is() -> None:
    schema = {**ALWAYS, "x-fixed": True}
    assert for_client(schema, "me") == schema


def test_a_document_speaks_of_the_clients_in_all_of_its_objects() -> None:
    hand_written = {"x-fixed": True, "x-always": {"nobody": []}}
    deep: dict[str, Any] = {"allOf": [{"then": {"items": {"x-always": {"third": []}}}}]}
    assert speaks_of({"x-always": {"me": []}, "properties": {"a": ALWAYS, "b": hand_written, "c": deep}}) == {
        "me", "you", "third",
    }  # fmt: skip
