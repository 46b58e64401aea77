"""Concepts: one joined schema for the objects of a name, wherever they occur."""

from typing import Any

from wirelore.learning.knowledge import to_schema
from wirelore.learning.node import Node
from wirelore.learning.node_builder import built_from
from wirelore.spec.concepts import Concepts, Key

KEY: Key = ("", "messages", "Block", "")


def schema(*samples: dict[str, Any]) -> dict[str, Any]:
    return to_schema(built_from(Node(), samples, client="*"))


def test_the_schema_of_a_concept_accepts_the_objects_of_all_its_places() -> None:
    concepts = Concepts()
    concepts.extend(KEY, schema({"a": 1, "b": 1}), [("one",)])
    concept = concepts.extend(KEY, schema({"a": None}), [("two",), ("one",)])
    assert concept.schema["properties"] == {"a": {"type": ["integer", "null"]}, "b": {"type": "integer"}}
    assert concept.schema["required"] == ["a"]
    assert concept.paths == {("one",), ("two",)}


def test_objects_of_another_key_are_another_concept() -> None:
    concepts = Concepts()
    one = concepts.extend(KEY, schema({"a": 1}), [("one",)])
    other = concepts.extend((*KEY[:3], "other"), schema({"b": 1}), [("two",)])
    assert (list(one.schema["properties"]), list(other.schema["properties"])) == (["a"], ["b"])


def test_only_the_objects_of_a_node_belong_to_its_concept() -> None:
    node = to_schema(built_from(Node(), [{"a": 1}, None, "word"], client="*"))
    assert Concepts().extend(KEY, node, []).schema["type"] == "object"


def test_a_walk_is_repeated_until_it_changes_no_concept() -> None:
    concepts, walks = Concepts(), list[int]()
    nodes = [schema({"a": 1}), schema({"b": 1}), schema({"c": 1})]

    def walk() -> None:
        walks.append(len(walks))
        concepts.extend(KEY, nodes[min(len(walks), len(nodes)) - 1], [("one",)])

    concepts.settle(walk)
    assert walks == [0, 1, 2, 3]
    concepts.settle(walk)
    assert walks == [0, 1, 2, 3]
