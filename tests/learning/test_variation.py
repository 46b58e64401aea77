"""The variation of named values, independent of the order of samples."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirelore.learning.node_builder import NodeBuilder
from wirelore.learning.observation import Origin
from wirelore.learning.schema_reader import from_schema
from wirelore.learning.schema_writer import to_schema
from wirelore.learning.variation import KEPT, Varying, from_message, from_note, joined, to_note

one = st.builds(
    from_message,
    st.lists(st.sampled_from("xyz"), min_size=1, max_size=2),
    st.sampled_from([f"v{n}" for n in range(KEPT + 4)]),
    st.booleans(),
    st.booleans(),
)
some = st.lists(one, min_size=1, max_size=20)


@given(some, some, some)
def test_joining_is_associative_commutative_and_idempotent(
    x: list[Varying], y: list[Varying], z: list[Varying]
) -> None:
    a, b, c = (reduce(joined, each) for each in (x, y, z))
    assert joined(a, b) == joined(b, a)
    assert joined(joined(a, b), c) == joined(a, joined(b, c))
    assert joined(a, a) == a
    assert from_note(to_note({"n": a})) == {"n": a}
    assert len(a.versions) <= KEPT


@given(some, one)
def test_a_known_message_changes_nothing(x: list[Varying], y: Varying) -> None:
    known_node = reduce(joined, x)
    assert known_node.has(y) == (joined(known_node, y) == known_node)


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        ([("1", "v1", False, False)], None),
        ([("1", "v1", False, True)], "constant"),
        ([("1", "v1", False, False), ("1", "v2", False, False)], "constant"),
        ([("1", "v1", False, False), ("2", "v2", False, False)], "version"),
        ([("1", "v1", False, False), ("2", "v1", False, False)], None),
        ([("1", "v1", False, True), ("2", "v1", False, False)], "session"),
        ([("1", "v1", False, True), ("2", "v1", True, False)], "request"),
    ],
    ids=["once", "kept", "in two versions", "with the version", "once each", "with the session", "with each request"],
)
def test_the_kind_of_variation_follows_from_versions_and_sessions(
    seen: list[tuple[str, str, bool, bool]], kind: str | None
) -> None:
    known_node = reduce(
        joined, (from_message([value], version, changed, kept) for value, version, changed, kept in seen)
    )
    assert known_node.kind == kind


def test_a_schema_has_the_variation_of_each_member() -> None:
    frame = from_schema({"properties": {"headers": {"type": "object", "x-map": False, "x-varies": {}}}}, template=True)
    taker = NodeBuilder(frame)
    for number in (1, 2):
        lines = {"agent": [f"me/{number}"], "app": ["cli"], "id": [f"0000 {number}"]}
        for after in ({}, {"changed": ["id"], "kept": ["agent", "app"]}):
            taker.observe({"headers": lines, **after}, "me", Origin(f"{number}", f"me/{number}"))
    schema = to_schema(taker.node())
    members = schema["properties"]["headers"]["properties"]
    assert {name: member["x-varies"] for name, member in members.items()} == {
        "agent": "version",
        "app": "constant",
        "id": "request",
    }
    assert to_schema(from_schema(schema)) == schema
