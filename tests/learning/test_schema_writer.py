"""Nodes as JSON Schemas: when the common members of responses are required of all."""

import pytest

from wirelore.learning.node import EVERYONE, Node, Obj, Presence
from wirelore.learning.schema_writer import to_schema


def object_of(**seen: int | None) -> Node:
    """Return an object with a common member, from this number of distinct observations of each client."""
    clients = {
        client: Presence(
            frozenset({"a", client}),
            None if count is None else frozenset(f"{client}{number}" for number in range(count)),
        )
        for client, count in seen.items()
    }
    members = {name: Node(frozenset({"integer"})) for name in ("a", *seen)}
    return Node(frozenset({"object"}), variants={None: Obj(members, clients)})


@pytest.mark.parametrize(
    ("seen", "has_evidence"),
    [
        ({"x": 5, "y": 4}, True),
        ({"x": 5, "y": 5}, False),
        ({"x": 10}, True),
        ({"x": None}, True),
        ({"x": None, "y": 1}, False),
    ],
    ids=["two clients, nine", "two clients, ten", "one client, ten", "one client, enough", "two clients, enough"],
)
def test_responses_to_two_clients_and_ten_observations_make_a_rule_for_all(
    seen: dict[str, int | None], has_evidence: bool
) -> None:
    assert ("x-seen" in to_schema(object_of(**seen))) is has_evidence


def test_what_clients_send_keeps_the_members_of_each() -> None:
    schema = to_schema(object_of(x=1, y=None), by_client=True)
    assert schema["required"] == ["a"]
    assert schema["x-seen"] == {"x": ["x0"], "y": True}
    assert schema["x-always"] == {"x": ["x"], "y": ["y"]}


def test_observations_of_everyone_need_no_evidence() -> None:
    obj = Obj({"a": Node(frozenset({"null"}))}, {EVERYONE: Presence(frozenset({"a"}))})
    assert to_schema(Node(frozenset({"object"}), variants={None: obj})) == {
        "type": "object",
        "properties": {"a": {"type": "null"}},
        "required": ["a"],
        "additionalProperties": False,
    }


def test_an_empty_list_allows_no_elements() -> None:
    assert to_schema(Node(frozenset({"array"}))) == {"type": "array", "maxItems": 0}


def test_listed_strings_beside_other_types_are_a_condition() -> None:
    node = Node(frozenset({"string", "null"}), frozenset({"b", "a"}))
    assert to_schema(node) == {
        "type": ["null", "string"],
        "allOf": [{"if": {"type": "string"}, "then": {"enum": ["a", "b"]}}],
    }
