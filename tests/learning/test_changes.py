"""The changes of a widened node, one for each decision, at its place."""

from typing import Any

import pytest

from wirelore.learning.changes import Change, changes
from wirelore.learning.node import Node
from wirelore.learning.node_builder import built_from


def learned(before: list[Any], after: list[Any], client: str = "") -> list[tuple[str, str, str]]:
    """Return (pointer, what, detail) of the changes from the first samples to all."""
    old = built_from(Node(), before, client=client)
    new = built_from(old, after, client=client)
    return [(each.pointer, each.what, each.detail) for each in changes("f.json", old, new)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([1], [2], []),
        ([], [1], [("", "type", "integer")]),
        ([1], ["a", None], [("", "type widened", "null, string"), ("", "new value", "a")]),
        (["a"], ["c", "b"], [("", "new value", "b"), ("", "new value", "c")]),
        (["a"], ["Two words"], [("", "values no longer listed", "")]),
        ([{"a/b": 1}], [{"a/b": 1, "c": 1}], [("/c", "new field", "integer")]),
        ([{"a": 1, "b": 1}], [{"a": 1}], [("/b", "no longer required", "")]),
        ([{"a": [1]}], [{"a": ["x"]}], [("/a/*", "type widened", "string"), ("/a/*", "new value", "x")]),
        ([{"type": "one"}], [{"type": "two"}], [("{two}", "new variant", "two")]),
        ([{"type": "one"}], [{"n": 1}], [("", "new variant", "without type")]),
        ([{"type": "one", "n": 1}], [{"type": "one", "n": None}], [("{one}/n", "type widened", "null")]),
        ([{"a": 1}], [{str(number): 1 for number in range(50)}], [("", "is a map now", "")]),
    ],
    ids=[
        "none", "first", "types", "values", "open", "field", "optional", "items", "variant", "untagged", "in-a-variant",
        "map",
    ],
)  # fmt: skip
def test_each_decision_is_a_change(before: list[Any], after: list[Any], expected: list[tuple[str, str, str]]) -> None:
    assert learned(before, after) == expected


def test_many_types_merge_the_variants() -> None:
    tags = [f"t{number:02}" for number in range(41)]
    ((pointer, what, detail),) = learned([{"type": tag} for tag in tags[:40]], [{"type": tags[40]}])
    assert (pointer, what, detail) == ("", "variants merged", ", ".join(tags[:40]))


def test_an_opaque_node_is_one_change() -> None:
    new = Node(frozenset({"object"}), notes={"x-opaque": True})
    old = built_from(Node(), [{"a": 1}])
    assert [each.what for each in changes("f.json", old, new)] == ["is opaque now"]


def test_a_client_with_ten_observations_is_firm() -> None:
    samples = [{"n": number} for number in range(10)]
    assert learned(samples[:9], samples[9:], "me") == [("", "is firm now", "for me")]
    assert learned(samples[:9], samples[9:]) == [("", "is firm now", "for nameless clients")]


def test_ten_strings_of_a_form_have_it_until_one_has_another() -> None:
    dates = [f"2026-01-{day:02}" for day in range(1, 11)]
    assert learned(dates[:9], dates[9:]) == [("", "has a form now", "date")]
    assert learned(dates, ["no date"]) == [("", "no longer has a form", "")]


def test_a_change_is_one_line_with_its_detail_if_there_is_one() -> None:
    assert str(Change("bodies/a.json", "/b", "new value", "c")) == "bodies/a.json/b: new value c"
    assert str(Change("bodies/a.json", "", "is a map now")) == "bodies/a.json: is a map now"
