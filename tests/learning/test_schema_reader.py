"""Schemas are read as the nodes that were written, and what cannot be widened is an error with its place."""

import json
from typing import Any

import pytest
from hypothesis import given

from tests.learning.test_node import learned_by_some, quick, samples
from wirelore.learning.node import EVERYONE, Node
from wirelore.learning.node_builder import built_from
from wirelore.learning.schema_reader import from_schema
from wirelore.learning.schema_writer import to_schema


@quick
@given(samples)
def test_reading_a_written_schema_gives_the_same_node(taught: list[Any]) -> None:
    node = learned_by_some(Node(), taught)
    schema = to_schema(node, by_client=True)
    assert from_schema(schema) == node
    assert from_schema(json.loads(json.dumps(schema, sort_keys=True))) == node


def test_invalid_forms_are_an_error_with_the_place() -> None:
    for forms in ("uuid", ["uuidd"], [7]):
        with pytest.raises(ValueError, match=r"#: x-forms is .*, expected a list of forms such as uuid or msg_"):
            from_schema({"type": "string", "x-forms": forms})


def test_evidence_without_clients_is_read() -> None:
    old = {"type": "object", "properties": {"a": {}}, "required": ["a"], "additionalProperties": False}
    assert to_schema(from_schema({**old, "x-seen": ["01"]}))["x-seen"] == {"": ["01"]}


def test_a_keyword_that_cannot_be_widened_is_an_error_with_its_place() -> None:
    with pytest.raises(ValueError, match=r"#/properties/a: the keyword 'maximum' cannot be widened"):
        from_schema({"type": "object", "properties": {"a": {"type": "integer", "maximum": 3}}})


@pytest.mark.parametrize(
    ("schema", "is_template", "is_enough"),
    [
        ({"type": "object", "required": ["a"], "properties": {"a": {}}, "additionalProperties": False}, False, True),
        ({"type": "object", "additionalProperties": False}, False, True),
        ({"type": "object", "required": ["a"], "properties": {"a": {}}}, True, True),
        ({"type": "object", "properties": {"a": {}}, "additionalProperties": False}, True, False),
        ({"type": "object", "properties": {"a": {}}}, False, False),
        ({"type": "object"}, False, False),
        ({"type": "object", "additionalProperties": False, "x-seen": {}}, False, False),
    ],
    ids=["by hand", "empty", "template with required", "template", "open", "no sample", "none seen"],
)
def test_an_object_without_observations_has_enough_samples_unless_it_has_none(
    schema: dict[str, Any], is_template: bool, is_enough: bool
) -> None:
    node = from_schema(schema, template=is_template)
    (obj,) = node.variants.values()
    assert (EVERYONE in obj.clients) is is_enough
    assert ("x-seen" in to_schema(built_from(node, [{"a": 1}]))) is not is_enough


def test_invalid_evidence_is_an_error_with_its_place() -> None:
    with pytest.raises(ValueError, match=r"#/properties/a: x-seen is 3, expected an object of clients"):
        from_schema(
            {
                "type": "object",
                "properties": {"a": {"type": "object", "properties": {}, "additionalProperties": False, "x-seen": 3}},
            }
        )
