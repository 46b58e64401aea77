"""The node builder: what one place has learned from values, and the limits of depth, variants and texts."""

from typing import Any

import pytest

from wirelore.learning.node import Node
from wirelore.learning.node_builder import NodeBuilder, built_from


def nested(levels: int, inner: Any) -> Any:
    for _ in range(levels):
        inner = {"a": inner}
    return inner


def node_at(node: Node, levels: int) -> Node:
    for _ in range(levels):
        ((members),) = node.variants.values()
        node = members.members["a"]
    return node


def test_a_value_32_levels_deep_is_opaque_and_the_one_above_is_not() -> None:
    node = built_from(Node(), [nested(33, "word")])
    assert node_at(node, 31).notes == {}
    assert node_at(node, 31).types == {"object"}
    assert node_at(node, 32) == Node(frozenset({"object"}), notes={"x-opaque": True})


def test_a_tag_31_levels_deep_makes_no_variants() -> None:
    node = built_from(Node(), [nested(31, {"type": kind}) for kind in ("one", "two")])
    assert set(node_at(node, 31).variants) == {None}
    node = built_from(Node(), [nested(30, {"type": kind}) for kind in ("one", "two")])
    assert set(node_at(node, 30).variants) == {"one", "two"}


@pytest.mark.parametrize(("count", "variants"), [(40, 40), (41, 1)])
def test_40_types_are_variants_and_one_more_is_a_single_object(count: int, variants: int) -> None:
    node = built_from(Node(), [{"type": f"t{number}"} for number in range(count)])
    assert len(node.variants) == variants
    assert (None in node.variants) is (variants == 1)


@pytest.mark.parametrize(("length", "is_listed"), [(2000, True), (2001, False)])
def test_a_value_that_is_listed_as_a_whole_has_at_most_2000_characters(length: int, is_listed: bool) -> None:
    text = "a" * (length - 2)  # the quotes count
    node = built_from(Node(notes={"x-atomic": True}), [text])
    assert node.values == (frozenset({f'"{text}"'}) if is_listed else None)


@pytest.mark.parametrize(("length", "is_listed"), [(200, True), (201, False)])
def test_a_string_of_a_closed_list_has_at_most_200_characters(length: int, is_listed: bool) -> None:
    node = built_from(Node(notes={"x-list": "closed"}), ["T" * length])
    assert node.values == (frozenset({"T" * length}) if is_listed else None)


def test_a_fixed_node_learns_nothing() -> None:
    node = Node(fixed={"type": "string"})
    assert built_from(node, [{"a": 1}, 7]) == node


def test_an_opaque_node_learns_types_only() -> None:
    node = built_from(Node(notes={"x-opaque": True}), [{"a": 1}, ["b"], "c"])
    assert node == Node(frozenset({"object", "array", "string"}), notes={"x-opaque": True})


def test_an_annotation_of_hints_empties_what_was_learned_before() -> None:
    builder = NodeBuilder(Node())
    builder.observe("word")
    builder.annotate({"x-opaque": True})
    assert builder.node() == Node(frozenset({"string"}), notes={"x-opaque": True})


def test_a_value_that_is_not_json_is_an_error() -> None:
    with pytest.raises(TypeError, match="bytes in an observation, expected JSON values only"):
        built_from(Node(), [b"bytes"])
