"""Skipping of observations that change nothing."""

import json
from typing import Any

import pytest
from hypothesis import given

from tests.learning.test_node import HINTS, IDS, learned_by_some, quick, samples
from wirelore.learning.node import EVERYONE, Node
from wirelore.learning.node_builder import NodeBuilder
from wirelore.learning.schema_reader import from_schema
from wirelore.learning.schema_writer import to_schema
from wirelore.learning.skipping import SkippingLearner
from wirelore.schema.limits import SEEN_LIMIT


def skipping_learner(node: Node, first_look: int = 1) -> SkippingLearner:
    return SkippingLearner(NodeBuilder(node, HINTS), HINTS, first_look)


def node_after(skipping_learner: SkippingLearner, *values: Any, client: str = EVERYONE) -> Node:
    for value in values:
        skipping_learner.observe(value, client)
    return skipping_learner.builder.node()


@pytest.mark.slow
@quick
@given(samples, samples)
def test_skipping_known_observations_changes_nothing(observations: list[Any], more: list[Any]) -> None:
    values = [*observations, *more, *observations, *more]
    quick_one = skipping_learner(Node())
    for value in values:
        quick_one.observe(value, f"client-{len(json.dumps(value)) % 12}")
    assert quick_one.builder.node() == learned_by_some(Node(), values)


@quick
@given(samples, samples)
def test_skipping_known_observations_of_everyone_changes_nothing(observations: list[Any], more: list[Any]) -> None:
    values = [*observations, *observations, *more, *observations]
    exact = NodeBuilder(Node(), HINTS)
    for value in values:
        exact.observe(value, EVERYONE)
    assert node_after(skipping_learner(Node()), *values) == exact.node()


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1, "b": "https://example.com/x"},
        {"a": 1.5},
        {"a": 1.0},
        {"a": 1, "c": 1},
        {"b": "https://example.com/x"},
        {"a": 1, "b": "a text"},
        {"a": None},
        [],
        {"a": 1, "type": "text"},
        {"a": 10**40, "b": "\ud800"},
    ],
    ids=["known", "number", "fraction", "new member", "member gone", "no form", "null", "array", "tag", "surrogate"],
)
def test_any_value_after_many_of_a_kind_is_learned(value: Any) -> None:
    many = [{"a": n, "b": f"https://example.com/{n}"} for n in range(SEEN_LIMIT)]
    exact = NodeBuilder(Node(), HINTS)
    for each in [*many, value]:
        exact.observe(each, "me")
    assert node_after(skipping_learner(Node()), *many, value, client="me") == exact.node()


def test_known_observations_are_skipped() -> None:
    quick_one = skipping_learner(Node(), first_look=SEEN_LIMIT)
    node_after(quick_one, *[{"id": IDS[n], "n": n, "list": [n], "x": None} for n in range(SEEN_LIMIT)], client="me")
    quick_one.builder = NodeBuilder(Node(), HINTS)
    assert node_after(quick_one, {"id": IDS[3], "n": 7, "list": [], "x": None}, client="me") == Node()
    assert node_after(quick_one, {"id": IDS[3], "n": 7, "list": [], "x": None}, client="you") != Node()


def test_hand_written_schemas_are_not_changed() -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"const": 1, "x-fixed": True}}}
    node = from_schema({**schema, "additionalProperties": False})
    assert to_schema(node_after(skipping_learner(node), {"a": 2}, {"a": 3})) == to_schema(node)
