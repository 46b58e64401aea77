"""What would teach nothing: skipping it changes nothing."""

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


def pupil(node: Node, first_look: int = 1) -> SkippingLearner:
    return SkippingLearner(NodeBuilder(node, HINTS), HINTS, first_look)


def seen(pupil: SkippingLearner, *values: Any, client: str = EVERYONE) -> Node:
    for value in values:
        pupil.observe(value, client)
    return pupil.taker.node()


@quick
@given(samples, samples)
def test_skipping_what_is_known_changes_nothing(taught: list[Any], more: list[Any]) -> None:
    values = [*taught, *more, *taught, *more]
    quick_one = pupil(Node())
    for value in values:
        quick_one.observe(value, f"client-{len(json.dumps(value)) % 12}")
    assert quick_one.taker.node() == learned_by_some(Node(), values)


@quick
@given(samples, samples)
def test_skipping_what_everyone_is_known_to_send_changes_nothing(taught: list[Any], more: list[Any]) -> None:
    values = [*taught, *taught, *more, *taught]
    exact = NodeBuilder(Node(), HINTS)
    for value in values:
        exact.observe(value, EVERYONE)
    assert seen(pupil(Node()), *values) == exact.node()


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
def test_whatever_comes_after_many_of_a_kind_is_learned(value: Any) -> None:
    many = [{"a": n, "b": f"https://example.com/{n}"} for n in range(SEEN_LIMIT)]
    exact = NodeBuilder(Node(), HINTS)
    for each in [*many, value]:
        exact.observe(each, "me")
    assert seen(pupil(Node()), *many, value, client="me") == exact.node()


def test_what_is_known_is_not_taken_again() -> None:
    quick_one = pupil(Node(), first_look=SEEN_LIMIT)
    seen(quick_one, *[{"id": IDS[n], "n": n, "list": [n], "x": None} for n in range(SEEN_LIMIT)], client="me")
    quick_one.taker = NodeBuilder(Node(), HINTS)
    assert seen(quick_one, {"id": IDS[3], "n": 7, "list": [], "x": None}, client="me") == Node()
    assert seen(quick_one, {"id": IDS[3], "n": 7, "list": [], "x": None}, client="you") != Node()


def test_what_a_person_wrote_is_left_alone() -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"const": 1, "x-fixed": True}}}
    node = from_schema({**schema, "additionalProperties": False})
    assert to_schema(seen(pupil(node), {"a": 2}, {"a": 3})) == to_schema(node)
