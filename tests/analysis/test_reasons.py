"""Reasons for what a schema says of a place."""

from pathlib import Path
from typing import Any

import pytest

from tests.analysis.test_explain import FIRST, SECOND, explained, reasons, sent


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        pytest.param([1, 2.5], f"number, not integer: 1 of 2 not integers: {SECOND}", id="number"),
        pytest.param([[1], "x"], f"union of JSON types: 1 array: {FIRST}; 1 string: {SECOND}", id="union"),
        pytest.param(["on", "off"], "open list of 2 values: all 2 strings identifiers", id="list"),
        pytest.param(
            [f"word-{letter}" for letter in "abcdefghijklmnopq"],
            "any string: 17 different identifiers (a list has at most 16)",
            id="too many words",
        ),
        pytest.param(
            ["11111111-2222-4333-8444-555555555555"],
            f"any string: 1 of 1 string not identifiers, all of the form uuid: {FIRST}",
            id="form",
        ),
        pytest.param([{"type": "t"}, {"type": "u"}], "union by type: t, u", id="tags"),
        pytest.param([{"type": "t"}, {}], f"variant without type: 1 object: {SECOND}", id="variant without tag"),
        pytest.param(
            [{f"m{number}": 1} for number in range(41)],
            "map: more than 40 members: made/messages/20260101_000000_000041_post-v1-messages",
            id="map by number",
        ),
        pytest.param(
            [{"m": 1}, {"toolu_0123456789abcdef": 1}],
            f"map: an id as the name of a member in 1 object: {SECOND}",
            id="map by name",
        ),
    ],
)
def test_each_decision_of_the_samples_has_a_reason(tmp_path: Path, values: list[Any], reason: str) -> None:
    assert reasons(tmp_path, values)[1:].count(reason) == 1


def test_a_declared_reason_comes_before_those_of_the_samples(tmp_path: Path) -> None:
    tool = sent({"tools": [{"name": "t", "input_schema": {"properties": {"x": {}}}}]})
    place = "request-bodies#/body/tools/*/input_schema"
    declared = "content not inspected (x-opaque)"
    assert declared in explained(tmp_path / "at", place, tool)
    inside = explained(tmp_path / "below", f"{place}/properties", tool)
    assert "not described by the schema: the content of a parent is not inspected (x-opaque)" in inside


def test_many_members_that_are_not_in_every_object_explain_a_map(tmp_path: Path) -> None:
    bodies = [sent({"a": {f"k{n}": 1, f"k{n + 1}": 1}}) for n in range(17)]
    text = explained(tmp_path, "request-bodies#/body/a", *bodies)
    assert "map: more than 16 members, none of them in every object: " in text
    assert "map: " not in explained(tmp_path / "two", "request-bodies#/body/a", *bodies[:9])
