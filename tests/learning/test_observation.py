"""The identity of observations."""

from typing import Any

from wirelore.learning.observation import Observation


def mark_of(value: Any) -> str:
    observation = Observation()
    observation.begin(value, "")
    return observation.mark


def test_the_order_of_members_does_not_distinguish_observations_and_any_value_can_be_counted() -> None:
    assert mark_of({"a": 1, "b": [None]}) == mark_of({"b": [None], "a": 1})
    assert mark_of({"a": 1}) != mark_of({"a": "1"})
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert len({mark_of(value) for value in ("\ud800", 10**40, {"a": deep}, {"b": deep})}) == 4
