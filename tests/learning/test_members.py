"""The members of an object: counted by client, up to a limit."""

import pytest

from wirelore.learning.members import PLAN_LIMIT
from wirelore.learning.node import EVERYONE, Node, Obj, Presence
from wirelore.learning.node_builder import NodeBuilder


def learned(*samples: tuple[str, dict[str, int]]) -> Obj:
    """Return the object learned from pairs of client and sample."""
    builder = NodeBuilder(Node())
    for client, value in samples:
        builder.observe(value, client)
    (obj,) = builder.node().variants.values()
    return obj


def test_each_client_has_the_members_of_all_its_samples() -> None:
    obj = learned(("a", {"x": 1, "y": 1}), ("a", {"x": 2}), ("b", {"y": 1}))
    assert {client: presence.always for client, presence in obj.clients.items()} == {"a": {"x"}, "b": {"y"}}
    assert set(obj.members) == {"x", "y"}


def test_members_are_stored_for_8_clients_and_with_a_ninth_for_everyone() -> None:
    samples = [(f"c{number}", {"x": 1, f"own{number}": 1}) for number in range(9)]
    assert set(learned(*samples[:8]).clients) == {f"c{number}" for number in range(8)}
    assert learned(*samples).clients == {EVERYONE: Presence(frozenset({"x"}))}


def test_a_client_that_comes_after_everyone_is_counted_there() -> None:
    samples = [(f"c{number}", {"x": 1, "y": 1}) for number in range(9)]
    assert learned(*samples, ("c0", {"x": 1})).clients == {EVERYONE: Presence(frozenset({"x"}))}


@pytest.mark.parametrize(("count", "is_map"), [(40, False), (41, True)])
def test_an_object_has_40_members_and_with_one_more_it_is_a_map(count: int, is_map: bool) -> None:
    obj = learned(("a", {f"k{number:02}": number for number in range(count)}))
    assert (obj.rest is not None) is is_map
    assert len(obj.members) == (0 if is_map else 40)


@pytest.mark.parametrize(("count", "is_map"), [(16, False), (17, True)])
def test_an_object_without_a_common_member_has_16_members_and_with_one_more_it_is_a_map(
    count: int, is_map: bool
) -> None:
    obj = learned(*(("a", {f"k{number:02}": 1}) for number in range(count)))
    assert (obj.rest is not None) is is_map


def test_more_sequences_of_names_than_plans_are_kept_are_learned() -> None:
    names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
    samples = [{name: 1 for bit, name in enumerate(names) if number >> bit & 1} for number in range(1, PLAN_LIMIT * 2)]
    obj = learned(*(("me", sample) for sample in samples))
    assert set(obj.members) == set(names)
    assert all(node == Node(frozenset({"integer"})) for node in obj.members.values())
